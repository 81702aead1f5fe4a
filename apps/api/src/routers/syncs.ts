import { pauseVerbs, syncVerbs } from '@keyferry/core/verbs'
import {
  briefSync,
  id,
  importPreview,
  pause,
  keyState,
  outcome,
  plan,
  projectRuns,
  restorePlan,
  run,
  sync,
  syncsPage,
  syncsSummary,
} from '@keyferry/schemas'
import { z } from 'zod'
import { syncRoutes } from '../infisical/syncs.ts'
import { mutation, query, router, subscription } from '../trpc/procedures.ts'

const tag = 'Secret syncs'
const base = '/api/v1/secret-syncs'

/** Routes that pause or resume all syncs at once. */
const ofAll = (scope: 'project' | 'instance', action: 'pause' | 'resume', summary: string) => ({
  tag,
  summary,
  routes: [
    {
      method: 'POST' as const,
      path: `${scope === 'project' ? '/api/v1/projects/:projectId' : '/api/v1/instance'}/${action}-syncs`,
      envelope: 'pauses',
    },
  ],
  output: z.array(pause),
})

export const syncs = router({
  options: query(syncVerbs.options, {
    tag,
    summary: 'Destinations that a sync can have',
    routes: syncRoutes.options,
    output: z.array(z.object({ name: z.string(), destination: z.string() })),
  }),

  list: query(syncVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'The syncs of a project, to one destination or all',
    routes: syncRoutes.list,
    output: z.array(sync),
  }),

  page: query(syncVerbs.page, {
    isCompressed: true,
    tag,
    summary: 'A page of the syncs of a project, filtered and ordered, without options and history',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/syncs' }],
    output: syncsPage,
  }),

  briefs: query(syncVerbs.briefs, {
    isCompressed: true,
    tag,
    summary: 'Every sync of a project in brief',
    routes: [],
    output: z.array(briefSync),
  }),

  summary: query(syncVerbs.summary, {
    tag,
    summary: 'How many syncs a project has, and which need attention',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/syncs-summary' }],
    output: syncsSummary,
  }),

  projectRuns: query(syncVerbs.projectRuns, {
    tag,
    summary: 'The runs of a project’s syncs, newest first',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/runs' }],
    output: projectRuns,
  }),

  ofConnection: query(syncVerbs.ofConnection, {
    tag,
    summary: 'The syncs that use a connection, of those that the caller may see',
    routes: [{ method: 'GET', path: '/api/v1/connections/:connectionId/syncs', envelope: 'syncs' }],
    output: z.array(sync),
  }),

  get: query(syncVerbs.get, {
    tag,
    summary: 'One sync',
    routes: syncRoutes.get,
    output: sync,
  }),

  byName: query(syncVerbs.byName, {
    tag,
    summary: 'One sync, by its name',
    routes: syncRoutes.byName,
    output: sync,
  }),

  create: mutation(syncVerbs.create, {
    tag,
    summary: 'Creates a sync and, under auto-sync, runs it',
    routes: syncRoutes.create,
    output: sync,
  }),

  update: mutation(syncVerbs.update, {
    tag,
    summary: 'Changes a sync and, under auto-sync, runs it',
    routes: syncRoutes.update,
    output: sync,
  }),

  delete: mutation(syncVerbs.delete, {
    tag,
    summary: 'Deletes a sync; with `removeSecrets`, deletes the keys that it wrote first',
    routes: syncRoutes.delete,
    output: sync,
  }),

  trigger: mutation(syncVerbs.trigger, {
    tag,
    summary: 'Runs a sync; while it runs already, once more after that',
    routes: syncRoutes.trigger,
    output: sync,
  }),

  importSecrets: mutation(syncVerbs.importSecrets, {
    tag,
    weight: 'vendor',
    summary: 'Imports the destination’s secrets into the source folder; refused if the provider does not return values',
    routes: syncRoutes.importSecrets,
    output: sync,
  }),

  previewImport: query(syncVerbs.previewImport, {
    tag,
    weight: 'vendor',
    summary: 'Plans an import: what it adds and changes in the source folder, without values',
    routes: [{ method: 'GET', path: `${base}/:destination/:syncId/import-preview` }],
    output: importPreview,
  }),

  previewFirstImport: mutation(syncVerbs.previewFirstImport, {
    tag,
    weight: 'vendor',
    summary: 'What the import before the first run of a sync would add and change; stores nothing',
    routes: syncRoutes.previewFirstImport,
    output: importPreview,
  }),

  removeSecrets: mutation(syncVerbs.removeSecrets, {
    tag,
    summary: 'Deletes the keys that the sync wrote to its destination',
    routes: syncRoutes.removeSecrets,
    output: sync,
  }),

  checkDrift: mutation(syncVerbs.checkDrift, {
    tag,
    summary: 'Checks the destination for drift now; a due run replaces the check',
    routes: syncRoutes.checkDrift,
    output: sync,
  }),

  excludeKeys: mutation(syncVerbs.excludeKeys, {
    tag,
    summary: 'Leaves keys alone: they are neither written nor deleted',
    routes: syncRoutes.excludeKeys,
    output: sync,
  }),

  includeKeys: mutation(syncVerbs.includeKeys, {
    tag,
    summary: 'Sends keys again that were excluded',
    routes: syncRoutes.includeKeys,
    output: sync,
  }),

  pause: mutation(syncVerbs.pause, {
    tag,
    summary: 'Pauses a sync: no run, drift repair or deletion until it is resumed',
    routes: syncRoutes.pause,
    output: sync,
  }),

  resume: mutation(syncVerbs.resume, {
    tag,
    summary: 'Resumes a paused sync; what waited is sent',
    routes: syncRoutes.resume,
    output: sync,
  }),

  pauses: query(syncVerbs.pauses, {
    tag,
    summary: 'The pauses that apply to every sync of a project',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/pauses', envelope: 'pauses' }],
    output: z.array(pause),
  }),

  pauseProject: mutation(pauseVerbs.pauseProject, ofAll('project', 'pause', 'Pauses every sync of a project')),
  resumeProject: mutation(pauseVerbs.resumeProject, ofAll('project', 'resume', 'Resumes the syncs of a project')),
  pauseInstance: mutation(pauseVerbs.pauseInstance, ofAll('instance', 'pause', 'Pauses every sync of the instance')),
  resumeInstance: mutation(
    pauseVerbs.resumeInstance,
    ofAll('instance', 'resume', 'Resumes every sync of the instance'),
  ),

  checkDestination: mutation(syncVerbs.checkDestination, {
    tag,
    summary: 'Whether another sync writes to the same destination',
    routes: syncRoutes.checkDestination,
    output: z.object({
      hasDuplicate: z.boolean(),
      maybeDuplicate: z.boolean().describe('A sync writes to a destination with this name on another host'),
      duplicateProjectId: id.optional(),
      sharedPlace: z.string().nullable().describe('What the destination is, if other teams may use it too'),
    }),
  }),

  preview: mutation(syncVerbs.preview, {
    weight: 'vendor',
    tag,
    summary: 'Plans a sync; stores nothing',
    routes: syncRoutes.preview,
    output: plan,
  }),

  plan: query(syncVerbs.plan, {
    weight: 'vendor',
    tag,
    summary: 'Plans the next run',
    routes: syncRoutes.plan,
    output: plan,
  }),

  approve: mutation(syncVerbs.approve, {
    weight: 'vendor',
    tag,
    summary: 'Lets a blocked sync carry out exactly this plan',
    routes: syncRoutes.approve,
    output: sync,
  }),

  runs: query(syncVerbs.runs, {
    tag,
    summary: 'The last runs, newest first',
    routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs`, envelope: 'runs' }],
    output: z.array(run),
  }),

  run: query(syncVerbs.run, {
    weight: 'store',
    tag,
    summary: 'One run with its outcome per key',
    routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs/:runId`, envelope: 'run' }],
    output: run.extend({ outcomes: z.array(outcome) }),
  }),

  restorePreview: mutation(syncVerbs.restorePreview, {
    weight: 'store',
    tag,
    summary: 'Plans the restore of a run: what it writes to the source folder, without values',
    routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore-preview` }],
    output: restorePlan,
  }),

  restore: mutation(syncVerbs.restore, {
    weight: 'store',
    tag,
    summary: 'Restores the values of a run to the source folder; exactly the reviewed plan',
    routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore` }],
    output: restorePlan,
  }),

  keys: query(syncVerbs.keys, {
    isCompressed: true,
    weight: 'store',
    tag,
    summary: 'The state of each key at the destination',
    routes: [{ method: 'GET', path: `${base}/:destination/:syncId/keys`, envelope: 'keys' }],
    output: z.array(keyState),
  }),

  /**
   * Ends when the client leaves. Events name what to fetch again; a client that was disconnected fetches everything
   * again.
   */
  events: subscription(syncVerbs.events, { tag, summary: 'Live events of a project', routes: [] }),

  folderChanges: subscription(syncVerbs.folderChanges, { tag, summary: 'Changes of folders', routes: [] }),
})
