import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { rolldown, type OutputAsset, type OutputChunk } from 'rolldown'
import { replaced } from './replaced.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DESTINATIONS = join(ROOT, 'packages/core/src/destinations')

/**
 * What loads files of its own, native code and WebAssembly, so that it can't be bundled, and the workspace that it is
 * installed for.
 */
export const DEPENDENCIES = { 'better-sqlite3': 'packages/db', '@electric-sql/pglite': 'packages/queue' } as const

/** By the name that `keyferry start` knows: the file in the bundle, without `.js`, and the folder below `apps`. */
export const PROGRAMS = { all: 'server', api: 'api', worker: 'worker' } as const

/** The programs of the server as entries of a bundle. */
export const programEntries = (): Record<string, string> =>
  Object.fromEntries(Object.values(PROGRAMS).map((name) => [name, join(ROOT, 'apps', name, 'src/main.ts')]))

/** Paths from the bundled files. */
export interface BundledFiles {
  console: string
  emptyDatabase: string
}

/** Bundles code of the server, which then needs only `DEPENDENCIES`. `input`: files or module names by entry name. */
export async function bundleServer(
  input: Readonly<Record<string, string>>,
  { console, emptyDatabase }: BundledFiles,
): Promise<(OutputAsset | OutputChunk)[]> {
  const database = join(ROOT, 'packages/queue/src/empty-database.ts')
  const bundle = await rolldown({
    input: { ...input },
    // The doors are resolved as the command line resolves them.
    cwd: join(ROOT, 'apps/cli'),
    platform: 'node',
    external: Object.keys(DEPENDENCIES),
    plugins: [
      replaced({
        [join(DESTINATIONS, 'destination-folders.ts')]: await destinationList(),
        [join(ROOT, 'apps/api/src/http/console-files.ts')]: fileAt('CONSOLE_FILES', console),
        [database]: fileAt('EMPTY_DATABASE', emptyDatabase),
        [join(ROOT, 'apps/server/src/programs.ts')]: programList(),
      }),
    ],
  })
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  return output
}

/** The code of a bundle by file name. */
export const codeOf = (output: readonly (OutputAsset | OutputChunk)[]): Record<string, string> =>
  Object.fromEntries(output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part.code]] : [])))

/** `destination-folders.ts` for a bundle: it imports every destination instead of looking for folders. */
async function destinationList(): Promise<string> {
  const names = globSync('[!_]*/index.ts', { cwd: DESTINATIONS }).map(dirname).sort()
  const icons = names.map(async (name) => [name, await readFile(join(DESTINATIONS, name, 'icon.svg'), 'utf8')])
  return `${names.map((name, at) => `import * as destination${at} from './${name}/index.ts'`).join('\n')}
const modules = { ${names.map((name, at) => `'${name}': destination${at}`).join(', ')} }
const icons = ${JSON.stringify(Object.fromEntries(await Promise.all(icons)))}
export const destinationFolders = () => Object.keys(modules)
export const importFrom = async (folder) => modules[folder]
export const iconOf = (folder) => icons[folder]
`
}

const fileAt = (name: string, path: string): string =>
  `import { resolve } from 'node:path'
export const ${name} = resolve(import.meta.dirname, ${JSON.stringify(path)})
`

const programList = (): string =>
  `import { join } from 'node:path'
export const PROGRAMS = { ${Object.entries(PROGRAMS)
    .map(([part, name]) => `${part}: join(import.meta.dirname, '${name}.js')`)
    .join(', ')} }
`
