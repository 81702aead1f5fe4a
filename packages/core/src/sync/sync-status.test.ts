import type { SyncMessage } from '@keyferry/schemas'
import { describe, expect, it } from 'vitest'
import { syncStatus, type StatusFacts } from './sync-status.ts'

const [EARLIER, BEHIND, TROUBLED, LATER] = ['01', '02', '03', '04'].map((hour) => `2026-11-28T${hour}:00:00.000Z`)

const IN_SYNC: StatusFacts = {
  state: 'succeeded',
  message: null,
  blockage: null,
  autoSync: 1,
  wanted: 4,
  due: 4,
  seen: 4,
  applied: 4,
  attempts: 0,
  retryAt: null,
  behindSince: null,
  syncedAt: LATER ?? null,
  inSyncSince: EARLIER ?? null,
  troubleSince: null,
  troubleRuns: 0,
  removal: null,
  removeState: null,
  removeMessage: null,
  removedAt: null,
  connection: { name: 'main', problem: null },
  drift: null,
  repairs: false,
  leaving: null,
  pause: null,
}

const stored = (message: SyncMessage): string => JSON.stringify(message)
const vendor = stored({ code: 'destination-error', text: 'Service unavailable' })
const named = [{ key: 'BLANK', reason: 'blank' }]
const none = { count: 0, named: [] }
const behind = { applied: 3, behindSince: BEHIND ?? null }
const troubled = { troubleSince: TROUBLED ?? null, ...behind }
const blocked = (kind: string, keys: string[]): string =>
  JSON.stringify({
    kind,
    message: { code: 'source-unresolvable', text: 'why' },
    planHash: null,
    keys: keys.map((key) => ({ key, reason: 'r' })),
  })
const drift = { count: 2, since: BEHIND ?? null, checkedAt: LATER ?? null, message: null, repairsStopped: false }
const pause = { scope: 'project' as const, by: 'Ana', why: 'release', since: LATER ?? '', until: null }

