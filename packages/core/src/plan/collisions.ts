/** Names that a vendor stores, or shows to programs, as one. */
import type { DestinationDefinition } from '../destinations/destination.ts'
import type { KeySchema } from './key-schema.ts'

/** A secret key among others whose names come out as one. */
export interface Collision {
  reason: string
  /** None of them is written, so that what stands there stays. */
  isUndecided: boolean
}

const MAX_OTHERS = 3

/**
 * The secret keys that are refused because of others. Of names that come out as one, the name that the vendor keeps
 * unchanged is written; those that it would change are refused.
 */
export function collisions(
  secretKeys: Iterable<string>,
  schema: KeySchema,
  { title, limits }: Pick<DestinationDefinition, 'title' | 'limits'>,
): Map<string, Collision> {
  const { effectiveName, storedName } = limits
  const refused = new Map<string, Collision>()
  if (effectiveName === undefined && storedName === undefined) return refused
  const seenAs = (key: string): string => effectiveName?.(schema.name(key)) ?? schema.name(key)
  for (const [name, alike] of Map.groupBy(secretKeys, seenAs)) {
    if (alike.length === 1) continue
    const written =
      alike.find((key) => schema.sentName(key) === name) ??
      only(alike.filter((key) => schema.sentName(key) === schema.name(key)))
    for (const key of alike) {
      if (key === written) continue
      // Each of thousands may be refused: a few of the others are enough.
      const others = alike.slice(0, MAX_OTHERS + 1).filter((other) => other !== key)
      const shown = others.slice(0, MAX_OTHERS).map(schema.sentName)
      const more = alike.length - 1 - shown.length
      refused.set(key, {
        reason: `${title} shows it to programs as ${name}, and so does ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}; rename one of them`,
        isUndecided: written === undefined,
      })
    }
  }
  return refused
}

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined)
