/** Names that a vendor shows to programs as one. */
import type { DestinationDefinition } from '../destinations/destination.ts'

/** The name a program sees -> the names that come out as it. */
export function effectiveNames(names: Iterable<string>, { limits }: DestinationDefinition): Map<string, string[]> {
  const seenAs = new Map<string, string[]>()
  if (limits.effectiveName === undefined) return seenAs
  for (const name of names) {
    const effective = limits.effectiveName(name)
    const names = seenAs.get(effective)
    if (names) names.push(name)
    else seenAs.set(effective, [name])
  }
  return seenAs
}

const MAX_OTHERS = 3

/**
 * Why a name is refused beside others, null where it isn't. Of colliding names the one that the vendor leaves as it is
 * is written; those that it would change are refused.
 */
export function collision(
  name: string,
  { title, limits }: DestinationDefinition,
  seenAs: ReadonlyMap<string, string[]>,
): string | null {
  const effective = limits.effectiveName?.(name)
  if (effective === undefined || effective === name) return null
  const alike = seenAs.get(effective) ?? []
  if (alike.length === 1) return null
  // Each of thousands may be refused: a few of the others are enough.
  const others = alike.slice(0, MAX_OTHERS + 1).filter((other) => other !== name)
  const shown = others.slice(0, MAX_OTHERS)
  const more = alike.length - 1 - shown.length
  return `${title} shows it to programs as ${effective}, and so does ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}; rename one of them`
}