const TABLE: readonly [name: string, facts: Partial<StatusFacts>, expected: object][] = [
  ['in sync, since the last change arrived', {}, { status: 'in-sync', reason: null, since: EARLIER }],
  ['in sync in a row of an earlier version', { inSyncSince: null }, { status: 'in-sync', since: LATER }],
  [
    'requested',
    { ...behind, seen: 3, state: 'pending' },
    { status: 'syncing', reason: { code: 'queued' }, since: BEHIND },
  ],
  ['running', { ...behind, seen: 3, state: 'running' }, { status: 'syncing', reason: { code: 'running' } }],
  [
    'a change waits, auto-sync off',
    { ...behind, due: 3, seen: 3, autoSync: 0 },
    { status: 'out-of-sync', reason: { code: 'changes-waiting' }, since: BEHIND },
  ],
  [
    'never run, auto-sync off',
    { ...behind, applied: 0, due: 0, seen: 0, autoSync: 0, state: 'pending' },
    { status: 'out-of-sync', reason: { code: 'never-synced' } },
  ],
  [
    'its secrets were removed',
    { ...behind, applied: 0, removedAt: LATER ?? null },
    { status: 'out-of-sync', reason: { code: 'secrets-removed' } },
  ],
  ['drift', { drift }, { status: 'out-of-sync', reason: { code: 'drifted', keys: 2, repairs: false }, since: BEHIND }],
  [
    'repairs stopped',
    { drift: { ...drift, repairsStopped: true, message: 'fight' } },
    { status: 'needs-attention', reason: { code: 'repairs-stopped', keys: 2, message: 'fight' } },
  ],
  [
    'failed once, tried again',
    { ...troubled, state: 'failed', message: vendor, seen: 3, attempts: 1, troubleRuns: 1, retryAt: LATER ?? null },
    {
      status: 'out-of-sync',
      reason: { code: 'retrying', message: 'Service unavailable', attempts: 1, retryAt: LATER },
      since: TROUBLED,
    },
  ],
  [
    'failed three times, tried again',
    { ...troubled, state: 'failed', message: vendor, seen: 3, attempts: 3, troubleRuns: 3, retryAt: LATER ?? null },
    { status: 'needs-attention', reason: { code: 'failed', attempts: 3, retryAt: LATER } },
  ],
  [
    'the third try is on',
    { ...troubled, state: 'running', message: vendor, seen: 3, attempts: 3, troubleRuns: 3 },
    { status: 'needs-attention', reason: { code: 'failed' } },
  ],
  [
    'failed, and only a change helps',
    { ...troubled, state: 'failed', message: vendor, troubleRuns: 1 },
    { status: 'needs-attention', reason: { code: 'failed', attempts: 1, retryAt: null }, since: TROUBLED },
  ],
  [
    'the credential is refused',
    { ...troubled, state: 'failed', message: vendor, troubleRuns: 4, connection: { name: 'main', problem: '401' } },
    { status: 'needs-attention', reason: { code: 'credential-rejected', connection: 'main', attempts: 4 } },
  ],
  [
    'a newer run is requested after a failure',
    { ...troubled, state: 'pending', message: vendor, seen: 3 },
    { status: 'syncing', reason: { code: 'queued' } },
  ],
  [
    'a key can’t be stored',
    {
      state: 'partial',
      message: stored({ code: 'keys-not-written', failed: none, rejected: { count: 1, named } }),
      troubleSince: TROUBLED ?? null,
    },
    { status: 'needs-attention', reason: { code: 'keys-not-written', failed: 0, rejected: 1, named }, since: TROUBLED },
  ],
  [
    'a key failed, tried again',
    {
      ...troubled,
      state: 'partial',
      seen: 3,
      attempts: 1,
      retryAt: LATER ?? null,
      message: stored({ code: 'keys-not-written', failed: { count: 1, named }, rejected: none }),
    },
    { status: 'out-of-sync', reason: { code: 'keys-not-written', failed: 1 } },
  ],
  [
    'the source is incomplete',
    { ...troubled, state: 'blocked', blockage: blocked('source', ['A', 'B']) },
    { status: 'needs-attention', reason: { code: 'source-incomplete', keys: 2 }, since: TROUBLED },
  ],
  [
    'a plan waits for approval',
    { ...troubled, state: 'blocked', blockage: blocked('fuse', ['A']) },
    { status: 'needs-attention', reason: { code: 'approval-needed', keys: 1 } },
  ],
  [
    'the owner lost access',
    { state: 'blocked', blockage: blocked('access', []) },
    { status: 'needs-attention', reason: { code: 'access-lost' } },
  ],
  ['removes what it wrote', { ...behind, removal: 'keep' }, { status: 'syncing', reason: { code: 'removing' } }],
  [
    'could not remove what it wrote',
    { ...behind, removeState: 'failed', removeMessage: 'no' },
    { status: 'needs-attention', reason: { code: 'removal-failed', message: 'no' } },
  ],
  [
    'removing failed once, but it has synced since',
    { removeState: 'failed', removeMessage: 'no' },
    { status: 'in-sync' },
  ],
  [
    'could not leave its old destination',
    { leaving: { keys: 3, message: 'no', retryAt: LATER ?? null } },
    { status: 'needs-attention', reason: { code: 'move-failed', keys: 3 } },
  ],
  [
    'is about to leave its old destination',
    { leaving: { keys: 3, message: 'soon', retryAt: null } },
    { status: 'in-sync' },
  ],
  [
    'paused, nothing waits',
    { pause },
    {
      status: 'paused',
      reason: { code: 'paused', scope: 'project', by: 'Ana', why: 'release', until: null, waiting: false },
      since: LATER,
    },
  ],
  [
    'paused, a change waits',
    { ...behind, seen: 3, pause },
    { status: 'paused', reason: { code: 'paused', waiting: true } },
  ],
]

describe('the status of a sync', () => {
  for (const [name, facts, expected] of TABLE)
    it(name, () => expect(syncStatus({ ...IN_SYNC, ...facts })).toMatchObject(expected))
})
