/** Secret syncs, as Infisical's clients know them. */
import { destination } from '@keyferry/core/destinations'
import { syncVerbs } from '@keyferry/core/verbs'
import {
  createSync,
  plan,
  plannedChange,
  planReasonText,
  isSmallEnough,
  MAX_OPEN_FIELDS,
  sync,
  syncOptions,
  TOO_MANY_FIELDS,
  updateSync,
} from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, renamed, type Ask, type WireOutput } from '../wire/wire.ts'

const base = '/api/v1/secret-syncs'
const envelope = 'secretSync'
type Sync = z.output<typeof sync>

const names = { options: 'syncOptions', target: 'destinationConfig' }
const { initialSyncBehavior, keySchema, deletionPolicy, ...drift } = syncOptions.shape
const optionFields = {
  initialSyncBehavior: initialSyncBehavior.unwrap(),
  keySchema,
  disableSecretDeletion: z.boolean().optional(),
  deletionPolicy,
  autoSyncEnabled: z.boolean().optional(),
  ...drift,
}
const sentOptions = z.looseObject(optionFields)
const changedOptions = z.looseObject({ ...optionFields, keySchema: keySchema.nullable() }).partial()
const limited = <T extends z.ZodType<object>>(options: T) =>
  options.refine(isSmallEnough, TOO_MANY_FIELDS).meta({ maxProperties: MAX_OPEN_FIELDS })
const autoSyncNames = {
  isAutoSyncEnabled: z.boolean().optional(),
  isEnabled: z.boolean().optional().describe('Older name of isAutoSyncEnabled'),
}

/**
 * One switch has three names. A "no" under any of them wins: a sync that runs against a "no" writes to a destination
 * that was not meant to be written to. Undefined: none was sent.
 */
function autoSyncOf(...sent: (boolean | undefined)[]): boolean | undefined {
  const said = sent.filter((each) => each !== undefined)
  return said.length === 0 ? undefined : said.every(Boolean)
}

const creating = ({ options: _, target, autoSync: __, ...shape }: typeof createSync.shape) =>
  z.object({ ...shape, ...autoSyncNames, syncOptions: limited(sentOptions), destinationConfig: target })
const toCreate = read(creating(createSync.shape), names, ownBody)
const { planHash: _, ...previewed } = creating(createSync.shape).shape
const toPreview = read(z.object({ ...previewed, name: previewed.name.optional() }), names, ownBody)

function ownBody<S extends z.output<ReturnType<typeof creating>>>({
  syncOptions: sent,
  destinationConfig: target,
  isAutoSyncEnabled,
  isEnabled,
  ...rest
}: Omit<S, 'name' | 'planHash'> & { destination: string }) {
  const { disableSecretDeletion, autoSyncEnabled, ...options } = sent
  return {
    ...rest,
    autoSync: autoSyncOf(isAutoSyncEnabled, isEnabled, autoSyncEnabled),
    options: { ...options, deletionPolicy: options.deletionPolicy ?? (disableSecretDeletion ? 'none' : undefined) },
    target,
  }
}

const { options: __, target, autoSync: ___, ...patched } = updateSync.shape
const toUpdate = read(
  z.object({
    ...patched,
    ...autoSyncNames,
    syncOptions: limited(changedOptions).optional(),
    destinationConfig: target,
  }),
  names,
  async ({ syncOptions: sent = {}, destinationConfig, isAutoSyncEnabled, isEnabled, ...rest }, ask) => {
    const { disableSecretDeletion, autoSyncEnabled, ...options } = sent
    const policy =
      disableSecretDeletion === undefined || options.deletionPolicy !== undefined
        ? {}
        : { deletionPolicy: disableSecretDeletion ? 'none' : await deleting(rest, ask) }
    return {
      ...rest,
      autoSync: autoSyncOf(isAutoSyncEnabled, isEnabled, autoSyncEnabled),
      options: { ...(options.initialSyncBehavior === undefined ? {} : unset(rest.destination)), ...options, ...policy },
      target: destinationConfig,
    }
  },
)

