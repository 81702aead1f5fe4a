/** Going back to an earlier run: its values are written into the vault again, so that vault and target stay equal. */
import { createHash } from 'node:crypto'
import {
  audit,
  BadRequest,
  Forbidden,
  NotFound,
  snapshot as oneLook,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type { restorePlan } from '@keyferry/schemas'
import {
  withVaultTransaction,
  checkReferences,
  deleteSecretRows,
  isOutOfReach,
  lockProject,
  openForWriting,
  presentSecrets,
  projectKey,
  putSecrets,
} from '@keyferry/vault'
import type { z } from 'zod'
import { findSync, type SyncAddress } from '../sync/find.ts'
import { rewind, type Rewound } from './rewind.ts'
import type { Snapshot } from './snapshot.ts'
import { readSnapshot } from './snapshot-chain.ts'

type RestorePlan = z.output<typeof restorePlan>
type RunAddress = SyncAddress & { runId: string }

/**
 * What restoring this run would write, without values. Throws `NotFound`, `Forbidden` when the run concerns folders out
 * of the caller's reach, and `BadRequest` when there is nothing to go back to.
 */
export async function previewRestore(ctx: Context, _actor: Actor, input: RunAddress): Promise<RestorePlan> {
  return oneLook(ctx, async (tx) => {
    const at = await find(ctx, tx, input)
    return show(at, await rewindTo(ctx, tx, at))
  })
}

/**
 * Writes the values of that run as new versions into the source folder, if the plan is still the one that was reviewed;
 * the sync follows like after any change. Throws like `previewRestore`, and `BadRequest` when the plan has changed.
 */
export async function restoreRun(
  ctx: Context,
  actor: Actor,
  input: RunAddress & { planHash: string },
): Promise<RestorePlan> {
  const { projectId } = await findSync(ctx, input)
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    // From here on the sync reads the folder that it reads, and the folder is where it is.
    await lockProject(ctx, tx, projectId)
    const at = await find(ctx, tx, input)
    const target = await openForWriting(ctx, tx, { projectId, folderId: at.sync.folderId })
    const found = await rewindTo(ctx, tx, at)
    const shown = show(at, found)
    if (shown.hash !== input.planHash) {
      throw new BadRequest('The restore plan has changed. Review it again.', {
        planHash: shown.hash,
      })
    }
    const { puts, drops } = found
    if (puts.size + drops.length === 0) return shown
    const present = await presentSecrets(tx, target.folder.id, [...puts.keys(), ...drops])
    await deleteSecretRows(
      ctx,
      tx,
      actor,
      target,
      drops.flatMap((key) => present.get(key) ?? []),
    )
    const { secrets } = await putSecrets(
      ctx,
      tx,
      actor,
      target,
      [...puts].map(([key, { value, isLiteral }]) => ({ present: present.get(key), key, value, isLiteral })),
    )
    await checkReferences(ctx, tx, target, secrets)
    markChanged(target.folder.id)
    const { added, changed, removed } = shown
    const { sync, runId } = at
    await audit(ctx, tx, actor, 'secret-sync-restore', sync.projectId, {
      syncId: sync.id,
      name: sync.name,
      runId,
      added,
      changed,
      removed,
    })
    return shown
  })
}

interface Found {
  runId: string
  sync: { id: string; name: string; projectId: string; folderId: string }
  snapshot: Snapshot
}

async function find(ctx: Context, tx: Tx, input: RunAddress): Promise<Found> {
  const sync = await findSync({ db: tx }, input)
  const run = await tx
    .selectFrom('runs')
    .where('syncId', '=', sync.id)
    .where('id', '=', input.runId)
    .select(['id', 'snapshotId', 'reached'])
    .executeTakeFirst()
  if (!run) throw new NotFound(`The sync "${sync.name}" has no run with the id ${input.runId}`)
  if (await isOutOfReach({ ...ctx, db: tx }, sync.projectId, { reached: run.reached, source: null }))
    throw new Forbidden('This run concerns folders that you can’t read, so you can’t restore it.')
  const snapshot = run.snapshotId === null ? null : await readSnapshot(tx, run.snapshotId)
  if (!snapshot)
    throw new BadRequest(
      'This run did not write to the destination, so there is nothing to restore. Choose another run.',
    )
  if (snapshot.folderId !== sync.folderId) {
    throw new BadRequest(
      `The sync "${sync.name}" read another folder at that time. Select that folder as its source to restore this run.`,
    )
  }
  return { runId: run.id, sync, snapshot }
}

async function rewindTo(ctx: Context, tx: Tx, { sync, snapshot }: Found): Promise<Rewound> {
  return rewind(ctx, tx, await projectKey(ctx, tx, sync.projectId), sync.projectId, snapshot)
}

function show({ runId }: Found, { puts, drops, unchanged, notRestorable }: Rewound): RestorePlan {
  const names = (kind: 'added' | 'changed') =>
    [...puts].filter(([, put]) => (put.from === null) === (kind === 'added')).map(([key]) => key)
  const hash = createHash('sha256')
  hash.update(JSON.stringify([runId, [...puts].map(([key, { from, to }]) => [key, from, to]), drops, notRestorable]))
  return {
    hash: hash.digest('hex'),
    added: names('added'),
    changed: names('changed'),
    removed: [...drops],
    unchanged,
    notRestorable: [...notRestorable],
  }
}
