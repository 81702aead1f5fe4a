import { expect, it } from 'vitest'
import { deletionOptions } from './deletion-options.ts'

const what = 'folder /api'
const texts = (syncs: number, keys: number): string[] => deletionOptions({ what, syncs, keys }).map(({ text }) => text)

it('says in plain sentences what becomes of the targets', () => {
  expect(texts(2, 6)).toEqual([
    "2 syncs are deleted. The 6 keys they wrote stay there with today's values, and nothing updates them any more.",
    'The 2 syncs delete the 6 keys they wrote; programs there stop finding them. Then folder /api is deleted. If a target refuses, nothing more is deleted.',
  ])
  expect(texts(1, 1)).toEqual([
    "1 sync is deleted. The key it wrote stays there with today's value, and nothing updates it any more.",
    'The sync deletes the key it wrote; programs there stop finding it. Then folder /api is deleted. If a target refuses, nothing more is deleted.',
  ])
  expect(texts(1, 0)).toEqual([
    '1 sync is deleted. It has written nothing so far.',
    '1 sync is deleted. There is nothing to remove.',
  ])
})
