/** The workflows in `.github`: what GitHub takes, and of others' actions only what was reviewed. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { validateWorkflow } from '@action-validator/core'
import { expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../../.github/workflows')

it.each(await readdir(FOLDER))('%s is valid, and names actions by commit', async (file) => {
  const text = await readFile(join(FOLDER, file), 'utf8')
  // A permission that is younger than the schema.
  const known = text.replaceAll(', attestations: write', '')
  expect(validateWorkflow(known)).toEqual({ actionType: 'workflow', errors: [] })
  expect(validateWorkflow(known.replace('runs-on:', 'runs-of:')).errors).not.toEqual([])
  for (const [, used] of text.matchAll(/uses: (.*)/g)) expect(used).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})
