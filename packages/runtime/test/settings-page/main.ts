/** Writes docs/settings.md. */
import { writeFileSync } from 'node:fs'
import { PAGE, settingsPage } from './page.ts'

writeFileSync(PAGE, settingsPage())
