/**
 * The secrets of a Kubernetes API server as a local HTTP server: server-side apply, resource versions, roles and
 * reviews, as seen at a real kube-apiserver 1.20.2 (2026-11-28).
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import { startEmulatorServer } from '../../shared/emulators/emulator-server.ts'
import { createAccess, type Rule } from './access.ts'
import { type Fields, type Owned, update } from './managed-fields.ts'
import { serve, type State } from './routes.ts'
import { createStore } from './store.ts'

export interface KubernetesEmulatorOptions extends EmulatorOptions {
  /** `1.20`: before 1.28, without `SelfSubjectReview`. */
  version?: '1.32' | '1.20'
}

export interface KubernetesEmulator extends Emulator {
  tokens: {
    /** That of `credentials`: everything with secrets in the target's namespace, and a list of the namespaces. */
    full: string
    /** What the README's role grants: get, patch and delete of the one secret, and create. */
    narrow: string
    /** As `narrow`, without create. */
    noCreate: string
    /** May read the one secret. */
    reader: string
    /** May do everything, in another namespace. */
    stranger: string
    /** May do everything with the secrets of every namespace. */
    cluster: string
  }
  target: { namespace: string; secretName: string }
  /** The target's `resourceVersion`; null when there is no secret. */
  resourceVersion(): string | null
  labels(): Record<string, string>
  /** Managers of the target's fields: `keyferry Apply` to the names of the data keys it owns. */
  owners(): Map<string, string[]>
  /** Writes fields of the target as `manager` does by an update, such as `data.A` (base64) or `immutable`. */
  plant(fields: Readonly<Record<string, string>>, manager?: string): void
  /** Puts secrets beside the target. */
  addSecrets(count: number): void
  /** Ends the tokens that were requested for a time. */
  endTokens(): void
  /** Ends the page tokens given so far. */
  endPages(): void
}

/** No limit per user is documented: priority and fairness refuse when queues are full. These sizes cause refusals. */
const QUEUE = { burst: 100, refill: 100, intervalMs: 1_000 }

const NAMESPACE = 'apps'
const NAME = 'app'
const HAND = 'kubectl-edit'

export const lacks: readonly VendorCapability[] = ['issued tokens', 'values on request']

export async function startEmulator(options: KubernetesEmulatorOptions = {}): Promise<KubernetesEmulator> {
  const store = createStore([NAMESPACE, 'default', 'kube-system', 'other'])
  const access = createAccess()
  const named = (verbs: Rule['verbs']): Rule => ({ resource: 'secrets', verbs, namespace: NAMESPACE, names: [NAME] })
  const createsSecrets: Rule = { resource: 'secrets', verbs: ['create'], namespace: NAMESPACE }
  const everything: Rule['verbs'] = ['get', 'list', 'create', 'update', 'patch', 'delete']
  const token = access.add('keyferry', [
    { resource: 'secrets', verbs: everything, namespace: NAMESPACE },
    { resource: 'namespaces', verbs: ['get', 'list'] },
    { resource: 'serviceaccounts/token', verbs: ['create'], namespace: NAMESPACE },
  ])
  const state: State = {
    store,
    access,
    limit: bucket(options.rateLimit, QUEUE),
    epoch: 0,
    reviewsSelf: options.version !== '1.20',
  }
  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle: (request) => serve(state, request),
  })
  const target = () => store.get(NAMESPACE, NAME)
  const save = (after: Owned): void => {
    store.save({ namespace: NAMESPACE, name: NAME, after, dryRun: false })
  }
  const edit = (fields: Fields, manager = HAND): void => save(update(target() ?? null, manager, fields))

  return {
    ...server,
    credentials: { instanceUrl: server.url, token },
    tokens: {
      full: token,
      narrow: access.add('narrow', [named(['get', 'patch', 'delete']), createsSecrets]),
      noCreate: access.add('no-create', [named(['get', 'patch', 'delete'])]),
      reader: access.add('reader', [named(['get'])]),
      stranger: access.add('stranger', [{ resource: 'secrets', verbs: everything, namespace: 'other' }]),
      cluster: access.add('cluster', [{ resource: 'secrets', verbs: everything }]),
    },
    target: { namespace: NAMESPACE, secretName: NAME },
    missingTarget: { namespace: 'nothing', secretName: NAME },
    contents: () => dataOf(target()?.fields ?? new Map()),
    put: (key, value) => {
      edit(new Map(target()?.fields).set(`data.${key}`, Buffer.from(value).toString('base64')))
    },
    remove: (key) => {
      const fields = new Map(target()?.fields)
      if (fields.delete(`data.${key}`)) edit(fields)
    },
    clear: () => {
      store.clear()
      server.resetInFlight()
    },
    setRateLimit: (limit) => {
      state.limit = bucket(limit, QUEUE)
    },
    resourceVersion: () => target()?.resourceVersion ?? null,
    labels: () =>
      Object.fromEntries(
        namesBelow(target()?.fields.keys(), 'metadata.labels.').map((name) => [
          name,
          target()?.fields.get(`metadata.labels.${name}`) ?? '',
        ]),
      ),
    owners: () =>
      new Map(
        target()?.managers.map(({ manager, operation, fields }) => [
          `${manager} ${operation}`,
          namesBelow(fields, 'data.'),
        ]),
      ),
    plant: (fields, manager) => edit(new Map([...(target()?.fields ?? []), ...Object.entries(fields)]), manager),
    addSecrets: (count) => {
      const after = update(null, HAND, new Map([['type', 'Opaque']]))
      for (let n = 0; n < count; n++) store.save({ namespace: NAMESPACE, name: `other-${n}`, after, dryRun: false })
    },
    endTokens: access.endTokens,
    endPages: () => {
      state.epoch += 1
    },
  }
}

const dataOf = (fields: Fields): Map<string, string> =>
  new Map(
    [...fields].flatMap(([field, value]) =>
      field.startsWith('data.')
        ? [[field.slice('data.'.length), Buffer.from(value, 'base64').toString()] as const]
        : [],
    ),
  )

const namesBelow = (fields: Iterable<string> | undefined, prefix: string): string[] =>
  [...(fields ?? [])].filter((field) => field.startsWith(prefix)).map((field) => field.slice(prefix.length))
