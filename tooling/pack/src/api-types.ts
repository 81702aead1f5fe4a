import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../../..')
const IMPORT = /^import .* from '@keyferry\/client';$/m
const DECLARATION = /export declare const flat: (\{[\s\S]*\});/

/**
 * The declaration of `KeyferryClient` as TypeScript, without a name from the server. Throws when a part of the API has
 * no type that can be written out.
 */
export async function apiTypes(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-types-'))
  try {
    const config = {
      extends: join(ROOT, 'tooling/typescript/base.json'),
      compilerOptions: {
        noEmit: false,
        // `pnpm typecheck` has checked it.
        noCheck: true,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: ROOT,
        outDir: join(dir, 'out'),
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      files: [join(import.meta.dirname, 'flat-api.ts')],
    }
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(config))
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', dir])
    return withoutServer(await readFile(join(dir, 'out/tooling/pack/src/flat-api.d.ts'), 'utf8'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function withoutServer(declaration: string): string {
  const [found, members] = DECLARATION.exec(declaration) ?? []
  if (found === undefined || members === undefined) throw new Error('tsc printed no type of the client')
  const lost = /.*(\bany\b|\bimport\(|\bFlat\w*<).*/.exec(declaration)
  if (lost) throw new Error(`A type of the API is not written out: ${lost[0].trim()}`)
  return declaration
    .replace(IMPORT, "import type { Mutation, Query, Subscription } from './procedures.ts'")
    .replace(found, () => `export interface KeyferryClient ${members}`)
}
