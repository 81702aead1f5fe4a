/** The threat model and the ASVS table name code and tests: what they name exists, and no row is without an answer. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../..')
const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')

/** What stands between backticks and looks like a file of the repository. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:apps|packages|tooling|docs|\.ci)\/[\w./-]+|\.[\w-]+\.json|[A-Z]+\.md)`/g)].map(
    ([, file = '']) => file,
  )

it.each(['docs/security.md', 'docs/security/asvs.md', 'SECURITY.md'])('%s names files that exist', async (document) => {
  const files = filesIn(await read(document))
  if (document.startsWith('docs/')) expect(files.length).toBeGreaterThan(20)
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

it('answers every requirement of ASVS 5.0.0, levels 1 and 2', async () => {
  const text = await read('docs/security/asvs.md')
  const rows = text
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
  // As counted in the standard's own list, 5.0.0 of May 2025.
  expect(rows).toHaveLength(253)
  expect(new Set(rows.map(([id]) => id)).size).toBe(253)
  for (const [id, level, , answer, how, proof, ...more] of rows) {
    expect(level, id).toMatch(/^[12]$/)
    expect(answer, id).toMatch(/^(Met|Not applicable|Open|Open in part)$/)
    expect(how, id).toMatch(/\w{2}/)
    expect(proof, id).toMatch(/^(—|`.+\.test\.ts`)$/)
    expect(more, id).toEqual([])
  }
  // The head says how many of each there are.
  for (const answer of ['met', 'not applicable', 'open', 'open in part']) {
    const count = rows.filter((row) => row[3]?.toLowerCase() === answer).length
    expect(text).toContain(`${count} ${answer}`)
  }
})
