import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { missingFiles, missingIn, namesOf } from '../src/named-files.ts'

const KNOWN = namesOf(['packages/core/src/run/run.ts'])

it('names a file that documents or comments name and that does not exist', () => {
  expect(missingIn('a.md', 'Read `core/run/run.ts`,\nthen `core/run.ts`.', KNOWN)).toEqual([
    'a.md:2: there is no file core/run.ts',
  ])
  expect(missingIn('a.ts', `import '../old/run.ts'\n/** See ../old/run.ts. */`, KNOWN)).toEqual([
    'a.ts:2: there is no file old/run.ts',
  ])
})

it('leaves the ways to name one that exists, names alone, addresses and what a shell fills in', () => {
  const text = 'packages/core/src/run/run.ts run/run.ts ./run/run.ts other.ts https://a.test/b.ts "$PWD/b/c.ts" */d.ts'
  expect(missingIn('a.md', text, KNOWN)).toEqual([])
})

it('there is none in the repository', () => {
  expect(missingFiles(resolve(import.meta.dirname, '../../..'))).toEqual([])
})
