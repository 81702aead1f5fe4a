import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Unresolvable } from './errors.ts'
import { few, MAX_LIST_BYTES, MAX_MESSAGE_BYTES, named, shortened, shortIssues } from './short-text.ts'

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

it('cuts any text to its bytes as JSON, keeps what fits, and leaves no half of a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 5, max: 100 }), (text, most) => {
      const short = shortened(text, most)
      expect(sizeOf(short) - 2).toBeLessThanOrEqual(most)
      if (sizeOf(text) - 2 <= most) expect(short).toBe(text)
      else expect(short.endsWith('…')).toBe(true)
      if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true)
    }),
    { seed: SEED },
  )
})

it('names ten of many, and says how many more there are', () => {
  const names = Array.from({ length: 5000 }, (_, n) => `${n}${'x'.repeat(10_000)}`)
  expect(named(names, (name) => name)).toMatch(/^0x+…, 1x+…, .* and 4990 more$/)
  expect(named(['A', 'B'], (name) => name)).toBe('A, B')
})

it('keeps errors below 8 kB, whatever failed', () => {
  const problems = Array.from({ length: 5000 }, (_, n) => ({
    key: `K${n}`,
    reason: '\u0001'.repeat(5000),
    code: 'reference-unsupported' as const,
  }))
  const error = new Unresolvable(problems)
  expect(error.message).toMatch(/^5000 secrets cannot be resolved/)
  expect(error.problems).toHaveLength(5000)
  expect(sizeOf(error.message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES + 2)
  expect(sizeOf(few(error.problems))).toBeLessThanOrEqual(MAX_LIST_BYTES + 2)
  const issues = Array.from({ length: 5000 }, () => ({ path: ['"'.repeat(100_000), 7], message: 'x'.repeat(100_000) }))
  expect(sizeOf(shortIssues(issues))).toBeLessThan(8192)
})
