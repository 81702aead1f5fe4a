import { useDeferredValue, useMemo } from 'react'
import type { SecretRow } from '../../../lib/server/types.ts'

/** The secrets that a search finds, by key, tag or comment: all without one. */
export function useFoundSecrets(rows: readonly SecretRow[] | undefined, wanted: string) {
  const text = useDeferredValue(searched(wanted))
  const isSearching = text !== ''
  const texts = useMemo(
    () => (isSearching ? rows?.map((row) => ({ row, text: textOf(row) })) : undefined),
    [rows, isSearching],
  )
  return useMemo(
    () => (texts ? texts.filter((each) => each.text.includes(text)).map(({ row }) => row) : (rows ?? [])),
    [rows, texts, text],
  )
}

/** Whether a search finds a secret that has nothing but a key. */
export const isFound = (key: string, wanted: string): boolean => key.toLowerCase().includes(searched(wanted))

const searched = (wanted: string): string => wanted.trim().toLowerCase()

/** No name of a key or a tag has a line end. */
const textOf = ({ key, tags, comment }: SecretRow): string =>
  [key, ...tags.map(({ name }) => name), comment].join('\n').toLowerCase()
