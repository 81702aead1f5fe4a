/** What the metrics of a process read at every scrape. */
import {
  countDue,
  oldestBehindSeconds,
  streamState,
  syncsByState,
  vendorBudgets,
  vendorPauses,
  type AuditStream,
} from '@keyferry/core/process'
import type { PooledConnections } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { diskOf } from './disk.ts'

interface Sources {
  dataDir: string
  auditStreams: readonly AuditStream[]
  /** Null: the store is a file. */
  connections: (() => PooledConnections) | null
}

export function watchFigures(ctx: Context, { dataDir, auditStreams, connections }: Sources): void {
  const ofStreams = (figure: 'lag' | 'failures') => () =>
    Promise.all(
      auditStreams.map(async (stream) => ({
        labels: { kind: stream.kind },
        value: (await streamState(ctx, stream))[figure],
      })),
    )
  ctx.metrics.watch({
    dueSyncs: () => countDue(ctx),
    syncs: () => syncsByState(ctx),
    oldestBehind: () => oldestBehindSeconds(ctx),
    vendorBudgets: () => vendorBudgets(ctx),
    vendorPauses: () => vendorPauses(ctx),
    diskFree: async () => (await diskOf(dataDir)).free,
    diskSize: async () => (await diskOf(dataDir)).size,
    auditStreamLag: ofStreams('lag'),
    auditStreamFailures: ofStreams('failures'),
    ...(connections && {
      databaseConnections: async () =>
        Object.entries(connections()).map(([state, value]) => ({ labels: { state }, value })),
    }),
  })
}
