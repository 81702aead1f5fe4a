import { expect, it } from 'vitest'
import { storedMessageText, syncMessageText, type SyncMessage } from '../index.ts'

const NO_ANSWER = { code: 'destination-error', kind: 'unavailable', text: 'no answer', isRestored: true } as const

it.each<[SyncMessage, string]>([
  [{ code: 'internal-error' }, 'Internal error. See the server log.'],
  [{ code: 'destination-error', text: 'the API key has expired' }, 'The API key has expired'],
  [{ code: 'destination-error', text: 'api.devin.ai answered 503' }, 'api.devin.ai answered 503'],
  [
    {
      code: 'keys-not-written',
      failed: { count: 7, named: [{ key: 'A', reason: NO_ANSWER }] },
      // As earlier versions stored it.
      rejected: { count: 1, named: [{ key: 'B', reason: 'too long' }] },
    },
    "7 keys failed: A (no answer; the value before it was put back) and 6 more. 1 key can't be stored: B (too long)",
  ],
  [
    { code: 'approval-needed', deletions: { deletes: 1, of: null } },
    'This would delete the last key and leave the destination empty. Nothing was sent. Approve this plan to continue, or restore the secrets.',
  ],
  [
    { code: 'deletes-not-repaired', deletions: { deletes: 4, of: 10 } },
    'This would delete 4 of 10 keys at the destination, more than 30%. Nothing was deleted; run the sync to review it.',
  ],
  ...(
    [
      [{ code: 'key-not-deleted', key: 'API', reason: NO_ANSWER }, 'API (no answer; the value before it was put back)'],
      [{ code: 'destination-error', kind: 'auth', text: 'bad token' }, 'bad token'],
      [{ code: 'connection-not-allowed', text: 'ci may not be used here' }, 'ci may not be used here'],
      [{ code: 'internal-error' }, 'Internal error. See the server log.'],
      // As earlier versions stored it.
      ['API (no answer)', 'API (no answer)'],
    ] as const
  ).map(([why, words]): [SyncMessage, string] => [
    { code: 'cleanup-failed', keys: 1, target: 'acme · prod', why, needsPerson: true },
    `1 key could not be deleted at acme · prod yet: ${words}. To keep them, disable secret deletion for this sync.`,
  ]),
])('%o has words, also once it was stored', (message, words) => {
  expect([syncMessageText(message), storedMessageText(JSON.stringify(message))]).toEqual([words, words])
})

it('reads the words that earlier versions stored', () => {
  expect(storedMessageText('2 failed: A (no answer)')).toBe('2 failed: A (no answer)')
})
