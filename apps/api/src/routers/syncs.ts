import { approvePlan } from '@keyferry/core/sync/approve-plan'
import { checkDrift } from '@keyferry/core/sync/check-drift'
import { checkDestination } from '@keyferry/core/sync/check-destination'
import { createSync as create } from '@keyferry/core/sync/create-sync'
import { listKeys } from '@keyferry/core/sync/keys'
import { planSync, previewSync as preview } from '@keyferry/core/sync/preview'
import { deleteSync, removeSecrets } from '@keyferry/core/sync/remove'
import { previewRestore, restoreRun } from '@keyferry/core/sync/restore'
import { getRun, listRuns } from '@keyferry/core/sync/runs'
import { getSync, getSyncByName, listSyncOptions, listSyncs } from '@keyferry/core/sync/syncs'
import { importSecrets, triggerSync } from '@keyferry/core/sync/trigger-sync'
import { updateSync as update } from '@keyferry/core/sync/update-sync'
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
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { call, router, signedIn } from '../trpc/procedures.ts'

const tag = 'Secret syncs'
const base = '/api/v1/secret-syncs'
const one = z.object({ destination: z.string(), syncId: id })

export const syncs = router({
  options: signedIn
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

  list: signedIn
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
    .query(call(listSyncs)),

  get: signedIn
    .meta({
      tag,
      summary: 'One sync',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .query(call(getSync)),

  byName: signedIn
    .meta({
      tag,
      summary: 'One sync, by its name',
      routes: [{ method: 'GET', path: `${base}/:destination/sync-name/:syncName`, envelope: 'secretSync' }],
    })
    .input(z.object({ destination: z.string(), projectId: id, syncName: z.string() }))
    .output(sync)
    .query(call(getSyncByName)),

  create: signedIn
    .meta({
      tag,
      summary: 'Creates a sync and, under auto-sync, runs it',
      routes: [{ method: 'POST', path: `${base}/:destination`, envelope: 'secretSync' }],
    })
    .input(createSync)
    .output(sync)
    .mutation(call(create)),

  update: signedIn
    .meta({
      tag,
      summary: 'Changes a sync and, under auto-sync, runs it',
      routes: [{ method: 'PATCH', path: `${base}/:destination/:syncId`, envelope: 'secretSync' }],
    })
    .input(updateSync)
    .output(sync)
    .mutation(call(update)),

  delete: signedIn
    .meta({
      tag,
      summary: 'Deletes a sync; with `removeSecrets`, after what it wrote was removed at the target',
      routes: [{ method: 'DELETE', path: `${base}/:destination/:syncId`, envelope: 'secretSync', input: 'query' }],
    })
    .input(one.extend({ removeSecrets: z.boolean().default(false) }))
    .output(sync)
    .mutation(call(deleteSync)),

  trigger: signedIn
    .meta({
      tag,
      summary: 'Runs a sync; while it runs already, once more after that',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/sync-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(triggerSync)),

  importSecrets: signedIn
    .meta({
      tag,
      summary: 'Takes the secrets of the target in; refused where the vendor does not show values',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/import-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(importSecrets)),

  removeSecrets: signedIn
    .meta({
      tag,
      summary: 'Removes at the target what the sync wrote there',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/remove-secrets`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(removeSecrets)),

  checkDrift: signedIn
    .meta({
      tag,
      summary: 'Looks at the target for drift now; a run that is due takes its place',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/check-drift`, envelope: 'secretSync' }],
    })
    .input(one)
    .output(sync)
    .mutation(call(checkDrift)),

  checkDestination: signedIn
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
    .mutation(call(checkDestination)),

  preview: signedIn
    .meta({
      tag,
      summary: 'What a sync would do at its target; stores nothing',
      routes: [{ method: 'POST', path: `${base}/:destination/preview` }],
    })
    .input(previewSync)
    .output(plan)
    .mutation(call(preview)),

  plan: signedIn
    .meta({
      tag,
      summary: 'What the next run would do at the target',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/plan` }],
    })
    .input(one)
    .output(plan)
    .query(call(planSync)),

  approve: signedIn
    .meta({
      tag,
      summary: 'Lets a blocked sync carry out exactly this plan',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/approve`, envelope: 'secretSync' }],
    })
    .input(one.extend({ planHash: z.string().min(1) }))
    .output(sync)
    .mutation(call(approvePlan)),

  runs: signedIn
    .meta({
      tag,
      summary: 'The last runs, newest first',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs`, envelope: 'runs' }],
    })
    .input(one)
    .output(z.array(run))
    .query(call(listRuns)),

  run: signedIn
    .meta({
      tag,
      summary: 'One run with its outcome per key',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/runs/:runId`, envelope: 'run' }],
    })
    .input(one.extend({ runId: id }))
    .output(run.extend({ outcomes: z.array(outcome) }))
    .query(call(getRun)),

  restorePreview: signedIn
    .meta({
      tag,
      summary: 'What restoring a run would write into the source folder, without values',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore-preview` }],
    })
    .input(one.extend({ runId: id }))
    .output(restorePlan)
    .mutation(call(previewRestore)),

  restore: signedIn
    .meta({
      tag,
      summary:
        'Writes what the target held after a run into the source folder again; exactly the plan that was looked at',
      routes: [{ method: 'POST', path: `${base}/:destination/:syncId/runs/:runId/restore` }],
    })
    .input(one.extend({ runId: id, planHash: z.string().min(1) }))
    .output(restorePlan)
    .mutation(call(restoreRun)),

  keys: signedIn
    .meta({
      tag,
      summary: 'Where each key stands at the target',
      routes: [{ method: 'GET', path: `${base}/:destination/:syncId/keys`, envelope: 'keys' }],
    })
    .input(one)
    .output(z.array(keyState))
    .query(call(listKeys)),

  /** Ends when the client leaves. Events name what to look at again; a client that was away fetches anew. */
  events: signedIn
    .meta({ tag, summary: 'Live events of a project', routes: [] })
    .input(z.object({ projectId: id, lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      let last = Number(input.lastEventId ?? 0) || 0
      for await (const event of ctx.ctx.events.subscribe(signal ?? new AbortController().signal)) {
        if (event.projectId === input.projectId) yield tracked(String(++last), liveEvent.parse(event))
      }
    }),
})
