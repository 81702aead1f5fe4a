/** Verbs for syncs, with what each requires. */
import {
  connectionAt,
  defineVerb,
  folder,
  filterReadable,
  requirement,
  project,
  SIGNED_IN,
  syncAt,
  verbsWith,
  type Requirement,
} from '@keyferry/access'
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { allows, isMember, type Access } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { listDeletions } from '../cleanup/list-deletions.ts'
import { previewRestore, restoreRun } from '../history/restore.ts'
import { projectRuns } from '../history/project-runs.ts'
import { getRun, listRuns } from '../history/runs.ts'
import { pageOfSyncs } from '../sync/page-of-syncs.ts'
import type { SyncRow } from '../sync/row.ts'
import { approvePlan } from './approve-plan.ts'
import { checkDestination } from './check-destination.ts'
import { checkDrift } from './check-drift.ts'
import { createSync } from './create-sync.ts'
import { hideResults, hideResultsOf } from './hide-results.ts'
import { excludeKeys, includeKeys } from './exclude-keys.ts'
import { listKeys } from './keys.ts'
import { listPauses, pauseSync, resumeSync } from './pause.ts'
import { planSync, previewSync } from './preview.ts'
import { deleteSync, removeSecrets } from './remove.ts'
import { getSync, getSyncByName, listSyncOptions, listSyncs, listSyncsOfConnection, summaryOf } from './syncs.ts'
import { importSecrets, previewFirstImport, previewImport } from './import-secrets.ts'
import { triggerSync } from './trigger-sync.ts'
import { updateSync } from './update-sync.ts'
import { watchFolders } from './watch-folders.ts'
import { watchProject, type WatchCall } from './watch.ts'

const oneSync = z.object({ destination: schemas.destinationName, syncId: schemas.id })
const oneRun = oneSync.extend({ runId: schemas.id })
const sourceOf = ({ environment, folder }: z.output<typeof schemas.sync>) =>
  environment && folder ? { environment: environment.slug, path: folder.path } : null

/** The syncs of a project that the caller may see, with all that their results say. */
const readable = async (ctx: Context, actor: Actor, input: Parameters<typeof listSyncs>[2], access: Access) =>
  filterReadable(access, 'syncs.read', input.projectId, await listSyncs(ctx, actor, input), sourceOf)

/** Answers with the sync as the caller may see it. */
const shown =
  <I>(verb: (ctx: Context, actor: Actor, input: I) => Promise<SyncRow>) =>
  async (ctx: Context, actor: Actor, input: I): Promise<SyncRow> =>
    hideResults(ctx, await verb(ctx, actor, input))

/**
 * A sync sends what its source shows, imports and references included: who creates one, or lets one continue, reads all
 * of it.
 */
const sending = (input: { syncId: string }): Requirement =>
  requirement('secrets.read-values', { kind: 'sent-by', syncId: input.syncId })

/** Where a sync writes is chosen by those who can read the connection that it writes with. */
function writingWith({ syncId, connectionId }: { syncId?: string | undefined; connectionId?: string | undefined }) {
  if (connectionId !== undefined) return [requirement('connections.read', connectionAt({ connectionId }))]
  return syncId === undefined ? [] : [requirement('connections.read', { kind: 'connection-of', syncId })]
}

const creating = (input: {
  projectId: string
  environment: string
  secretPath: string
  connectionId: string
}): readonly [Requirement, ...Requirement[]] => [
  requirement('syncs.manage', folder(input)),
  requirement('secrets.read-values', { kind: 'shown-by', folder: folder(input) }),
  requirement('connections.read', connectionAt(input)),
]

type Creating = Parameters<typeof creating>[0] & { options: { initialSyncBehavior?: schemas.InitialSyncBehavior } }

/** The first run of such a sync writes into its source folder. */
const importingFirst = (input: Creating): readonly [Requirement, ...Requirement[]] => [
  ...creating(input),
  requirement('secrets.write', folder(input)),
]

const startsWithImport = ({ initialSyncBehavior = 'overwrite-destination' }: Creating['options']): boolean =>
  initialSyncBehavior !== 'overwrite-destination'

/**
 * Who imports manages the sync, writes into its folder, and gets to know what the connection can read; values of other
 * folders that the sync sent would come back with it.
 */
const importing = (input: { syncId: string }): readonly [Requirement, ...Requirement[]] => [
  requirement('syncs.manage', syncAt(input)),
  requirement('secrets.write', syncAt(input)),
  requirement('connections.read', { kind: 'connection-of', syncId: input.syncId }),
  sending(input),
]
const oneImport = oneSync.extend({ importBehavior: schemas.importPriority })

