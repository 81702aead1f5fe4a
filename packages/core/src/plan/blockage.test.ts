import { Unresolvable } from '@keyferry/kernel'
import { expect, it } from 'vitest'
import { blockageText, blockedBySource } from './blockage.ts'

it('is stored as codes, and shown in words', () => {
  const { blockage } = blockedBySource(
    new Unresolvable([{ key: 'A', reason: 'refers to nothing', code: 'reference-missing' }]),
  )
  expect(blockage.message.code).toBe('source-unresolvable')
  expect(blockageText(JSON.stringify(blockage))).toEqual({
    kind: 'source',
    message: 'Nothing was sent. 1 secret cannot be resolved: A (refers to nothing)',
    keys: [{ key: 'A', reason: 'refers to nothing', code: 'reference-missing' }],
    planHash: null,
  })
  const keys = [{ key: 'B', reason: { code: 'not-in-source' } }]
  const fuse = { kind: 'fuse', message: { code: 'approval-needed', deletions: { deletes: 3, of: null } }, keys }
  expect(blockageText(JSON.stringify({ ...fuse, planHash: 'h' }))).toMatchObject({
    message: expect.stringMatching(
      /^This would delete all 3 keys and leave the destination empty\. Nothing was sent\./,
    ),
    keys: [{ key: 'B', reason: 'no longer in the source', code: 'not-in-source' }],
  })
})

it('is shown as it was stored by an earlier version', () => {
  const stored = {
    kind: 'fuse',
    message: 'This would delete all.',
    keys: [{ key: 'A', reason: 'gone' }],
    planHash: 'h',
  }
  expect(blockageText(JSON.stringify(stored))).toEqual({ ...stored, keys: [{ key: 'A', reason: 'gone', code: null }] })
})
