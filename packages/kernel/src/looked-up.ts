/**
 * Postgres rejects U+0000 in text; replaced by a new line, a lookup finds nothing instead of failing: no key,
 * slug or path holds a new line.
 */
export const lookedUp = (name: string): string => name.replaceAll('\0', '\n')
