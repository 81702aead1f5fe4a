/** What is kept of drift checks: the columns of a sync that `drift.ts` writes, and when the next check is. */
import type { SyncTable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { driftText, storedMessageText, type drift as driftSchema, type PlanReason } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { DriftKind } from '../plan/plan.ts'
import { driftOptions, type StoredOptions } from './options.ts'

export interface Drifted {
  key: string
  kind: DriftKind
  /** Earlier versions stored the words. */
  reason: PlanReason | string
}

type Columns = Pick<Selectable<SyncTable>, 'checkedAt' | 'drift' | 'driftMessage' | 'repairStopped'>

/** The columns after a run that compared everything. Repairs that stopped stay stopped. */
export const NOT_CHECKED = { checkedAt: null, drift: null, driftMessage: null } as const

/** More are counted, not kept: a flood of foreign keys must not make the row large. */
const KEPT = 1_000

/** The column after a check that found `drifted` at `now`; what `before` holds says since when. */
export function recorded(before: Pick<Columns, 'drift'>, drifted: readonly Drifted[], now: string): string | null {
  if (drifted.length === 0) return null
  const found: Found = {
    count: drifted.length,
    keys: drifted.slice(0, KEPT),
    since: before.drift === null ? now : (read(before).since ?? now),
  }
  return JSON.stringify(found)
}

interface Found {
  count: number
  keys: Drifted[]
  /** Absent in rows of earlier versions. */
  since?: string
}

function read({ drift }: Pick<Columns, 'drift'>): Found {
  if (drift === null) return { count: 0, keys: [] }
  const found: Found = JSON.parse(drift)
  return found
}

/** By key, what happened to it at the target, in words. */
export const driftTexts = (sync: Pick<Columns, 'drift'>): ReadonlyMap<string, string> =>
  new Map(driftedKeys(sync).map((one) => [one.key, textOf(one)]))

function textOf({ kind, reason }: Drifted): string {
  if (typeof reason === 'string') return reason
  return kind === 'appeared' ? `added outside Keyferry, ${driftText(reason)}` : driftText(reason)
}

/** Keys that somebody else changed at the target: the first of them, where they are many. */
export const driftedKeys = (sync: Pick<Columns, 'drift'>): readonly Drifted[] => read(sync).keys

/** As the API answers it; null when nothing is known. */
export function driftOf(sync: Columns): z.output<typeof driftSchema> | null {
  const message = sync.repairStopped ?? sync.driftMessage
  if (sync.checkedAt === null && message === null) return null
  return {
    count: read(sync).count,
    since: read(sync).since ?? null,
    checkedAt: sync.checkedAt,
    message: message === null ? null : storedMessageText(message),
    repairsStopped: sync.repairStopped !== null,
  }
}

const MINUTE = 60_000
const EVERY_MS = { off: null, '15m': 15 * MINUTE, '1h': 60 * MINUTE, '24h': 24 * 60 * MINUTE }

/** When to check next, a tenth sooner or later so that a thousand syncs don’t check at once; null for never. */
export function nextCheck(ctx: Pick<Context, 'now'>, options: StoredOptions): string | null {
  const every = EVERY_MS[driftOptions(options).driftCheck]
  return every === null ? null : new Date(ctx.now().getTime() + every * (0.9 + Math.random() * 0.2)).toISOString()
}
