import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { capabilities, destinationsPage, PAGE } from './destinations-page/page.ts'

test('docs/destinations.md says what the folders declare', async () => {
  // Beside the results of the conformance suite: the only reasons why a case does not concern a destination.
  process.stdout.write(`${await capabilities()}\n`)
  expect(readFileSync(PAGE, 'utf8')).toBe(await destinationsPage())
})
