import { globSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { parse } from 'yaml'
import { z } from 'zod'
import { serverDoors } from './cli.ts'
import { emptyDatabase } from './empty-database.ts'
import type { Package } from './package.ts'
import { replaced } from './replaced.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DESTINATIONS = join(ROOT, 'packages/core/src/destinations')
const CONSOLE = join(ROOT, 'apps/web/dist')

/**
 * What loads files of its own, native code and WebAssembly, so that it can't be bundled, and the workspace that it is
 * installed for.
 */
export const DEPENDENCIES = { 'better-sqlite3': 'packages/db', '@electric-sql/pglite': 'packages/queue' } as const

/** By the name that `keyferry start` knows: the file in the package, without `.js`, and the folder below `apps`. */
export const PROGRAMS = { all: 'server', api: 'api', worker: 'worker' } as const

/**
 * `keyferry-server`: API, console and worker, and the doors that `keyferry admin` uses, bundled. Throws when the
 * console is not built.
 */
export async function serverPackage(): Promise<Package> {
  const doors = (await serverDoors()).map((door) => ({ door, name: door.replaceAll('/', '-') }))
  const programs = Object.values(PROGRAMS).map((name) => [name, join(ROOT, 'apps', name, 'src/main.ts')])
  const bundle = await rolldown({
    input: {
      ...Object.fromEntries(programs),
      ...Object.fromEntries(doors.map(({ door, name }) => [name, `@keyferry/${door}`])),
    },
    // The doors are resolved as the command line resolves them.
    cwd: join(ROOT, 'apps/cli'),
    platform: 'node',
    external: Object.keys(DEPENDENCIES),
    plugins: [
      replaced({
        [join(DESTINATIONS, 'destination-folders.ts')]: await destinationList(),
        [join(ROOT, 'apps/api/src/http/console-files.ts')]: inPackage('CONSOLE_FILES', "'console'"),
        [join(ROOT, 'packages/queue/src/empty-database.ts')]: inPackage('EMPTY_DATABASE', "'empty-database.tar.gz'"),
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
  return {
    chunks: output,
    files: {
      ...Object.fromEntries(output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part.code]] : []))),
      ...(await consoleFiles()),
      'empty-database.tar.gz': await emptyDatabase(),
      'README.md': await readFile(join(ROOT, 'docs/deploying.md'), 'utf8'),
    },
    manifest: {
      name: 'keyferry-server',
      description: 'The server of Keyferry, a self-hosted secret sync. The command line keyferry starts it.',
      exports: Object.fromEntries([
        ...Object.values(PROGRAMS).map((name) => [`./${name}`, `./${name}.js`]),
        ...doors.map(({ door, name }) => [`./${door}`, `./${name}.js`]),
      ]),
      dependencies: await pinned(),
      engines: { node: '>=22' },
    },
  }
}

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

/** `name` as a path beside the bundled files. */
const inPackage = (name: string, path: string): string =>
  `import { join } from 'node:path'\nexport const ${name} = join(import.meta.dirname, ${path})\n`

const programList = (): string =>
  `import { join } from 'node:path'
export const PROGRAMS = { ${Object.entries(PROGRAMS)
    .map(([part, name]) => `${part}: join(import.meta.dirname, '${name}.js')`)
    .join(', ')} }
`

async function consoleFiles(): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(CONSOLE, { recursive: true, withFileTypes: true }).catch(() => {
    throw new Error(`${CONSOLE} is missing. Build the console first: pnpm exec turbo run build --filter=@keyferry/web`)
  })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = files.map(async (file) => [join('console', relative(CONSOLE, file)), await readFile(file)] as const)
  return Object.fromEntries(await Promise.all(contents))
}

/** The versions of the workspace. */
async function pinned(): Promise<Record<string, string>> {
  const workspace = z.object({ catalog: z.record(z.string(), z.string()) })
  const { catalog } = workspace.parse(parse(await readFile(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')))
  return Object.fromEntries(
    Object.keys(DEPENDENCIES).map((name) => {
      const version = catalog[name]
      if (version === undefined) throw new Error(`${name} has no version in the catalog`)
      return [name, version]
    }),
  )
}
