import type { Mention } from '@keyferry/schemas'

/** A message, cut where it names what `mentions` has. */
export function cutAtMentions(message: string, mentions: readonly Mention[]): (string | Mention)[] {
  const parts: (string | Mention)[] = []
  for (let rest = message; rest !== '';) {
    const [first] = mentions
      .map((mention) => ({ mention, at: rest.indexOf(mention.text) }))
      .filter(({ at }) => at !== -1)
      // Of two that begin alike, such as `dev:/api` and `dev:/api KEY`, the longer is meant.
      .sort((one, other) => one.at - other.at || other.mention.text.length - one.mention.text.length)
    if (!first) return [...parts, rest]
    if (first.at > 0) parts.push(rest.slice(0, first.at))
    parts.push(first.mention)
    rest = rest.slice(first.at + first.mention.text.length)
  }
  return parts
}
