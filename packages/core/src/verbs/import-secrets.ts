/** Bringing what a target holds into the vault, as a person asks for it. */
import { randomUUID } from 'node:crypto'
import { BadRequest, Conflict, KeyferryError, type Actor, type Context } from '@keyferry/kernel'
import {
  IMPORT_ACTIONS,
  importReasonText,
  type ImportPriority,
  type importPreview,
  type previewSync,
} from '@keyferry/schemas'
import { namerOf, readerOf } from '@keyferry/vault'
import type { z } from 'zod'
import { openTarget, type SyncSpec } from '../apply/target.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { destination } from '../destinations/registry.ts'
import { applyImport, recordFailedImport } from '../import/apply-import.ts'
import { findImport } from '../import/find-import.ts'
import type { ImportPlan } from '../import/plan-import.ts'
import { LeaseLost, takeLease, type Lease } from '../lease/lease.ts'
import { dueOnTarget } from '../sync/due.ts'
import { findSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { firstImportOf, refuseHiddenValues } from '../sync/options.ts'
import { publishSync } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { checkBody } from './source.ts'

type Preview = z.output<typeof importPreview>
type Asked = SyncAddress & { importBehavior: ImportPriority }

/** How long a vendor may take, milliseconds. */
const TIMEOUT_MS = 60_000

/** What importing would add and change in the sync's folder, without values. Throws like `findImport`. */
export async function previewImport(ctx: Context, _actor: Actor, input: Asked): Promise<Preview> {
  const sync = await findSync(ctx, input)
  return previewOf(ctx, sync, input.importBehavior)
}

/** The same of the import that the first run of this body begins with. */
export async function previewFirstImport(
  ctx: Context,
  _actor: Actor,
  body: z.output<typeof previewSync>,
): Promise<Preview> {
  const { spec } = await checkBody(ctx, body)
  const priority = firstImportOf(JSON.parse(spec.options))
  if (priority === null)
    throw new BadRequest('The first run of this sync does not import: its initialSyncBehavior is overwrite-destination')
  return previewOf(ctx, spec, priority)
}

/**
 * Imports now. With `planHash` only that very preview is carried out. Throws `Conflict` when it is out of date, and
 * while a run writes to the target; `BadRequest` with the vendor's reason when the target cannot be read; and like
 * `applyImport`.
 */
export async function importSecrets(
  ctx: Context,
  actor: Actor,
  input: Asked & { planHash?: string | undefined },
): Promise<SyncRow> {
  const { id, targetKey, projectId, ...sync } = await findSync(ctx, input)
  refuseHiddenValues(destination(sync.destination), JSON.parse(sync.target))
  const jobId = randomUUID()
  const lease = await takeLease(ctx, targetKey, jobId)
  if (!lease) throw busy()
  try {
    await importUnder(ctx, actor, input, { targetKey, jobId, lease })
  } catch (error) {
    const { title } = destination(input.destination)
    const refusal = refusalOf(error, title)
    if (refusal && !(refusal instanceof Conflict)) await recordFailedImport(ctx, id, jobId, refusal.message)
    throw refusal ?? error
  } finally {
    await lease.release()
    await ctx.queue.wake(await dueOnTarget(ctx, targetKey, ''))
  }
  const row = await syncRow(ctx, id)
  publishSync(ctx, { id, projectId }, row.state)
  return row
}

async function importUnder(
  ctx: Context,
  actor: Actor,
  input: Asked & { planHash?: string | undefined },
  { targetKey, jobId, lease }: { targetKey: string; jobId: string; lease: Lease },
): Promise<void> {
  const sync = await findSync(ctx, input)
  if (sync.targetKey !== targetKey) throw busy()
  if (sync.removal !== null) throw new Conflict(`The sync "${sync.name}" is removing its secrets; import later`)
  const limits = { signal: AbortSignal.timeout(TIMEOUT_MS), guard: () => lease.check() }
  const target = await openTarget(ctx, sync, limits)
  try {
    await applyImport(ctx, actor, target, {
      sync,
      priority: input.importBehavior,
      reads: readerOf(ctx, sync.projectId),
      jobId,
      lease,
      review({ hash }) {
        if (input.planHash !== undefined && input.planHash !== hash)
          throw new Conflict('The import preview has changed. Review it again.', { planHash: hash })
      },
    })
  } finally {
    await target.close()
  }
}

async function previewOf(ctx: Context, spec: SyncSpec, priority: ImportPriority): Promise<Preview> {
  const target = await openTarget(ctx, spec, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  try {
    return shown(ctx, spec, await findImport(ctx, target, priority, readerOf(ctx, spec.projectId)))
  } catch (error) {
    throw refusalOf(error, target.definition.title) ?? error
  } finally {
    await target.close()
  }
}

/** Keys of the target that are not the sync's may be another folder's. */
function shown(ctx: Context, { projectId }: SyncSpec, { hash, keys }: ImportPlan): Preview {
  const isNarrowed = namerOf(ctx, projectId) !== null
  const known = keys.filter(({ isForeign }) => !isNarrowed || !isForeign)
  const counted = IMPORT_ACTIONS.map((wanted) => [wanted, known.filter(({ action }) => action === wanted).length])
  return {
    hash,
    summary: Object.fromEntries(counted),
    keys: known.map(({ name, key, action, reason: cause }) => ({
      name,
      key,
      action,
      reason: cause === null ? null : importReasonText(cause),
      cause,
    })),
  }
}

const busy = (): Conflict =>
  new Conflict('A run or another import is using this destination. Try again when it has ended.')

/** The error as a caller gets it; null: a bug. */
function refusalOf(error: unknown, title: string): KeyferryError | null {
  if (error instanceof LeaseLost) return busy()
  if (error instanceof DestinationError) return new BadRequest(`${title} could not be read: ${error.message}`)
  return error instanceof KeyferryError ? error : null
}
