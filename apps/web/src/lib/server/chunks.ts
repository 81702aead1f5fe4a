/** The most secrets that one call writes or deletes. */
export const SECRETS_AT_ONCE = 2000

/** The items in order, in lists of at most `size`. */
export const chunks = <Item>(items: readonly Item[], size = SECRETS_AT_ONCE): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
