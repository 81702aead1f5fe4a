import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import product from '../../../package.json' with { type: 'json' }
import { serverDoors } from './cli.ts'
import { newDatabase } from './empty-database.ts'
import type { Package } from './package.ts'
import { readmeOf } from './readme.ts'
import { bundleServer, codeOf, DEPENDENCIES, programEntries, PROGRAMS } from './server-bundle.ts'

const ROOT = join(import.meta.dirname, '../../..')
export const CONSOLE = join(ROOT, 'apps/web/dist')

export interface ServerOptions {
  /** Path of an empty database that was made before; default: it is made. */
  emptyDatabase?: string
  /** Default: true. */
  withConsole?: boolean
}

/**
 * `keyferry-server`: API, console and worker, and the doors that `keyferry admin` uses, bundled. Throws when the
 * console is wanted and not built.
 */
export async function serverPackage({ emptyDatabase, withConsole = true }: ServerOptions = {}): Promise<Package> {
  const doors = (await serverDoors()).map((door) => ({ door, name: door.replaceAll('/', '-') }))
  const output = await bundleServer(
    { ...programEntries(), ...Object.fromEntries(doors.map(({ door, name }) => [name, `@keyferry/${door}`])) },
    { console: 'console', emptyDatabase: 'empty-database.tar.gz' },
  )
  return {
    chunks: output,
    files: {
      ...codeOf(output),
      ...(withConsole ? await consoleFiles() : {}),
      'empty-database.tar.gz': await (emptyDatabase === undefined ? newDatabase() : readFile(emptyDatabase)),
      'README.md': await readmeOf('deploying.md'),
    },
    manifest: {
      name: 'keyferry-server',
      description: 'The server of Keyferry, a self-hosted secret sync. The command line keyferry starts it.',
      exports: Object.fromEntries([
        ...Object.values(PROGRAMS).map((name) => [`./${name}`, `./${name}.js`]),
        ...doors.map(({ door, name }) => [`./${door}`, `./${name}.js`]),
      ]),
      dependencies: await pinned(),
      engines: product.engines,
    },
  }
}

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
