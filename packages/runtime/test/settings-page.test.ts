import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PAGE, settingsPage } from './settings-page/page.ts'

it('docs/settings.md says what the settings are', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(settingsPage())
})