/**
 * Infisical replaces the options of a sync by those of a change, and its clients send them whole, with the initial
 * behavior. What they leave out and has no default is then taken off.
 */
function unset(destinationName: string): Record<string, null> {
  const { shape: own } = destination(destinationName).options
  const optional = Object.entries(own).filter(([, field]) => z.safeParse(field, undefined).data === undefined)
  return Object.fromEntries(['keySchema', ...optional.map(([name]) => name)].map((name) => [name, null]))
}

/** The present policy if it deletes, else the target's usual one. */
async function deleting({ destination, syncId }: { destination: string; syncId: string }, ask: Ask) {
  const present = sync.parse(await ask('syncs.get', { destination, syncId }))
  return present.options.deletionPolicy === 'none' ? undefined : present.options.deletionPolicy
}

const { shape } = sync
const secretSync = sync
  .omit({
    autoSync: true,
    state: true,
    lastRunId: true,
    importState: true,
    importJobId: true,
    importMessage: true,
    importedAt: true,
    message: true,
    syncedAt: true,
    removeState: true,
    removeRunId: true,
    removeMessage: true,
    removedAt: true,
    options: true,
    target: true,
  })
  .extend({
    isEnabled: z.boolean(),
    isAutoSyncEnabled: z.boolean(),
    syncStatus: shape.state,
    lastSyncJobId: shape.lastRunId,
    lastSyncMessage: shape.message,
    lastSyncedAt: shape.syncedAt,
    importStatus: shape.importState,
    lastImportJobId: shape.importJobId,
    lastImportMessage: shape.importMessage,
    lastImportedAt: shape.importedAt,
    removeStatus: shape.removeState,
    lastRemoveJobId: shape.removeRunId,
    lastRemoveMessage: shape.removeMessage,
    lastRemovedAt: shape.removedAt,
    syncOptions: shape.options.extend({
      disableSecretDeletion: z.boolean(),
      autoSyncEnabled: z.boolean(),
    }),
    connection: z.object({ app: z.string(), name: z.string(), id: shape.id }),
    destinationConfig: shape.target,
  })
  .meta({ id: 'SecretSync' })

function write(shown: Sync): z.output<typeof secretSync> {
  const { keySchema, deletionPolicy, ...options } = shown.options
  return {
    id: shown.id,
    name: shown.name,
    description: shown.description,
    isEnabled: shown.autoSync,
    isAutoSyncEnabled: shown.autoSync,
    version: shown.version,
    folderId: shown.folderId,
    connectionId: shown.connectionId,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
    syncStatus: shown.state,
    lastSyncJobId: shown.lastRunId,
    lastSyncMessage: shown.message,
    lastSyncedAt: shown.syncedAt,
    importStatus: shown.importState,
    lastImportJobId: shown.importJobId,
    lastImportMessage: shown.importMessage,
    lastImportedAt: shown.importedAt,
    removeStatus: shown.removeState,
    lastRemoveJobId: shown.removeRunId,
    lastRemoveMessage: shown.removeMessage,
    lastRemovedAt: shown.removedAt,
    syncOptions: {
      keySchema,
      disableSecretDeletion: deletionPolicy === 'none',
      deletionPolicy,
      autoSyncEnabled: shown.autoSync,
      ...options,
    },
    projectId: shown.projectId,
    connection: {
      app: destination(shown.destination).connection.app,
      name: shown.connection.name,
      id: shown.connection.id,
    },
    environment: shown.environment,
    folder: shown.folder,
    destination: shown.destination,
    destinationTitle: shown.destinationTitle,
    destinationConfig: shown.target,
    targetLabel: shown.targetLabel,
    targetUrl: shown.targetUrl,
    status: shown.status,
    reason: shown.reason,
    since: shown.since,
    inSync: shown.inSync,
    behindSince: shown.behindSince,
    retryAt: shown.retryAt,
    outOfReach: shown.outOfReach,
    excludedKeys: shown.excludedKeys,
    blocked: shown.blocked,
    leaving: shown.leaving,
    removal: shown.removal,
    drift: shown.drift,
    lastRun: shown.lastRun,
  }
}

