import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { destinationsPage, PAGE } from './destinations-page/page.ts'

test('docs/destinations.md says what the folders declare', async () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(await destinationsPage())
})
