import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Crockford's base 32: without the letters that are taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 80 bits: too many to guess at any rate of tries. */
const LETTERS = 16

/**
 * The code that an empty instance is set up with, in groups of four: it is printed where only the operator reads. It is
 * derived from `rootKey`, which is random and stored only sealed, so every process of a fleet prints and accepts the
 * same one and it is stored nowhere. It works once, because an instance is set up once.
 */
export function setupCodeOf(rootKey: Buffer): string {
  const bytes = new Uint8Array(hkdfSync('sha256', rootKey, '', 'keyferry setup code v1', LETTERS))
  const letters = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
  return (letters.match(/.{4}/g) ?? []).join('-')
}

/**
 * Whether `given` is `code`, typed in any case, with or without its dashes. Takes the same time for every wrong one.
 */
export const isSetupCode = (code: string, given: string): boolean => timingSafeEqual(digestOf(code), digestOf(given))

const digestOf = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1'))
    .digest()
