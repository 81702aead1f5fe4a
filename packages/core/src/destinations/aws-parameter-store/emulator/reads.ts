/** The reading calls of Parameter Store (botocore 1.43.11 `ssm/2014-11-06`, 2026-11-28). */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { membersOf } from '../../aws/emulator/members.ts'
import { pageOf } from '../../aws/emulator/pages.ts'
import type { Principal } from '../../aws/emulator/principals.ts'
import { accessDenied, Refused } from '../../aws/emulator/refused.ts'
import { arnOf, isBelow } from './names.ts'
import type { Parameter, Parameters } from './parameters.ts'

export interface Store {
  parameters: Parameters
  sparsePages: boolean
}

const token = z.string().optional()
const name = z.string().min(1).max(2048)
const names = z.array(name).min(1).max(10)

const byPath = z.object({
  Path: z.string().min(1).max(2048),
  Recursive: z.boolean().default(false),
  WithDecryption: z.boolean().default(false),
  MaxResults: z.number().min(1).max(10).default(10),
  NextToken: token,
})

export function getParametersByPath({ parameters, sparsePages }: Store, input: unknown, by: Principal): object {
  const { Path, Recursive, WithDecryption, MaxResults, NextToken } = membersOf(byPath, input)
  if (!/^\/(?:[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*\/?)?$/.test(Path) || /^\/(aws|ssm)/i.test(Path)) {
    throw new Refused(
      'ValidationException',
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    )
  }
  const found = parameters.all().filter((one) => isBelow(Path, one.name, { recursive: Recursive }))
  const { rows, next } = pageOf(found, {
    size: MaxResults,
    token: NextToken,
    isSparse: sparsePages,
    refusal: 'InvalidNextToken',
  })
  return { Parameters: rows.map((one) => shown(one, WithDecryption, by)), ...next }
}

const byName = z.object({ Name: name, WithDecryption: z.boolean().default(false) })

export function getParameter({ parameters }: Store, input: unknown, by: Principal): object {
  const { Name, WithDecryption } = membersOf(byName, input)
  const found = parameters.find(Name)
  if (!found) throw new Refused('ParameterNotFound', '')
  return { Parameter: shown(found, WithDecryption, by) }
}

const byNames = z.object({ Names: names, WithDecryption: z.boolean().default(false) })

/** Absent names are listed; they are no error. */
export function getParameters({ parameters }: Store, input: unknown, by: Principal): object {
  const { Names, WithDecryption } = membersOf(byNames, input)
  refuseDuplicates(Names)
  const found = Names.flatMap((one) => parameters.find(one) ?? [])
  const there = new Set(found.map((one) => one.name))
  return {
    Parameters: found.map((one) => shown(one, WithDecryption, by)),
    InvalidParameters: Names.filter((one) => !there.has(one)),
  }
}

const describe = z.object({
  ParameterFilters: z
    .array(z.object({ Key: z.string(), Option: z.string().optional(), Values: z.array(z.string()).min(1).max(50) }))
    .default([]),
  MaxResults: z.number().min(1).max(50).default(50),
  NextToken: token,
})

/** Metadata without values. */
export function describeParameters({ parameters, sparsePages }: Store, input: unknown): object {
  const { ParameterFilters, MaxResults, NextToken } = membersOf(describe, input)
  const found = parameters.all().filter((one) => ParameterFilters.every((filter) => passes(one, filter)))
  const { rows, next } = pageOf(found, {
    size: MaxResults,
    token: NextToken,
    isSparse: sparsePages,
    refusal: 'InvalidNextToken',
  })
  return {
    Parameters: rows.map((one) => ({
      Name: one.name,
      ARN: arnOf(one.name),
      Type: one.type,
      ...(one.keyId !== null && { KeyId: one.keyId }),
      LastModifiedDate: one.lastModified,
      LastModifiedUser: one.lastModifiedBy,
      ...(one.description !== null && { Description: one.description }),
      ...(one.allowedPattern !== null && { AllowedPattern: one.allowedPattern }),
      Version: one.version,
      Tier: one.tier,
      Policies:
        one.policies === null ? [] : [{ PolicyText: one.policies, PolicyType: 'Expiration', PolicyStatus: 'Pending' }],
      DataType: 'text',
    })),
    ...next,
  }
}

function passes(
  parameter: Parameter,
  { Key, Option = 'Equals', Values }: z.output<typeof describe>['ParameterFilters'][number],
): boolean {
  if (Key === 'Path') {
    if (Option !== 'OneLevel' && Option !== 'Recursive')
      throw new Refused(
        'InvalidFilterOption',
        `The filter option ${Option} is not valid for Path. Use Recursive or OneLevel.`,
      )
    return Values.some((path) => isBelow(path, parameter.name, { recursive: Option === 'Recursive' }))
  }
  if (Key === 'Name' && Option === 'Equals') return Values.includes(parameter.name)
  if (Key === 'Name' && Option === 'BeginsWith') return Values.some((prefix) => parameter.name.startsWith(prefix))
  if (Key === 'Type') return Values.includes(parameter.type)
  throw new Refused('InvalidFilterKey', `The filter ${Key} ${Option} is not known.`)
}

export function refuseDuplicates(sent: readonly string[]): void {
  if (new Set(sent).size < sent.length)
    throw new Refused('ValidationException', 'Duplicate parameter names are not allowed in one request.')
}

/** Without `decrypt` a SecureString is shown as its ciphertext. One that can't be decrypted fails the whole call. */
function shown(parameter: Parameter, decrypt: boolean, by: Principal): object {
  const isSecure = parameter.type === 'SecureString'
  if (isSecure && decrypt && !by.isAllowed('kms:Decrypt'))
    throw accessDenied(by.arn, 'kms:Decrypt', parameter.keyId ?? '')
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: isSecure && !decrypt ? ciphertext(parameter.value) : parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.lastModified,
    ARN: arnOf(parameter.name),
    DataType: 'text',
  }
}

const ciphertext = (value: string): string => `AQICAH${createHash('sha512').update(value).digest('base64')}`
