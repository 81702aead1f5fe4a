import { expect, it } from 'vitest'
import { driftTexts, recorded } from './drift-record.ts'

it('keeps why a key drifted as a code, and reads the words that earlier versions kept', () => {
  const drift = recorded(
    { drift: null },
    [
      { key: 'A', kind: 'flag', reason: { code: 'drift-flag', detail: 'protected' } },
      { key: 'B', kind: 'appeared', reason: { code: 'mirrored' } },
      { key: 'C', kind: 'vanished', reason: 'deleted outside Keyferry' },
    ],
    '2026-11-29T00:00:00.000Z',
  )
  expect(Object.fromEntries(driftTexts({ drift }))).toEqual({
    A: 'flag "protected" changed outside Keyferry',
    B: 'added outside Keyferry, exists only at the destination',
    C: 'deleted outside Keyferry',
  })
})
