import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'

/** The most that are offered at once. */
const MOST = 8

export interface Completion {
  /** What is written between the braces. */
  reference: string
  key: string
  /** Where it is, when it is in another folder. */
  at: string | null
}

/** What is typed of a reference that ends at the caret, and where it begins; null outside one. */
export function openReference(text: string, caret: number): { start: number; typed: string } | null {
  const match = /\$\{([^{}\s]*)$/.exec(text.slice(0, caret))
  return match ? { start: match.index, typed: match[1] ?? '' } : null
}

/** Secrets that a reference of the folder can name: its own first, then those of other folders. */
export function useCompletions(place: FolderRef, typed: string | null): readonly Completion[] {
  const wanted = (typed ?? '').split('.').at(-1)?.toLowerCase() ?? ''
  const own = trpc.secrets.rows.useQuery(place, { enabled: typed !== null })
  const others = trpc.tree.search.useQuery(
    { projectId: place.projectId, query: wanted, limit: 30 },
    { enabled: typed !== null && wanted !== '' },
  )
  if (typed === null) return []
  const here = (own.data?.rows ?? [])
    .filter(({ key }) => key.toLowerCase().includes(wanted))
    .map(({ key }): Completion => ({ reference: key, key, at: null }))
  const elsewhere = (others.data?.secrets ?? [])
    .filter(
      ({ matched, environment, secretPath }) =>
        matched === 'key' && (environment !== place.environment || secretPath !== place.secretPath),
    )
    .map(({ key, environment, secretPath }): Completion => ({
      reference: [environment, ...secretPath.split('/').filter((name) => name !== ''), key].join('.'),
      key,
      at: `${environment}:${secretPath}`,
    }))
  return [...here, ...elsewhere].slice(0, MOST)
}
