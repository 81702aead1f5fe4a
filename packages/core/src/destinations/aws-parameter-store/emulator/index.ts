/**
 * AWS Systems Manager Parameter Store of one account and region, with the STS and KMS calls that a client needs beside
 * it, as a real HTTP server on loopback (botocore 1.43.11 `ssm/2014-11-06`, and what people report in public issues,
 * 2026-11-28). What is contested is a variant.
 */
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { REGION, type Principals } from '../../aws/emulator/principals.ts'
import { Refused } from '../../aws/emulator/refused.ts'
import { assumingRole, startAwsServer, type AwsCall } from '../../aws/emulator/server.ts'
import { isBelow } from './names.ts'
import { createParameters, type Parameter, type TypeChange, type Write } from './parameters.ts'
import { describeParameters, getParameter, getParameters, getParametersByPath, type Store } from './reads.ts'
import { throughput } from './throughput.ts'
import {
  addTagsToResource,
  deleteParameter,
  deleteParameters,
  listTagsForResource,
  putParameter,
  removeTagsFromResource,
} from './writes.ts'

export interface ParameterStoreEmulatorOptions extends EmulatorOptions {
  /** Default `refused`. */
  typeChange?: TypeChange
  /** Default false. */
  sparsePages?: boolean
}

export interface ParameterStoreEmulator extends Emulator {
  principals: Principals
  /** Everything in the account. */
  parameters(): Parameter[]
  /** Puts any parameter there. */
  plant(write: Partial<Write> & Pick<Write, 'name'>): void
  /** Labels the parameter's present version, which keeps it from being cleaned up. */
  label(name: string): void
}

const PATH = '/app/prod/'

export async function startEmulator(options: ParameterStoreEmulatorOptions = {}): Promise<ParameterStoreEmulator> {
  const parameters = createParameters(options.typeChange ?? 'refused')
  const store: Store = { parameters, sparsePages: options.sparsePages ?? false }
  const server = await startAwsServer(options, {
    name: 'ssm',
    target: 'AmazonSSM',
    limitedBy: throughput,
    answer: (call) => answer(store, call),
  })

  const plant = (write: Partial<Write> & Pick<Write, 'name'>): void => {
    parameters.put({ value: 'planted', type: 'SecureString', overwrite: true, by: 'somebody else', ...write })
  }
  const ofTarget = (): Parameter[] => parameters.all().filter((one) => isBelow(PATH, one.name, { recursive: false }))

  return {
    ...server,
    target: { region: REGION, path: PATH },
    missingTarget: { region: 'eu-west-1', path: PATH },
    parameters: parameters.all,
    plant,
    label(name) {
      const found = parameters.find(name)
      if (found) found.labelled = found.version
    },
    contents: () => new Map(ofTarget().map((one) => [one.name.slice(PATH.length), one.value])),
    put: (key, value) => plant({ name: `${PATH}${key}`, value }),
    remove: (key) => void parameters.delete(`${PATH}${key}`),
    clear() {
      parameters.clear()
      server.resetInFlight()
    },
  }
}

export const startWithTokens = async (options?: EmulatorOptions) => assumingRole(await startEmulator(options))

export const variants = new Map([
  [
    'replaces a parameter of another type, ends pages early and sends empty ones',
    (options?: ParameterStoreEmulatorOptions) =>
      startEmulator({ ...options, typeChange: 'replaced', sparsePages: true }),
  ],
])

function answer(store: Store, { operation, input, principal }: AwsCall): object {
  switch (operation) {
    case 'GetParametersByPath':
      return getParametersByPath(store, input, principal)
    case 'GetParameters':
      return getParameters(store, input, principal)
    case 'GetParameter':
      return getParameter(store, input, principal)
    case 'DescribeParameters':
      return describeParameters(store, input)
    case 'PutParameter':
      return putParameter(store, input, principal)
    case 'DeleteParameter':
      return deleteParameter(store, input)
    case 'DeleteParameters':
      return deleteParameters(store, input)
    case 'AddTagsToResource':
      return addTagsToResource(store, input)
    case 'RemoveTagsFromResource':
      return removeTagsFromResource(store, input)
    case 'ListTagsForResource':
      return listTagsForResource(store, input)
    case 'GetServiceSetting':
      return {
        ServiceSetting: {
          SettingId: '/ssm/parameter-store/high-throughput-enabled',
          SettingValue: 'false',
          Status: 'Default',
        },
      }
    default:
      throw new Refused('UnknownOperationException', `Unknown operation ${operation}`)
  }
}
