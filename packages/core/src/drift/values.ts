import { Invalid, type Context } from '@keyferry/kernel'
import { openTarget, type SyncSpec } from '../apply/target.ts'
import { destination } from '../destinations/registry.ts'
import { driftOptions, type StoredOptions } from '../sync/options.ts'

/**
 * Throws `Invalid` when a sync asks to compare values that its vendor never shows. Makes no call: the client's ability
 * says it.
 */
export async function refuseUnreadable(ctx: Context, spec: SyncSpec): Promise<void> {
  const options: StoredOptions = JSON.parse(spec.options)
  const { values, hidesValues } = destination(spec.destination)
  const isListed = values === 'listed' && !hidesValues?.(JSON.parse(spec.target))
  // Where the listing shows the values they are compared anyway.
  if (!driftOptions(options).driftReadsValues || isListed) return
  const { definition, client, close } = await openTarget(ctx, spec, { signal: new AbortController().signal })
  await close()
  if (client.readValues) return
  const where = definition.targetLabel(definition.target.parse(JSON.parse(spec.target)))
  const message = `${definition.title} never shows the values at ${where}, so they cannot be compared; turn driftReadsValues off`
  throw new Invalid([{ path: ['options', 'driftReadsValues'], message }])
}
