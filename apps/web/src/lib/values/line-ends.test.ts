import { expect, it } from 'vitest'
import { withLineEndsOf, withPlainLineEnds } from './line-ends.ts'

it.each([
  ['a\r\nb\r\n', 'Za\nb\n', 'Za\r\nb\r\n'],
  ['a\r\nb\nc', 'a\nx\nb\nc', 'a\r\nx\r\nb\nc'],
  ['a\r\nb\nc\r', 'a\nb\nC\n', 'a\r\nb\nC\r\n'],
  ['one', 'one\ntwo', 'one\ntwo'],
  ['a\r\nb', '', ''],
])('%j edited to %j becomes %j', (before, edited, after) => {
  expect(withLineEndsOf(before, edited)).toBe(after)
})

it('changes nothing but line ends, and nothing at all where nothing was edited', () => {
  const pieces = ['', 'a', '\r\n', '\n', '\r']
  const texts = [...new Set(pieces.flatMap((a) => pieces.flatMap((b) => pieces.map((c) => a + b + c))))]
  for (const before of texts) {
    expect(withLineEndsOf(before, withPlainLineEnds(before))).toBe(before)
    for (const other of texts) {
      const edited = withPlainLineEnds(other)
      expect(withPlainLineEnds(withLineEndsOf(before, edited))).toBe(edited)
    }
  }
})
