/**
 * What this process deleted lately. GitHub's listings may show it for a while, and a second delete of it is answered as
 * one that the token may not make.
 */
import { LRUCache } from 'lru-cache'
import type { GithubRow } from './api.ts'

/** A read shortly after a write may not show it; for how long is not documented. */
export const LISTING_LAG_MS = 60_000

/** By place and name: when the row that was deleted had been written. */
const deleted = new LRUCache<string, string>({ max: 10_000, ttl: LISTING_LAG_MS })

export interface Deletions {
  note(row: Row): void
  /** It was written again. */
  forget(name: string): void
  /** The listing is behind: the row is the one that was deleted. */
  isGone(row: Row): boolean
}

type Row = Pick<GithubRow, 'name' | 'updated_at'>

/** `place`: the address of the secrets or variables. */
export function deletionsAt(place: string): Deletions {
  const id = (name: string): string => `${place}/${name}`
  return {
    note: ({ name, updated_at: at }) => void deleted.set(id(name), at),
    forget: (name) => void deleted.delete(id(name)),
    isGone: ({ name, updated_at: at }) => deleted.get(id(name)) === at,
  }
}
