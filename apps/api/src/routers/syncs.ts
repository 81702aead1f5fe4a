import { readAccess } from '@keyferry/core/access/grants'
import { inReach } from '@keyferry/core/access/hide'
import { sourcing } from '@keyferry/core/access/needs'
import { NotFound } from '@keyferry/core/errors'
import { approvePlan } from '@keyferry/core/sync/verbs/approve-plan'
import { checkDrift } from '@keyferry/core/sync/verbs/check-drift'
import { checkDestination } from '@keyferry/core/sync/verbs/check-destination'
import { createSync as create } from '@keyferry/core/sync/verbs/create-sync'
import { listKeys } from '@keyferry/core/sync/verbs/keys'
import { planSync, previewSync as preview } from '@keyferry/core/sync/verbs/preview'
import { deleteSync, removeSecrets } from '@keyferry/core/sync/verbs/remove'
import { previewRestore, restoreRun } from '@keyferry/core/sync/history/restore'
import { getRun, listRuns } from '@keyferry/core/sync/history/runs'
import { getSync, getSyncByName, listSyncOptions, listSyncs } from '@keyferry/core/sync/verbs/syncs'
import { importSecrets, triggerSync } from '@keyferry/core/sync/verbs/trigger-sync'
import { updateSync as update } from '@keyferry/core/sync/verbs/update-sync'
import {
  createSync,
  id,
  keyState,
  liveEvent,
  outcome,
  plan,
  previewSync,
  restorePlan,
  run,
  sync,
  updateSync,
} from '@keyferry/schemas'
import { isMember } from '@keyferry/schemas/policy'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Secret syncs'
const base = '/api/v1/secret-syncs'
const one = z.object({ destination: z.string(), syncId: id })
const sourceOf = ({ environment, folder }: z.output<typeof sync>) =>
  environment && folder ? { environment: environment.slug, path: folder.path } : null

