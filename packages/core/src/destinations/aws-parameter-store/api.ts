/** Parameter Store's calls (botocore 1.43.11 `ssm/2014-11-06`, 2026-11-28). No decisions here. */
import { z } from 'zod'
import { awsCall } from '../aws/call.ts'
import type { AwsDoor } from '../aws/door.ts'
import { readPages } from '../shared/http/pages.ts'
import { bucketOf, type ParameterStoreBucket } from './limits.ts'
import type { ParameterStoreTarget } from './schemas.ts'

/** One path in one region of an account. */
export interface ParameterPath extends ParameterStoreTarget {
  door: AwsDoor
}

const metadata = z.object({
  Name: z.string().min(1),
  Type: z.string(),
  Version: z.number().int(),
  /** Left out by GetParametersByPath, as is the description. */
  KeyId: z.string().nullish(),
  Description: z.string().nullish(),
  DataType: z.string().nullish(),
  Policies: z.array(z.unknown()).nullish(),
})
export type ParameterMetadata = z.output<typeof metadata>

const parameter = metadata.extend({ Value: z.string() })
export type Parameter = z.output<typeof parameter>

const described = z.object({ Parameters: z.array(metadata), NextToken: z.string().nullish() })

/** The most a page may have. */
const DESCRIBED = 50
/** The most parameters that one call may read, and one may delete. */
export const NAMES_PER_CALL = 10

/** Everything right below the path, without values. Complete, or it throws. */
export const describeParameters = (path: ParameterPath): Promise<ParameterMetadata[]> =>
  readPages(async (token) => {
    const input = {
      ParameterFilters: [{ Key: 'Path', Option: 'OneLevel', Values: [withoutLastSlash(path.path)] }],
      MaxResults: DESCRIBED,
      ...next(token),
    }
    const { Parameters, NextToken } = await call(path, 'DescribeParameters', 'other', input, described)
    return { rows: Parameters, next: NextToken }
  })

/** The same with less metadata, for credentials that may not describe: the values are left encrypted. */
export const listParameters = (path: ParameterPath): Promise<ParameterMetadata[]> =>
  readPages(async (token) => {
    const input = {
      Path: path.path,
      Recursive: false,
      WithDecryption: false,
      MaxResults: NAMES_PER_CALL,
      ...next(token),
    }
    const { Parameters, NextToken } = await call(path, 'GetParametersByPath', 'get', input, described)
    return { rows: Parameters, next: NextToken }
  })

const got = z.object({ Parameters: z.array(parameter), InvalidParameters: z.array(z.string()) })

/** Those of at most `NAMES_PER_CALL` names that exist, with their values. */
export async function getParameters(path: ParameterPath, names: readonly string[]): Promise<Parameter[]> {
  const { Parameters } = await call(path, 'GetParameters', 'get', { Names: names, WithDecryption: true }, got)
  return Parameters
}

interface Put {
  name: string
  value: string
  overwrite: boolean
  keyId?: string
  tier?: 'Intelligent-Tiering'
  /** Left out: stays as it is. */
  description?: string
  /** Not with `overwrite`. */
  tags?: readonly { Key: string; Value: string }[]
}

const version = z.object({ Version: z.number().int() })

/** The version that the parameter has now. */
export async function putParameter(path: ParameterPath, put: Put): Promise<number> {
  const input = {
    Name: put.name,
    Value: put.value,
    Type: 'SecureString',
    Description: put.description,
    Overwrite: put.overwrite,
    KeyId: put.keyId,
    Tier: put.tier,
    Tags: put.tags,
  }
  return (await call(path, 'PutParameter', 'put', input, version)).Version
}

const deleted = z.object({ DeletedParameters: z.array(z.string()), InvalidParameters: z.array(z.string()) })

/** At most `NAMES_PER_CALL`. Answers the names that are gone, those that were not there before included. */
export async function deleteParameters(path: ParameterPath, names: readonly string[]): Promise<Set<string>> {
  const { DeletedParameters, InvalidParameters } = await call(
    path,
    'DeleteParameters',
    'other',
    { Names: names },
    deleted,
  )
  return new Set([...DeletedParameters, ...InvalidParameters])
}

export async function addTags(path: ParameterPath, name: string, tags: readonly object[]): Promise<void> {
  const input = { ResourceType: 'Parameter', ResourceId: name, Tags: tags }
  await call(path, 'AddTagsToResource', 'other', input, z.unknown())
}

export async function removeTags(path: ParameterPath, name: string, keys: readonly string[]): Promise<void> {
  const input = { ResourceType: 'Parameter', ResourceId: name, TagKeys: keys }
  await call(path, 'RemoveTagsFromResource', 'other', input, z.unknown())
}

const call = <T>(
  { door, region }: ParameterPath,
  operation: string,
  bucket: ParameterStoreBucket,
  input: Readonly<Record<string, unknown>>,
  answer: z.ZodType<T>,
): Promise<T> => awsCall(door, { operation, input, answer, bucket: bucketOf(bucket, region) })

const next = (token: string | null): { NextToken?: string } => (token === null ? {} : { NextToken: token })

const withoutLastSlash = (path: string): string => (path === '/' ? path : path.slice(0, -1))
