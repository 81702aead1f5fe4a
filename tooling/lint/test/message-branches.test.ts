import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { branchesIn, messageBranches } from '../src/message-branches.ts'

it.each([
  `if (error.message.startsWith('Not')) stop()`,
  `const old = reason?.includes('adopts')`,
  `const left = /^drift: /.exec(change.reason)`,
  `const is = isGone.test(error.message)`,
  `if (problem === 'is in a cycle') stop()`,
  `if ('it is gone' !== row.reason) go()`,
  `switch (message) { case 'x': stop() }`,
  `const is = words.some((text) => error.message.includes(text))`,
])('finds %s', (text) => {
  expect(branchesIn('a.ts', text)).toEqual([1])
})

it('leaves what is only shown, codes, and lists of problems', () => {
  const text = [
    `show(error.message)`,
    `const line = message.replaceAll('\\n', ' ')`,
    `if (problem.code === 'cycle') stop()`,
    `if (problem === null || problem === 'changed' || message === '') stop()`,
    `problems.includes(one)`,
  ].join('\n')
  expect(branchesIn('a.ts', text)).toEqual([])
})

it('there is none in the repository', () => {
  expect(messageBranches(resolve(import.meta.dirname, '../../..'))).toEqual([])
})
