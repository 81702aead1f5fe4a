import { expect, it } from 'vitest'
import { outcomeReasonOf, storedReasonText, type OutcomeReason } from '../index.ts'

it.each<[OutcomeReason, string]>([
  [{ code: 'drift-removed' }, 'drift: deleted outside Keyferry'],
  [{ code: 'refused', detail: 'longer than 64 characters' }, 'longer than 64 characters'],
  [{ code: 'waits-for-rename', name: 'NEW' }, 'stays until NEW is written'],
  [{ code: 'destination-error', kind: 'throttled', text: 'too many calls' }, 'too many calls'],
])('%o is stored as a code, and read in words', (reason, words) => {
  const stored = JSON.stringify(reason)
  expect([outcomeReasonOf(stored), storedReasonText(stored)]).toEqual([reason, words])
})

it.each(['no answer', '{"error":"a provider answered"}', ''])('reads the words %o of an earlier version', (words) => {
  expect([outcomeReasonOf(words), storedReasonText(words)]).toEqual([null, words])
})
