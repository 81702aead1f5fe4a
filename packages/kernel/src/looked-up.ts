/**
 * A name as it can be asked for. Postgres fails on U+0000 instead of finding nothing; a new line takes its place, which no key,
 * slug or path of ours can hold either.
 */
export const lookedUp = (name: string): string => name.replaceAll('\0', '\n')
