import { Failure } from '../failure.ts'

/** The one of `tags` that has this slug. Throws `Failure` with the slugs there are. */
export function tagOf<T extends { slug: string }>(tags: readonly T[], slug: string): T {
  const found = tags.find((tag) => tag.slug === slug)
  if (found) return found
  const known = tags.map((tag) => tag.slug).join(', ')
  throw new Failure(
    `There is no tag ${slug}`,
    known ? `There are: ${known}.` : 'Create it with `keyferry tags create`.',
  )
}
