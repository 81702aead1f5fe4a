/**
 * AWS Secrets Manager of one account and region, with the STS and KMS calls that a client needs beside it, as a real
 * HTTP server on loopback (botocore 1.43.11 `secretsmanager/2017-10-17`, AWS's quotas, and what people report in public
 * issues, 2026-11-28).
 */
import { randomUUID } from 'node:crypto'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { REGION, type Principals } from '../../aws/emulator/principals.ts'
import { Refused } from '../../aws/emulator/refused.ts'
import { assumingRole, startAwsServer, type AwsCall } from '../../aws/emulator/server.ts'
import { readMembers, writeMembers } from './document.ts'
import { quotas } from './quotas.ts'
import { batchGetSecretValue, describeSecret, getSecretValue, listSecrets, type Reading } from './reads.ts'
import { addVersion, currentOf, newSecret, type Secret } from './secrets.ts'
import { createStore, type Store } from './store.ts'
import {
  createSecret,
  deleteSecret,
  putSecretValue,
  restoreSecret,
  tagResource,
  untagResource,
  updateSecret,
} from './writes.ts'

export interface SecretsManagerEmulatorOptions extends EmulatorOptions {
  /** What `target`, `contents` and `put` are about: a secret for each key (default), or one secret with all. */
  mapping?: 'one-to-one' | 'many-to-one'
  /** Default false. */
  sparsePages?: boolean
  /** Milliseconds that ListSecrets is behind; AWS documents up to five minutes. Default 0. */
  listLagMs?: number
  /** Milliseconds that a forced delete, which is asynchronous, blocks the name. Default 0. */
  forcedDeleteMs?: number
}

export interface SecretsManagerEmulator extends Emulator {
  principals: Principals
  /** Everything in the account, scheduled deletions included. */
  secrets(): Secret[]
  /** Puts any secret there. */
  plant(name: string, value: string | { binary: string }, about?: Partial<Secret>): void
}

const DOCUMENT = 'app/prod'

export async function startEmulator(options: SecretsManagerEmulatorOptions = {}): Promise<SecretsManagerEmulator> {
  const store = createStore({ listMs: options.listLagMs ?? 0, forcedDeleteMs: options.forcedDeleteMs ?? 0 })
  const reading: Reading = { store, sparsePages: options.sparsePages ?? false }
  const isDocument = options.mapping === 'many-to-one'
  const server = await startAwsServer(options, {
    name: 'secretsmanager',
    target: 'secretsmanager',
    limitedBy: quotas,
    answer: (call) => answer(reading, call),
  })
  const plant: SecretsManagerEmulator['plant'] = (name, value, about) => {
    const secret = store.find(name) ?? newSecret(name, about)
    const isText = typeof value === 'string'
    addVersion(secret, randomUUID(), { text: isText ? value : null, binary: isText ? null : value.binary })
    store.add(secret)
  }
  return {
    ...server,
    target: isDocument
      ? { region: REGION, mappingBehavior: 'many-to-one', secretName: DOCUMENT }
      : { region: REGION, mappingBehavior: 'one-to-one' },
    missingTarget: { region: 'eu-west-1', mappingBehavior: 'one-to-one' },
    secrets: store.all,
    plant,
    ...(isDocument ? membersOfDocument(store) : secretsAsKeys(store, plant)),
    clear() {
      store.clear()
      server.resetInFlight()
    },
  }
}

type Keys = Pick<Emulator, 'contents' | 'put' | 'remove'>

const secretsAsKeys = (store: Store, plant: SecretsManagerEmulator['plant']): Keys => ({
  contents: () =>
    new Map(
      store
        .all()
        .filter(({ deletesAt }) => deletesAt === null)
        .map((secret) => [secret.name, currentOf(secret)?.text ?? '']),
    ),
  put: plant,
  remove: store.remove,
})

const membersOfDocument = (store: Store): Keys => ({
  contents: () =>
    new Map(
      [...readMembers(store, DOCUMENT)].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    ),
  put: (key, value) => writeMembers(store, DOCUMENT, readMembers(store, DOCUMENT).set(key, value)),
  remove(key) {
    const members = readMembers(store, DOCUMENT)
    if (members.delete(key)) writeMembers(store, DOCUMENT, members)
  },
})

const variant = (more: SecretsManagerEmulatorOptions) => (options?: SecretsManagerEmulatorOptions) =>
  startEmulator({ ...options, ...more })

export const startWithTokens = async (options?: EmulatorOptions) => assumingRole(await startEmulator(options))

export const variants = new Map([
  ['keeps all keys in one secret', variant({ mapping: 'many-to-one' })],
  [
    'lists five minutes late in short pages, and blocks a name that was deleted by force',
    variant({ listLagMs: 300_000, sparsePages: true, forcedDeleteMs: 300 }),
  ],
])

function answer(reading: Reading, { operation, input, principal }: AwsCall): object {
  const { store } = reading
  switch (operation) {
    case 'ListSecrets':
      return listSecrets(reading, input)
    case 'DescribeSecret':
      return describeSecret(reading, input)
    case 'GetSecretValue':
      return getSecretValue(reading, input, principal)
    case 'BatchGetSecretValue':
      return batchGetSecretValue(reading, input, principal)
    case 'CreateSecret':
      return createSecret(store, input, principal)
    case 'PutSecretValue':
      return putSecretValue(store, input)
    case 'UpdateSecret':
      return updateSecret(store, input, principal)
    case 'DeleteSecret':
      return deleteSecret(store, input)
    case 'RestoreSecret':
      return restoreSecret(store, input)
    case 'TagResource':
      return tagResource(store, input)
    case 'UntagResource':
      return untagResource(store, input)
    default:
      throw new Refused('UnknownOperationException', `Unknown operation ${operation}`)
  }
}