const syncOutput = { schema: secretSync, write }
const many: WireOutput<Sync[]> = { schema: z.array(secretSync), write: (all) => all.map(write) }
const offered: WireOutput<{ name: string; destination: string }[]> = {
  schema: z.array(
    z.object({
      name: z.string(),
      destination: z.string(),
      connection: z.string(),
      canImportSecrets: z.boolean(),
      canRemoveSecretsOnDeletion: z.boolean(),
      enterprise: z.literal(false),
    }),
  ),
  write: (all) =>
    all.map(({ name, destination: id }) => ({
      name,
      destination: id,
      connection: destination(id).connection.app,
      canImportSecrets: destination(id).values !== 'hidden',
      canRemoveSecretsOnDeletion: true,
      enterprise: false,
    })),
}

/** A plan with its reasons in words. */
type Plan = z.output<typeof plan>
const inWords: WireOutput<Plan> = {
  schema: plan
    .extend({ changes: z.array(plannedChange.extend({ reason: z.string() }).meta({ id: 'PlannedChange' })) })
    .meta({ id: 'Plan' }),
  write: ({ changes, ...rest }) => ({
    hash: rest.hash,
    summary: rest.summary,
    changes: changes.map((change) => ({ ...change, reason: planReasonText(change.reason) })),
    fuse: rest.fuse,
    outOfReach: rest.outOfReach,
  }),
}

/** A route that does something to one sync. */
const doing = (what: string): Route<Sync>[] => [
  { method: 'POST', path: `${base}/:destination/:syncId/${what}`, envelope, answers: syncOutput },
]

export const syncRoutes = {
  options: [{ method: 'GET', path: `${base}/options`, envelope: 'secretSyncOptions', answers: offered }],
  list: ['', '/:destination'].map((path) => ({
    method: 'GET',
    path: `${base}${path}`,
    envelope: 'secretSyncs',
    answers: many,
  })),
  get: [{ method: 'GET', path: `${base}/:destination/:syncId`, envelope, answers: syncOutput }],
  byName: [{ method: 'GET', path: `${base}/:destination/sync-name/:syncName`, envelope, answers: syncOutput }],
  create: [{ method: 'POST', path: `${base}/:destination`, envelope, reads: toCreate, answers: syncOutput }],
  update: [{ method: 'PATCH', path: `${base}/:destination/:syncId`, envelope, reads: toUpdate, answers: syncOutput }],
  delete: [{ method: 'DELETE', path: `${base}/:destination/:syncId`, envelope, input: 'query', answers: syncOutput }],
  trigger: doing('sync-secrets'),
  importSecrets: [
    {
      method: 'POST',
      path: `${base}/:destination/:syncId/import-secrets`,
      envelope,
      input: 'query',
      answers: syncOutput,
    },
  ],
  removeSecrets: doing('remove-secrets'),
  checkDrift: doing('check-drift'),
  approve: doing('approve'),
  excludeKeys: doing('exclude-keys'),
  includeKeys: doing('include-keys'),
  pause: doing('pause'),
  resume: doing('resume'),
  checkDestination: [
    {
      method: 'POST',
      path: `${base}/:destination/check-destination`,
      reads: renamed(syncVerbs.checkDestination.input, names),
    },
  ],
  preview: [{ method: 'POST', path: `${base}/:destination/preview`, reads: toPreview, answers: inWords }],
  previewFirstImport: [{ method: 'POST', path: `${base}/:destination/import-preview`, reads: toPreview }],
  plan: [{ method: 'GET', path: `${base}/:destination/:syncId/plan`, answers: inWords }],
} satisfies Record<string, Route[]>
