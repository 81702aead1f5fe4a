/** What an import from an opened target would do: the listing, the values and the folder, in one plan. */
import { BadRequest, type Context } from '@keyferry/kernel'
import type { ImportPriority } from '@keyferry/schemas'
import { resolveFolder, type Reads } from '@keyferry/vault'
import { readTargetLedgers } from '../apply/ledger.ts'
import { observe } from '../apply/observe.ts'
import type { OpenTarget } from '../apply/target.ts'
import type { Observed } from '../destinations/destination.ts'
import { refuseHiddenValues } from '../sync/options.ts'
import { planImport, whyNotOurs, type ImportInput, type ImportPlan } from './plan-import.ts'

/**
 * Writes nothing. Throws `BadRequest` where the vendor hides its values, `Unresolvable` for a folder that cannot be
 * compared, `Forbidden` for one that `reads` does not reach, and `DestinationError`.
 */
export async function findImport(
  ctx: Context,
  target: OpenTarget,
  priority: ImportPriority,
  reads: Reads,
): Promise<ImportPlan> {
  const { definition, spec, schema, key } = target
  refuseHiddenValues(definition, target.target)
  const vault = await resolveFolder(ctx, spec.folderId, reads)
  const ledgers = readTargetLedgers(ctx, key, spec)
  const [listed, { claimed, left }] = await Promise.all([observe(ctx, target, target.client.list(), ledgers), ledgers])
  const others = { schema, claimed: new Map([...left, ...claimed]) }
  const observed = definition.values === 'read' ? await withValues(target, listed, others) : listed
  return planImport({ observed, vault, priority, ...others }, (name, value) => key.digest('value', name, value, ''))
}

/** The listing with values, which are read only where they can be imported. */
async function withValues(
  { definition, client, target }: OpenTarget,
  listed: readonly Observed[],
  others: Pick<ImportInput, 'schema' | 'claimed'>,
): Promise<Observed[]> {
  if (!client.readValues) {
    const where = definition.targetLabel(target)
    throw new BadRequest(`${definition.title} does not show the values at ${where}, so they cannot be imported`)
  }
  const keys = listed.filter((entry) => whyNotOurs(entry, others) === null).map(({ key }) => key)
  const values = keys.length === 0 ? new Map<string, string>() : await client.readValues(keys)
  return listed.map((entry) => {
    const value = values.get(entry.key)
    return value === undefined ? entry : { ...entry, value }
  })
}
