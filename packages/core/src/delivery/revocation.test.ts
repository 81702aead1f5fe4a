/** The answer "can the old value be revoked", row by row. */
import type { DeliveryState } from '@keyferry/schemas'
import { expect, it } from 'vitest'
import { deliveryOf, type Copy, type KnownOfKey } from './copy-state.ts'
import { revocationOf, type KnownDestination, type RevocationInput } from './revocation.ts'

const AT = '2026-01-01T00:00:00.000Z'
const known: KnownOfKey = {
  copy: 'newest',
  drift: null,
  exclusion: null,
  failure: null,
  rejection: null,
  blockage: null,
  pause: null,
}

it.each<[DeliveryState, Partial<KnownOfKey>]>([
  ['delivered', {}],
  ['delivered', { pause: 'frozen', blockage: 'too many deletes', failure: 'vendor is away' }],
  ['drifted', { drift: 'changed there' }],
  ['excluded', { exclusion: 'set by hand' }],
  ['excluded', { exclusion: 'set by hand', drift: 'changed there' }],
  ['pending', { copy: 'older' }],
  ['pending', { copy: 'none' }],
  ['pending', { copy: 'interrupted' }],
  ['unknown', { copy: 'unknown' }],
  ['failed', { copy: 'older', failure: 'vendor is away' }],
  ['blocked', { copy: 'older', blockage: 'too many deletes', failure: 'vendor is away' }],
  ['paused', { copy: 'none', pause: 'frozen', blockage: 'too many deletes' }],
  ['rejected', { copy: 'older', rejection: 'too long', failure: 'vendor is away' }],
  ['excluded', { copy: 'older', exclusion: 'set by hand', rejection: 'too long' }],
  ['drifted', { copy: 'older', drift: 'changed there' }],
])('a key is %s when %j', (state, differing) => {
  expect(deliveryOf({ ...known, ...differing }).state).toBe(state)
})

const at = (state: DeliveryState, copy: Copy): KnownDestination => ({
  syncId: 's',
  syncName: 'prod',
  destination: 'devin',
  target: 'org',
  environment: 'prod',
  secretPath: '/',
  key: 'A',
  state,
  reason: null,
  version: null,
  deliveredAt: null,
  proof: null,
  provenAt: null,
  copy,
})
const machine = (isNewest: boolean, kind = 'identity') => ({
  actor: { kind, id: 'm', name: 'ci' },
  readAt: AT,
  isNewest,
})

it.each<[string[], Partial<RevocationInput>]>([
  [[], { destinations: [] }],
  [[], { destinations: [at('delivered', 'newest')] }],
  [['not-delivered'], { destinations: [at('delivered', 'newest'), at('pending', 'older')] }],
  [['not-delivered'], { destinations: [at('pending', 'none')] }],
  [['not-delivered'], { destinations: [at('failed', 'older')] }],
  [['not-delivered'], { destinations: [at('blocked', 'none')] }],
  [['not-delivered'], { destinations: [at('paused', 'older')] }],
  [['not-delivered'], { destinations: [at('drifted', 'newest')] }],
  [['not-delivered'], { destinations: [at('unknown', 'unknown')] }],
  [['not-delivered'], { destinations: [at('rejected', 'older')] }],
  [[], { destinations: [at('rejected', 'none')] }],
  [['not-delivered'], { destinations: [at('excluded', 'older')] }],
  [['not-delivered'], { destinations: [at('excluded', 'newest')] }],
  [['not-delivered'], { destinations: [at('excluded', 'unknown')] }],
  [[], { destinations: [at('excluded', 'none')] }],
  [['old-copy'], { destinations: [at('left-behind', 'older')] }],
  [['old-copy'], { destinations: [at('left-behind', 'unknown')] }],
  [[], { destinations: [at('left-behind', 'newest')] }],
  [['hidden-destinations'], { hasHiddenDestinations: true }],
  [['read-by-machine'], { readers: [machine(false)] }],
  [['hidden-machines'], { readers: [machine(false)], namesReaders: false }],
  [[], { readers: [machine(true), machine(false, 'user')] }],
])('%j when %j', (codes, differing) => {
  const input = { destinations: [], hasHiddenDestinations: false, readers: [], namesReaders: true, ...differing }
  const { isSafe, reasons } = revocationOf(input)
  expect(reasons.map(({ code }) => code)).toEqual(codes)
  expect(isSafe).toBe(codes.length === 0)
})
