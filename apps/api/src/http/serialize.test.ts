import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { serialize } from './serialize.ts'

const text = async (value: unknown): Promise<string> => Buffer.concat(await serialize(value, () => {})).toString()

const wide = (element: fc.Arbitrary<unknown>) =>
  fc.tuple(fc.array(element, { maxLength: 3 }), fc.nat(100)).map(([some, times]) => Array(times).fill(some).flat())
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.anything({ withDate: true, withNullPrototype: true }),
    fc.constantFrom(
      '\ud83d\ude00'.repeat(40_000),
      '\ud800'.repeat(70_000),
      '"\\\u0001\u2028'.repeat(20_000),
      undefined,
    ),
    wide(fc.anything({ maxDepth: 2 })),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value
const longTexts = fc.constantFrom(
  '\ud83d\ude00'.repeat(40_000),
  '\ud800'.repeat(70_000),
  '"\\\u0001\u2028'.repeat(20_000),
)

it('writes what JSON.stringify writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: values }, longTexts), async (value) => {
      const same: unknown = JSON.parse(await text(value))
      expect(same).toEqual(JSON.parse(JSON.stringify(value) ?? 'null'))
    }),
    { seed: SEED, numRuns: 200 },
  )
})

it('stops as soon as it is refused more bytes', async () => {
  let seen = 0
  const refused = serialize(
    Array.from({ length: 5000 }, () => ({ text: 'x'.repeat(1000) })),
    (bytes) => {
      seen += bytes
      if (seen > 1_000_000) throw new Error('enough')
    },
  )
  await expect(refused).rejects.toThrow('enough')
  expect(seen).toBeLessThan(1_200_000)
})
