import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainWords, scrub, stringsIn } from './scrub.ts'

test('masks a secret as it is, escaped, encoded, or cut short', () => {
  const secret = 'hunter2-"line\ntwo'
  for (const echo of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    secret.slice(0, 9),
    secret.slice(7),
  ]) {
    const shown = scrub(`bad value ${echo}!`, [secret])
    expect(shown).toMatch(/^bad value .*•••.*!$/)
    expect(shown).not.toMatch(/hunter2|line.*two/)
  }
})

test.each([
  ['ak\u00df/%ed6', 'ak\\u00df/%ed6'],
  ['x\\n&%ed6yz', 'x\\n&amp;%ed6yz'],
  ['a=@+D 5b', 'a%3D%40%2BD+5b'],
])('masks %j, which looks escaped in part, where it is written as %j', (secret, written) => {
  expect(scrub(`bad value ${written}!`, [secret])).toBe('bad value •••!')
})

test.each(['\r\n', '\r', ' ', '\n\n', '\\r\\n', '%0D%0A', '+'])('masks short lines between which stands %j', (end) => {
  const lines = ['pin 4711', 'x9', 'tail', 'b2c3']
  const shown = scrub(`bad value ${lines.join(end)}!`, [`${lines.join('\n')}\n`])
  expect(shown).toBe('bad value •••!')
})

test('a short secret is masked where it stands alone, and the rest of the message stays readable', () => {
  expect(scrub('value 1 of A1 is wrong', ['1'])).toBe('value ••• of A1 is wrong')
  expect(scrub('value "on" is wrong, online', ['on'])).toBe('value "•••" is wrong, online')
})

test('one line, 200 characters at most, blanks hide nothing', () => {
  expect(scrub('a\n\u0000b\t c', ['', ' '])).toBe('a b c')
  expect(scrub('x'.repeat(5000), [])).toHaveLength(200)
})

test('finds the strings of a body at any depth, not its property names', () => {
  const body = { variables: JSON.parse('{"__proto__":"p","A":"a"}'), list: [{ b: 'c' }], n: 1, nothing: null }
  expect(stringsIn(body)).toEqual(['p', 'a', 'c'])
})

test('of words nobody can check only plain ones are left', () => {
  const said = 'Invalid or Missing API key (401): sk_live4f9, hUnTeR, s3cret and "p@ss-word" aren\'t known'
  expect(plainWords(said)).toBe("Invalid or Missing API key (401): ••• ••• ••• and ••• aren't known")
})

const base64 = (before: string) => (secret: string) => Buffer.from(`${before}${secret}~~~`).toString('base64')
const url = (encode: (secret: string) => string) => (secret: string) =>
  encode(secret).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const html = (secret: string) =>
  secret.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll('&#38;', '&amp;')
const percent = (secret: string) =>
  [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const ENCODINGS: Record<string, (secret: string) => string> = {
  'as it is': (secret) => secret,
  'upper case': (secret) => secret.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
  'lower case': (secret) => secret.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  backwards: (secret) => Array.from(secret).toReversed().join(''),
  base64: base64(''),
  'base64, one byte on': base64('~'),
  'base64, two bytes on': base64('~~'),
  'base64 for URLs': url(base64('')),
  'base64 for URLs, one byte on': url(base64('~')),
  'base64 in a URL': (secret) => encodeURIComponent(base64('~~')(secret)),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'hex in capitals': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'every byte percent-encoded': percent,
  'percent-encoded twice': (secret) => percent(percent(secret)),
  'a form': (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
  HTML: html,
  JSON: (secret) => JSON.stringify(secret).slice(1, -1),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)).slice(1, -1),
  'JSON of ASCII': (secret) =>
    secret.replaceAll(/[^ -~]|[\\"]/g, (unit) =>
      unit
        .split('')
        .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
    ),
}

test.each(Object.entries(ENCODINGS))('no part of a secret is left, written as %s', (_, encode) => {
  // Eight bytes and more of which none repeats, so that nothing around it looks like a part of it.
  const secret = fc
    .uniqueArray(
      fc.constantFrom(
        ...Array.from('abcdefghijkmnopqrsuvwxyzACDEFGHKLMNPQRSUVX0123456789!"#$%&\'()*+,-./:;<=>?@ žß鍵🐎'),
      ),
      {
        minLength: 8,
        maxLength: 40,
      },
    )
    .map((letters) => letters.join(''))
    .filter((text) => text.trim() === text)
  fc.assert(
    fc.property(secret, fc.constantFrom('', 'TT', 'T T '), (value, before) => {
      const written = encode(value)
      const shown = scrub(`${before}${written} T`, ['TTTTT', value])
      // At its two ends a letter of an encoding may belong to what stands beside the secret.
      for (let at = 4; at + 12 < written.length && at < 180; at += 1)
        expect(shown).not.toContain(written.slice(at, at + 8).replaceAll(/\s+/g, ' '))
      expect(shown).toContain('•••')
    }),
    { seed: SEED, numRuns: 100 },
  )
})

test('masks short secrets in their encodings, and leaves ordinary messages alone', () => {
  for (const encode of [base64(''), base64('~'), (text: string) => Buffer.from(text).toString('hex'), percent])
    expect(scrub(`wrong: ${encode('s3cr3t')}`, ['s3cr3t'])).toMatch(/^wrong: [^\s]{0,6}•••[^\s]{0,6}$/)
  const message = 'The value of DATABASE_PASSWORD (deadbeef, 3f2a) is longer than 8,192 characters & was refused.'
  expect(scrub(message, ['hunter2hunter2', 'abc', 'x'.repeat(100_000)])).toBe(message)
})

test('searches megabytes of secrets in one pass', () => {
  // With a search of the whole secret for each window of the text this takes minutes.
  const secrets = [
    ...Array.from({ length: 2_000 }, (_, at) => `value-${at}-${'ab'.repeat(500)}`),
    'ab'.repeat(1_000_000),
  ]
  expect(scrub(`refused: ${'ba'.repeat(300)}`, secrets)).toBe('refused: •••')
})
