/**
 * The import rules hold only while the linter reports what breaks them: each is broken here once, in a tree of its own.
 */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../..')

const BROKEN: readonly [file: string, text: string, rule: string][] = [
  ['packages/schemas/src/broken.ts', `import 'node:fs'`, 'no-restricted-imports'],
  ['packages/core/src/destinations/one/broken.ts', `import '../other/client.ts'`, 'no-restricted-imports'],
  ['packages/core/src/destinations/one/store.ts', `import '../../run/run.ts'`, 'no-restricted-imports'],
  ['packages/core/src/destinations/one/db.ts', `import '@keyferry/db'`, 'no-restricted-imports'],
  ['packages/core/src/destinations/one/vault.ts', `import '@keyferry/vault'`, 'no-restricted-imports'],
  [
    'packages/core/src/destinations/one/emulator/broken.ts',
    `import '../../other/emulator/index.ts'`,
    'no-restricted-imports',
  ],
  ['packages/core/src/destinations/one/emulator/store.ts', `import '../../../run/run.ts'`, 'no-restricted-imports'],
  ['packages/client/src/broken.ts', `import { appRouter } from '@keyferry/api'\nappRouter()`, 'no-restricted-imports'],
  ['apps/web/src/broken.ts', `import { appRouter } from '@keyferry/api'\nappRouter()`, 'no-restricted-imports'],
  ['apps/web/src/files.ts', `import 'node:fs'`, 'no-restricted-imports'],
  ['apps/api/src/routers/broken.ts', `import 'kysely'`, 'no-restricted-imports'],
  ['packages/core/src/environment.ts', `export const port = process.env.PORT`, 'no-process-env'],
  [
    'packages/core/src/transaction.ts',
    `export const f = (db) => db.transaction().execute(() => {})`,
    'no-restricted-properties',
  ],
  ['packages/core/src/dialect.ts', `export const f = (db) => db.dialect === 'postgres'`, 'no-restricted-properties'],
  ['apps/web/src/invalidate.ts', `export const f = (utils) => utils.syncs.invalidate()`, 'no-restricted-properties'],
  ['packages/core/src/any.ts', `export const f = (x: any) => x`, 'no-explicit-any'],
]

const ALLOWED: readonly [file: string, text: string][] = [
  [
    'packages/core/src/destinations/one/fine.ts',
    `import '../destination.ts'\nimport '../shared/http/http.ts'\nimport './client.ts'\nimport '@keyferry/schemas'`,
  ],
  [
    'packages/core/src/destinations/one/emulator/fine.ts',
    `import '../limits.ts'\nimport '../../shared/emulators/emulator.ts'`,
  ],
  [
    'apps/web/src/fine.ts',
    `import type { AppRouter } from '@keyferry/api'\nimport '@keyferry/schemas'\nexport type R = AppRouter`,
  ],
  ['packages/client/src/fine.ts', `import type { AppRouter } from '@keyferry/api'\nexport type R = AppRouter`],
  ['packages/kernel/src/transaction.ts', `export const transact = (db, work) => db.transaction().execute(work)`],
  ['apps/api/src/main.ts', `export const port = process.env.PORT`],
]

let dir = ''
let reported = new Map<string, string[]>()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyferry-lint-'))
  await copyFile(join(ROOT, '.oxlintrc.json'), join(dir, '.oxlintrc.json'))
  for (const [file, text] of [...BROKEN, ...ALLOWED]) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), `${text}\n`)
  }
  reported = await lint()
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Rules broken, by file. */
async function lint(): Promise<Map<string, string[]>> {
  const output = await new Promise<string>((done, failed) => {
    execFile(join(ROOT, 'node_modules/.bin/oxlint'), ['-f', 'json'], { cwd: dir }, (error, stdout) =>
      stdout ? done(stdout) : failed(error ?? new Error('oxlint printed nothing')),
    )
  })
  const { diagnostics }: { diagnostics: { code: string; filename: string }[] } = JSON.parse(output)
  const rules = new Map<string, string[]>()
  for (const { code, filename } of diagnostics) rules.set(filename, [...(rules.get(filename) ?? []), code])
  return rules
}

it.each(BROKEN)('reports %s', (file, _text, rule) => {
  expect(reported.get(file) ?? []).toContainEqual(expect.stringContaining(rule))
})

it.each(ALLOWED)('accepts %s', (file) => {
  expect(reported.get(file)).toBeUndefined()
})
