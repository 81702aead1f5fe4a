/** Writes docs/destinations.md. */
import { writeFileSync } from 'node:fs'
import { destinationsPage, PAGE } from './page.ts'

writeFileSync(PAGE, await destinationsPage())
