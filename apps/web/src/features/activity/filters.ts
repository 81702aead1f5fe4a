/** The activity page's filters in the URL, and the query for the API. */
import { ABOUT, AUDIT_ACTIONS, type About } from '@keyferry/schemas/audit'
import { startOfDay } from '../../lib/display/time.ts'
import { words } from './words.ts'

/** As in the URL: shared links work for everyone who opens them. */
export interface Filters {
  /** `runs`: the runs of syncs in place of the log; then only `state` and `sync` count. */
  tab?: string | undefined
  state?: string | undefined
  /** Its ID. */
  sync?: string | undefined
  actor?: string | undefined
  /** A group of actions, or one; `all`: readings too, which are left out otherwise. */
  what?: string | undefined
  environment?: string | undefined
  q?: string | undefined
  since?: string | undefined
  /** Days, such as `2026-11-22`, when `since` is `custom`. */
  from?: string | undefined
  to?: string | undefined
  /** `instance`: also what belongs to no project, and to others. */
  scope?: string | undefined
  /** The entry whose details are open. */
  open?: string | undefined
}

const HOUR_MS = 60 * 60_000
export const SINCE = {
  hour: { label: words.filters.lastHour, ms: HOUR_MS },
  day: { label: words.filters.last24Hours, ms: 24 * HOUR_MS },
  week: { label: words.filters.last7Days, ms: 7 * 24 * HOUR_MS },
  month: { label: words.filters.last30Days, ms: 30 * 24 * HOUR_MS },
} as const
const isPreset = (since: string): since is keyof typeof SINCE => Object.hasOwn(SINCE, since)

export interface Asked {
  actor?: string
  action?: string
  except?: string
  environment?: string
  text?: string
  from?: string
  to?: string
}

/** What to ask at the time `now`, milliseconds. What is not filtered by stays away. */
export function askedFor({ actor, what, environment, q, since, from, to }: Filters, now: number): Asked {
  const chosen =
    what === undefined ? { except: actionsOf('readings') } : what === 'all' ? {} : { action: actionsOf(what) }
  const begin =
    since !== undefined && isPreset(since) ? new Date(now - SINCE[since].ms).toISOString() : dayOf(since, from, 0)
  const end = dayOf(since, to, 1)
  return {
    ...(actor ? { actor } : {}),
    ...chosen,
    ...(environment ? { environment } : {}),
    ...(q?.trim() ? { text: q.trim() } : {}),
    ...(begin ? { from: begin } : {}),
    ...(end ? { to: end } : {}),
  }
}

/** Midnight at the beginning of a day where the reader is, or of a later one. */
function dayOf(since: string | undefined, day: string | undefined, later: number): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(since === 'custom' ? (day ?? '') : '') ?? []
  if (year === undefined) return undefined
  return startOfDay(Number(year), Number(month), Number(date) + later)?.toISOString()
}

const isGroup = (what: string): what is About => Object.hasOwn(ABOUT, what)

/** The actions of a group, as the API wants them. */
const actionsOf = (what: string): string =>
  isGroup(what)
    ? Object.entries(AUDIT_ACTIONS)
        .flatMap(([action, { about }]) => (about === what ? action : []))
        .join(',')
    : what

/** Where the same entries can be had as JSON lines. */
export function exportUrl(projectId: string, whole: boolean, asked: Asked): string {
  const query = new URLSearchParams(Object.entries(asked))
  if (!whole) query.set('projectId', projectId)
  return `/api/v1/audit/export?${query}`
}

export const isFiltered = ({ actor, what, environment, q, since, from, to }: Filters): boolean =>
  [actor, what, environment, q, since, from, to].some((value) => value !== undefined && value !== '')
