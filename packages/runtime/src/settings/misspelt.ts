import { distance } from 'fastest-levenshtein'

const OWN = 'KEYFERRY_'
/** Edits that two names may be apart: other programs' settings have similar names. */
const MOST_EDITS = 2
/** Shorter names are near to everything. */
const SHORTEST = 8

export interface Misspelt {
  name: string
  /** The setting that was most likely meant; null: none is near. */
  meant: string | null
}

/**
 * Variables that look like settings and are none: those with our prefix, and those a typing error away from a setting
 * that is not set.
 */
export function misspelt(names: readonly string[], known: ReadonlySet<string>): Misspelt[] {
  return names
    .filter((name) => !known.has(name))
    .map((name) => ({ name, meant: nearest(name, known) }))
    .filter(({ name, meant }) => name.startsWith(OWN) || (meant !== null && !names.includes(meant)))
}

function nearest(name: string, known: ReadonlySet<string>): string | null {
  const bare = name.startsWith(OWN) ? name.slice(OWN.length) : null
  if (bare !== null && known.has(bare)) return bare
  const ofFile = name.replace(/_FILE$/, '')
  if (known.has(ofFile)) return ofFile
  if (name.length < SHORTEST) return null
  const [first] = [...known]
    .map((setting) => ({ setting, edits: distance(name, setting) }))
    .filter(({ setting, edits }) => edits <= MOST_EDITS && setting.length >= SHORTEST)
    .toSorted((a, b) => a.edits - b.edits)
  return first?.setting ?? null
}
