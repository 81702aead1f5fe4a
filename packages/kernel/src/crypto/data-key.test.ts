import { randomBytes } from 'node:crypto'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataKey, DecryptionError } from './data-key.ts'

const key = dataKey(randomBytes(32))
const text = fc.string({ unit: 'grapheme' })

describe('data key', () => {
  it('opens what it sealed, byte for byte, and only where it belongs', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), (value, place, other) => {
        const sealed = key.seal(value, ...place)
        expect(key.open(sealed, ...place)).toBe(value)
        if (JSON.stringify(place) !== JSON.stringify(other))
          expect(() => key.open(sealed, ...other)).toThrow(DecryptionError)
      }),
      { seed: SEED },
    )
  })

  it('distinguishes places that read the same when joined', () => {
    expect(() => key.open(key.seal('x', 'a', 'bc'), 'ab', 'c')).toThrow(DecryptionError)
    expect(() => key.open(key.seal('x', 'a', ''), 'a')).toThrow(DecryptionError)
    expect(key.digest('a', 'bc')).not.toBe(key.digest('ab', 'c'))
  })

  it('never seals the same text the same way twice, and never shows it', () => {
    const sealed = Array.from({ length: 100 }, () => key.seal('canary', 'place'))
    expect(new Set(sealed).size).toBe(100)
    for (const one of sealed) expect(Buffer.from(one.slice(3), 'base64url').includes('canary')).toBe(false)
  })

  it('notices every altered character', () => {
    const sealed = key.seal('some value', 'place')
    for (let index = 0; index < sealed.length; index++) {
      const altered = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
      // The last character of base64url may hold bits that mean nothing.
      if (
        Buffer.from(altered.slice(3), 'base64url').equals(Buffer.from(sealed.slice(3), 'base64url')) &&
        altered.startsWith('v1.')
      )
        continue
      expect(() => key.open(altered, 'place')).toThrow(DecryptionError)
    }
  })

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text', `v1.${'A'.repeat(200)}`])(
    'does not take %j for sealed text',
    (sealed) => {
      expect(() => key.open(sealed, 'place')).toThrow(DecryptionError)
    },
  )

  it('reveals nothing about its content', () => {
    const other = dataKey(randomBytes(32)).seal('canary')
    expect(() => key.open(other)).toThrow('the stored value cannot be decrypted with the present key')
  })

  it('digests by key: equal texts match under one key and under no other', () => {
    expect(key.digest('a', 'b')).toBe(key.digest('a', 'b'))
    expect(key.digest('a')).not.toBe(dataKey(randomBytes(32)).digest('a'))
    expect(key.digest('a')).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})