export const syncs = router({
  options: may('instance.use')
    .meta({
      tag,
      summary: 'Destinations that a sync can have',
      routes: [{ method: 'GET', path: `${base}/options`, envelope: 'secretSyncOptions' }],
    })
    .output(
      z.array(
        z.object({
          name: z.string(),
          destination: z.string(),
          connection: z.string(),
          canImportSecrets: z.boolean(),
          canRemoveSecretsOnDeletion: z.boolean(),
        }),
      ),
    )
    .query(({ ctx }) => listSyncOptions(ctx.ctx, ctx.actor, {})),

  list: may('project.read')
    .meta({
      tag,
      summary: 'The syncs of a project, to one destination or all',
      routes: [
        { method: 'GET', path: base, envelope: 'secretSyncs' },
        { method: 'GET', path: `${base}/:destination`, envelope: 'secretSyncs' },
      ],
    })
    .input(z.object({ projectId: id, destination: z.string().optional() }))
    .output(z.array(sync))
    .query(async ({ ctx, input }) =>
      inReach(ctx.access, 'syncs.read', input.projectId, await listSyncs(ctx.ctx, ctx.actor, input), sourceOf),
    ),

  get: may('syncs.read')
    .meta({
      tag,
      summary: 'One sync',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .query(call(getSync)),

  byName: may('project.read')
    .meta({
      tag,
      summary: 'One sync, by its name',
      routes: [{ method: 'GET', path: `${base}/:destination/sync-name/:syncName`, envelope: 'secretSync' }],
    })
    .input(z.object({ destination: z.string(), projectId: id, syncName: z.string() }))
    .output(sync)
    .query(async ({ ctx, input }) => {
      const found = await getSyncByName(ctx.ctx, ctx.actor, input)
      const [known] = inReach(ctx.access, 'syncs.read', input.projectId, [found], sourceOf)
      if (!known)
        throw new NotFound(`There is no ${input.destination} sync with the name ${input.syncName} in this project`)
      return known
    }),

  create: may('syncs.manage', sourcing)
    .meta({
      tag,
      summary: 'Creates a sync and, under auto-sync, runs it',
      routes: [{ method: 'POST', path: `${base}/:destination`, envelope: 'secretSync' }],
    })
    .input(createSync)
    .output(sync)
    .mutation(call(create)),

  update: may('syncs.manage', sourcing)
    .meta({
      tag,
      summary: 'Changes a sync and, under auto-sync, runs it',
      routes: [{ method: 'PATCH', path: `${base}/:destination/:syncId`, envelope: 'secretSync' }],
    })
    .input(updateSync)
    .output(sync)
    .mutation(call(update)),

  delete: may('syncs.manage')
    .meta({
      tag,
      summary: 'Deletes a sync; with `removeSecrets`, after what it wrote was removed at the target',
      routes: [{ method: 'DELETE', path: `${base}/:destination/:syncId`, envelope: 'secretSync', input: 'query' }],
    })
    .input(one.extend({ removeSecrets: z.boolean().default(false) }))
    .output(sync)
    .mutation(call(deleteSync)),

  trigger: may('syncs.run', sourcing)
    .meta({
      tag,
      summary: 'Runs a sync; while it runs already, once more after that',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/sync-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(triggerSync)),

  importSecrets: may('syncs.run')
    .meta({
      tag,
      summary: 'Takes the secrets of the target in; refused where the vendor does not show values',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/import-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(importSecrets)),

  removeSecrets: may('syncs.manage')
    .meta({
      tag,
      summary: 'Removes at the target what the sync wrote there',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/remove-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(removeSecrets)),

  checkDrift: may('syncs.run')
    .meta({
      tag,
      summary: 'Looks at the target for drift now; a run that is due takes its place',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/check-drift`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(checkDrift)),

  checkDestination: may('project.read')
    .meta({
      tag,
      summary: 'Whether another sync writes to the same target',
      routes: [{ method: 'POST', path: `${base}/:destination/check-destination` }],
    })
    .input(
      z.object({
        destination: z.string(),
        destinationConfig: z.record(z.string(), z.unknown()),
        connectionId: id.optional(),
        excludeSyncId: id.optional(),
        projectId: id,
      }),
    )
    .output(z.object({ hasDuplicate: z.boolean(), duplicateProjectId: id.optional() }))
    .mutation(async ({ ctx, input }) => {
      const { hasDuplicate, duplicateProjectId } = await checkDestination(ctx.ctx, ctx.actor, input)
      const known = duplicateProjectId !== undefined && isMember(ctx.access, duplicateProjectId)
      return { hasDuplicate, ...(known ? { duplicateProjectId } : {}) }
    }),

  preview: may('syncs.manage', sourcing)
    .meta({
      tag,
      summary: 'What a sync would do at its target; stores nothing',
      routes: [{ method: 'POST', path: `${base}/:destination/preview` }],
    })
    .input(previewSync)
    .output(plan)
    .mutation(call(preview)),

  plan: may('syncs.read')
    .meta({
      tag,
      summary: 'What the next run would do at the target',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/plan` }],
    })
    .input(one)
    .output(plan)
    .query(call(planSync)),

  approve: may('syncs.manage', sourcing)
    .meta({
      tag,
      summary: 'Lets a blocked sync carry out exactly this plan',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/approve`, envelope: 'secretSync' }],
    })
    .input(one.extend({ planHash: z.string().min(1) }))
    .output(sync)
    .mutation(call(approvePlan)),

  runs: may('syncs.read')
    .meta({
      tag,
      summary: 'The last runs, newest first',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs`, envelope: 'runs' }],
    })
    .input(one)
    .output(z.array(run))
    .query(call(listRuns)),

  run: may('syncs.read')
    .meta({
      tag,
      summary: 'One run with its outcome per key',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs/:runId`, envelope: 'run' }],
    })
    .input(one.extend({ runId: id }))
    .output(run.extend({ outcomes: z.array(outcome) }))
    .query(call(getRun)),

  restorePreview: may('secrets.read-values')
    .meta({
      tag,
      summary: 'What restoring a run would write into the source folder, without values',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore-preview` }],
    })
    .input(one.extend({ runId: id }))
    .output(restorePlan)
    .mutation(call(previewRestore)),

  restore: may('secrets.write')
    .meta({
      tag,
      summary:
        'Writes what the target held after a run into the source folder again; exactly the plan that was looked at',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore` }],
    })
    .input(one.extend({ runId: id, planHash: z.string().min(1) }))
    .output(restorePlan)
    .mutation(call(restoreRun)),

  keys: may('syncs.read')
    .meta({
      tag,
      summary: 'Where each key stands at the target',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/keys`, envelope: 'keys' }],
    })
    .input(one)
    .output(z.array(keyState))
    .query(call(listKeys)),

  /** Ends when the client leaves. Events name what to look at again; a client that was away fetches anew. */
  events: may('project.read')
    .meta({ tag, summary: 'Live events of a project', routes: [] })
    .input(z.object({ projectId: id, lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      let last = Number(input.lastEventId ?? 0) || 0
      for await (const event of ctx.ctx.events.subscribe(signal ?? new AbortController().signal)) {
        if (event.projectId !== input.projectId) continue
        // The stream may outlive the membership.
        if (!isMember(await readAccess(ctx.ctx.db, ctx.actor), input.projectId)) return
        yield tracked(String(++last), liveEvent.parse(event))
      }
    }),
})
