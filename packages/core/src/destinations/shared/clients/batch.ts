/** Many changes in one call, for vendors that take them so: batches, and halves of a batch that was refused. */
import type { Change, Report } from '../../destination.ts'
import { concernsTarget, DestinationError } from '../../destination-error.ts'

export interface BatchLimits {
  keysPerCall: number
  /** Of names and values together. Default: no limit. */
  charactersPerCall?: number
  /** Whether a smaller batch could be taken. Default: the vendor refused this one. */
  mayHalve?: (error: DestinationError) => boolean
}

export interface Refused<C> {
  change: C
  error: DestinationError
}

export interface BatchEnd<C> {
  accepted: readonly C[]
  refused: readonly Refused<C>[]
}

/** Makes the changes of one batch; resolves with those that the vendor refused one by one. */
type SendBatch<C> = (batch: readonly C[]) => Promise<readonly Refused<C>[] | void>

/**
 * Applies changes in batches, all at once, and reports each. It ends when none is being written any more, and then
 * throws trouble that concerns the whole target.
 */
export async function applyInBatches<C extends Change>(
  changes: readonly C[],
  report: Report,
  limits: BatchLimits,
  send: SendBatch<C>,
): Promise<void> {
  const ended = await Promise.allSettled(
    sendInBatches(changes, limits, send).map(async (batch) => reportBatch(report, await batch)),
  )
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

export async function reportBatch<C extends Change>(report: Report, { accepted, refused }: BatchEnd<C>): Promise<void> {
  await Promise.all([
    ...accepted.map((change) => report.done(change)),
    ...refused.map(({ change, error }) => report.failed(change, error)),
  ])
}

/** The same without the reports. Each promise is one batch. */
export const sendInBatches = <C extends Change>(
  changes: readonly C[],
  limits: BatchLimits,
  send: SendBatch<C>,
): Promise<BatchEnd<C>>[] => batchesOf(changes, limits).map((batch) => sendOrHalve(batch, limits, send))

/** The same for one batch, its halves one after the other. */
export async function sendOrHalve<C extends Change>(
  batch: readonly C[],
  limits: BatchLimits,
  send: SendBatch<C>,
): Promise<BatchEnd<C>> {
  const { mayHalve = isRefusal } = limits
  if (batch.length === 0) return { accepted: [], refused: [] }
  try {
    const refused = (await send(batch)) ?? []
    const keys = new Set(refused.map(({ change }) => change))
    return { accepted: batch.filter((change) => !keys.has(change)), refused }
  } catch (error) {
    if (!(error instanceof DestinationError) || concernsTarget(error)) throw error
    if (!mayHalve(error) || batch.length === 1) {
      return { accepted: [], refused: batch.map((change) => ({ change, error })) }
    }
    const middle = Math.ceil(batch.length / 2)
    const first = await sendOrHalve(batch.slice(0, middle), limits, send)
    const second = await sendOrHalve(batch.slice(middle), limits, send)
    return { accepted: [...first.accepted, ...second.accepted], refused: [...first.refused, ...second.refused] }
  }
}

const isRefusal = ({ kind }: DestinationError): boolean => kind === 'rejected'

/** In order, as many as one call takes. */
export function batchesOf<C extends Change>(changes: readonly C[], limits: BatchLimits): C[][] {
  const { keysPerCall, charactersPerCall = Number.POSITIVE_INFINITY } = limits
  const batches: C[][] = []
  let size = 0
  for (const change of changes) {
    const last = batches.at(-1)
    const length = change.key.length + (change.action === 'delete' ? 0 : change.value.length)
    if (last && last.length < keysPerCall && size + length <= charactersPerCall) {
      last.push(change)
      size += length
    } else {
      batches.push([change])
      size = length
    }
  }
  return batches
}
