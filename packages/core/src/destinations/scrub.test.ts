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
