import { byStatus } from '../../components/sync-status.tsx'
import type { Sync } from '../../lib/types.ts'

/** The syncs that need a person or are behind, worst first. */
export const needAttention = (syncs: readonly Sync[]): Sync[] =>
  syncs.filter(({ status }) => status === 'needs-attention' || status === 'out-of-sync').toSorted(byStatus)
