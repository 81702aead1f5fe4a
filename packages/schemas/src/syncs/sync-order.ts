/**
 * Which syncs a list shows, and in which order: one answer for the pages of the server and for what the console changes
 * in them when a sync changes. Pure, without zod.
 */
import { STATUS_WORDS } from './sync-status-words.ts'
import type { SyncStatus } from './sync-status.ts'

export const SYNC_ORDERS = ['status', 'name', 'source', 'destination', 'last-run'] as const
export type SyncOrder = (typeof SYNC_ORDERS)[number]

/** What filters and orders look at. */
export interface OrderedSync {
  id: string
  name: string
  destination: string
  targetLabel: string
  connection: { name: string }
  environment: { slug: string } | null
  folder: { path: string } | null
  status: SyncStatus
  lastRun: { startedAt: string } | null
}

export interface SyncFilter {
  search?: string | undefined
  /** Separated by commas. */
  status?: string | undefined
  destination?: string | undefined
  environment?: string | undefined
}

const sourceOf = ({ environment, folder }: OrderedSync): string => `${environment?.slug ?? ''}:${folder?.path ?? ''}`

/** Whether a list that is narrowed to `filter` shows the sync. */
export function isListed(sync: OrderedSync, { search = '', status, destination, environment }: SyncFilter): boolean {
  const text = `${sync.name} ${sync.targetLabel} ${sourceOf(sync)} ${sync.connection.name}`
  return (
    text.toLowerCase().includes(search.toLowerCase()) &&
    (status === undefined || status.split(',').includes(sync.status)) &&
    (destination === undefined || sync.destination === destination) &&
    (environment === undefined || sync.environment?.slug === environment)
  )
}

const STATUSES = Object.keys(STATUS_WORDS)

/** What syncs are ordered by, as text; of those with the same text, the id decides. */
export function orderText(sync: OrderedSync, orderBy: SyncOrder): string {
  const name = sync.name.toLowerCase()
  switch (orderBy) {
    // Problems first, then by name.
    case 'status':
      return `${STATUSES.indexOf(sync.status)} ${name}`
    case 'name':
      return name
    case 'source':
      return sourceOf(sync)
    case 'destination':
      return `${sync.destination} ${sync.targetLabel}`
    case 'last-run':
      return sync.lastRun?.startedAt ?? ''
  }
}

/** A place in an order: after the sync with this text and id. */
export interface OrderPlace {
  text: string
  id: string
}

/** Less than zero when `a` comes first. By code units, so that every machine has the same order. */
export function comparePlaces(a: OrderPlace, b: OrderPlace, descending: boolean): number {
  const order = a.text === b.text ? compareText(a.id, b.id) : compareText(a.text, b.text)
  return descending ? -order : order
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
