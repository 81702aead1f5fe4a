/** Writes docs/infisical-clients.md. */
import { writeFileSync } from 'node:fs'
import { readCorpus } from './corpus.ts'
import { PAGE, pageOf } from './page.ts'

writeFileSync(PAGE, pageOf(readCorpus()))
