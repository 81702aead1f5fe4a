/** "1 key", "3 keys". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** "1 added, 3 changed": without what there is none of. "nothing" where there is none of any. */
export const counts = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .flatMap(([word, n]) => (n > 0 ? `${n.toLocaleString('en')} ${word}` : []))
    .join(', ') || 'nothing'
