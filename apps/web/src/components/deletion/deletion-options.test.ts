import { expect, it } from 'vitest'
import { deletionOptions } from './deletion-options.ts'

const what = 'folder /api'
const texts = (syncs: number, keys: number): string[] => deletionOptions({ what, syncs, keys }).map(({ text }) => text)

it('says in plain sentences what happens to the keys at the destinations', () => {
  expect(texts(2, 6)).toEqual([
    '2 syncs are deleted. 6 keys keep their current values at the destinations. They are no longer updated, and delivery receipts no longer count them.',
    'Deletes 6 keys at the destinations, then folder /api. Programs that read them can no longer find them. If a destination refuses, nothing more is deleted.',
  ])
  expect(texts(1, 1)).toEqual([
    '1 sync is deleted. 1 key keeps its current value at the destination. It is no longer updated, and delivery receipts no longer count it.',
    'Deletes 1 key at the destinations, then folder /api. Programs that read it can no longer find it. If a destination refuses, nothing more is deleted.',
  ])
  expect(texts(1, 0)).toEqual([
    '1 sync is deleted. No keys were written yet.',
    '1 sync is deleted. No keys were written yet.',
  ])
})