export const syncVerbs = {
  options: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: (ctx, actor) => listSyncOptions(ctx, actor, {}),
  }),

  list: defineVerb({
    input: z.object({ projectId: schemas.id, destination: schemas.destinationName.optional() }),
    requires: (input) => [requirement('project.read', project(input))],
    run: async (ctx, actor, input, { access }) =>
      hideResultsOf(ctx, input.projectId, await readable(ctx, actor, input, access)),
  }),

  page: defineVerb({
    input: schemas.pageSyncs,
    requires: (input) => [requirement('project.read', project(input))],
    run: async (ctx, actor, input, { access }) => {
      const { syncs, ...rest } = pageOfSyncs(await readable(ctx, actor, input, access), input)
      return { ...rest, syncs: await hideResultsOf(ctx, input.projectId, syncs) }
    },
  }),

  /** Names nothing that a result says. */
  briefs: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: (input) => [requirement('project.read', project(input))],
    run: (ctx, actor, input, { access }) => readable(ctx, actor, input, access),
  }),

  summary: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: (input) => [requirement('project.read', project(input))],
    run: async (ctx, actor, input, { access }) => summaryOf(await readable(ctx, actor, input, access)),
  }),

  projectRuns: defineVerb({
    input: schemas.listProjectRuns,
    requires: (input) => [requirement('project.read', project(input))],
    run: (ctx, _actor, input, { access }) => projectRuns(ctx, access, input),
  }),

  ofConnection: defineVerb({
    input: z.object({ connectionId: schemas.id }),
    requires: (input) => [requirement('connections.read', connectionAt(input))],
    run: async (ctx, actor, input, { access }) => {
      const byProject = Map.groupBy(await listSyncsOfConnection(ctx, actor, input), ({ projectId }) => projectId)
      const shownByProject = await Promise.all(
        [...byProject].map(([projectId, rows]) =>
          hideResultsOf(ctx, projectId, filterReadable(access, 'syncs.read', projectId, rows, sourceOf)),
        ),
      )
      return shownByProject.flat()
    },
  }),

  get: defineVerb({
    input: oneSync,
    requires: (input) => [requirement('syncs.read', syncAt(input))],
    run: shown(getSync),
  }),

  byName: defineVerb({
    input: z.object({ destination: schemas.destinationName, projectId: schemas.id, syncName: schemas.lookedUp(256) }),
    requires: (input) => [requirement('project.read', project(input))],
    run: async (ctx, actor, input, { access }) => {
      const found = await getSyncByName(ctx, actor, input)
      const [known] = filterReadable(access, 'syncs.read', input.projectId, [found], sourceOf)
      if (!known)
        throw new NotFound(`There is no ${input.destination} sync with the name ${input.syncName} in this project`)
      return hideResults(ctx, known)
    },
  }),

  create: defineVerb({
    input: schemas.createSync,
    requires: (input) => (startsWithImport(input.options) ? importingFirst(input) : creating(input)),
    run: shown(createSync),
  }),

  /** A sync that is pointed elsewhere is theirs to manage there too. */
  update: defineVerb({
    input: schemas.updateSync,
    requires: ({ syncId, environment, secretPath, connectionId, target, options }) => [
      requirement('syncs.manage', syncAt({ syncId })),
      requirement('syncs.manage', { kind: 'sync-source', syncId, environment, secretPath }),
      requirement('secrets.read-values', { kind: 'sent-by', syncId, moved: { environment, secretPath } }),
      ...(connectionId === undefined && target === undefined ? [] : writingWith({ syncId, connectionId })),
      ...(options && startsWithImport(options)
        ? [requirement('secrets.write', { kind: 'sync-source', syncId, environment, secretPath })]
        : []),
    ],
    run: shown(updateSync),
  }),

  delete: defineVerb({
    input: oneSync.extend({ removeSecrets: z.boolean().default(false) }),
    requires: (input) => [requirement('syncs.manage', syncAt(input))],
    run: shown(deleteSync),
    ends: ({ syncId: id }) => ({ table: 'syncs', values: { id } }),
  }),

  trigger: defineVerb({
    input: oneSync,
    requires: (input) => [requirement('syncs.run', syncAt(input)), sending(input)],
    run: shown(triggerSync),
  }),

  previewImport: defineVerb({ input: oneImport, requires: importing, run: previewImport }),
  previewFirstImport: defineVerb({ input: schemas.previewSync, requires: importingFirst, run: previewFirstImport }),

  importSecrets: defineVerb({
    input: oneImport.extend({ planHash: schemas.shownHash.optional() }),
    requires: importing,
    run: shown(importSecrets),
  }),

  removeSecrets: defineVerb({
    input: oneSync,
    requires: (input) => [requirement('syncs.manage', syncAt(input))],
    run: shown(removeSecrets),
  }),

  checkDrift: defineVerb({
    input: oneSync,
    requires: (input) => [requirement('syncs.run', syncAt(input))],
    run: shown(checkDrift),
  }),

  excludeKeys: defineVerb({
    input: oneSync.extend(schemas.excludeKeys.shape),
    requires: (input) => [requirement('syncs.manage', syncAt(input))],
    run: shown(excludeKeys),
  }),

  includeKeys: defineVerb({
    input: oneSync.extend(schemas.includeKeys.shape),
    requires: (input) => [requirement('syncs.manage', syncAt(input)), sending(input)],
    run: shown(includeKeys),
  }),

  pause: defineVerb({
    input: oneSync.extend(schemas.pauseSyncs.shape),
    requires: (input) => [requirement('syncs.run', syncAt(input))],
    run: shown(pauseSync),
  }),

  resume: defineVerb({
    input: oneSync,
    requires: (input) => [requirement('syncs.run', syncAt(input)), sending(input)],
    run: shown(resumeSync),
  }),

  pauses: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: (input) => [requirement('project.read', project(input))],
    run: listPauses,
  }),

  /** Whether a target is taken says something of every project: to those who could point a sync there. */
  checkDestination: defineVerb({
    input: z.object({
      destination: schemas.destinationName,
      target: schemas.openFields,
      connectionId: schemas.id.optional(),
      excludeSyncId: schemas.id.optional(),
      projectId: schemas.id,
    }),
    requires: ({ projectId, excludeSyncId: syncId, connectionId }) => [
      requirement('syncs.manage', syncId === undefined ? project({ projectId }) : syncAt({ syncId })),
      ...writingWith({ syncId, connectionId }),
    ],
    run: async (ctx, actor, input, { access }) => {
      const { duplicateProjectId, ...found } = await checkDestination(ctx, actor, input)
      const known = duplicateProjectId !== undefined && isMember(access, duplicateProjectId)
      return { ...found, ...(known ? { duplicateProjectId } : {}) }
    },
  }),

  preview: defineVerb({ input: schemas.previewSync, requires: creating, run: previewSync }),
  plan: defineVerb({ input: oneSync, requires: (input) => [requirement('syncs.read', syncAt(input))], run: planSync }),

  approve: defineVerb({
    input: oneSync.extend({ planHash: schemas.shownHash }),
    requires: (input) => [requirement('syncs.manage', syncAt(input)), sending(input)],
    run: shown(approvePlan),
  }),

  runs: defineVerb({ input: oneSync, requires: (input) => [requirement('syncs.read', syncAt(input))], run: listRuns }),
  run: defineVerb({ input: oneRun, requires: (input) => [requirement('syncs.read', syncAt(input))], run: getRun }),

  /** A run names what came from other folders. */
  restorePreview: defineVerb({
    input: oneRun,
    requires: (input) => [requirement('secrets.read-values', syncAt(input)), sending(input)],
    run: previewRestore,
  }),

  restore: defineVerb({
    input: oneRun.extend({ planHash: schemas.shownHash }),
    requires: (input) => [requirement('secrets.write', syncAt(input)), sending(input)],
    run: restoreRun,
  }),

  events: verbsWith<WatchCall>()({
    input: z.object({
      projectId: schemas.id,
      lastEventId: z.string().max(64).nullish(),
      saysOpened: z.boolean().optional().describe('The first item says for how long nothing had happened'),
    }),
    requires: (input) => [requirement('project.read', project(input))],
    run: watchProject,
  }),

  /** For clients that keep a copy of a folder, such as a Kubernetes operator. */
  folderChanges: verbsWith<WatchCall>()({
    input: schemas.watchFolders,
    requires: (input) => [requirement('project.read', project(input))],
    run: watchFolders,
  }),

  keys: defineVerb({ input: oneSync, requires: (input) => [requirement('syncs.read', syncAt(input))], run: listKeys }),

  /** Folders and environments that are deleted once syncs have removed what they wrote. */
  deletions: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: (input) => [requirement('project.read', project(input))],
    run: async (ctx, actor, input, { access }) => {
      const { projectId } = input
      const waiting = await listDeletions(ctx, actor, input)
      return waiting.filter(
        ({ environment, secretPath }) =>
          environment === null ||
          allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path: secretPath ?? '/' }),
      )
    },
  }),
}
