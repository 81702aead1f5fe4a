import { expect, it } from 'vitest'
import { textSearch } from './text-search.ts'

const texts = ['a', 'ten bytes.', 'eleven byte', 'twelve bytes', 'a much longer text than those'].map((text) => ({
  text,
  bytes: Buffer.from(text),
}))
const search = textSearch(texts)
const foundIn = (bytes: Buffer) => search(bytes).map(({ text }) => text)

it('finds a text of any length wherever it begins and ends', () => {
  for (const { text, bytes } of texts)
    for (let before = 0; before < 20; before++)
      for (const after of [0, 1, 9])
        expect(foundIn(Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(after)])), text).toContain(text)
})

it('finds all that are there, and nothing that is there in part', () => {
  expect(foundIn(Buffer.from(texts.map(({ text }) => text).join('|'))).toSorted()).toEqual(
    texts.map(({ text }) => text).toSorted(),
  )
  for (const { bytes } of texts) expect(foundIn(bytes.subarray(1))).not.toContain(bytes.toString())
  expect(foundIn(Buffer.from('eleven bytX, twelve Bytes, X much longer text'))).toEqual([])
  expect(foundIn(Buffer.alloc(0))).toEqual([])
})
