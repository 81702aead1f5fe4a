/** Writes docs/metrics.md. */
import { writeFileSync } from 'node:fs'
import { metricsPage, PAGE } from './page.ts'

writeFileSync(PAGE, await metricsPage())
