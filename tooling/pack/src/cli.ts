import { join } from 'node:path'
import { rolldown, type OutputAsset, type OutputChunk, type Plugin } from 'rolldown'
import type { Package } from './package.ts'
import { readmeOf } from './readme.ts'
import product from '../../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../../..')
const SERVER = 'keyferry-server'

/**
 * `keyferry`: the command line. The server is an optional dependency: `keyferry start` and `keyferry admin` load it
 * when they run, everything else needs no other package.
 */
export async function cliPackage(): Promise<Package> {
  const output = await bundled()
  return {
    chunks: output,
    files: {
      ...Object.fromEntries(output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part.code]] : []))),
      'README.md': await readmeOf('cli.md'),
    },
    manifest: {
      name: 'keyferry',
      description: 'The command line of Keyferry, a self-hosted secret sync.',
      bin: { keyferry: 'keyferry.js' },
      optionalDependencies: { [SERVER]: product.version },
      engines: { node: '>=20' },
    },
  }
}

/** The modules of the server that the command line loads, such as `core/verbs` for `@keyferry/core/verbs`. */
export async function serverDoors(): Promise<string[]> {
  const imports = (await bundled()).flatMap((part) => (part.type === 'chunk' ? part.dynamicImports : []))
  const doors = imports.filter((id) => id.startsWith(`${SERVER}/`)).map((id) => id.slice(SERVER.length + 1))
  return [...new Set(doors)].sort()
}

let bundle: Promise<(OutputAsset | OutputChunk)[]> | undefined

/** Bundled once: for its files, and for what it loads of the server. */
const bundled = (): Promise<(OutputAsset | OutputChunk)[]> => (bundle ??= bundleCli())

async function bundleCli(): Promise<(OutputAsset | OutputChunk)[]> {
  const build = await rolldown({
    input: { keyferry: join(ROOT, 'apps/cli/src/main.ts') },
    cwd: ROOT,
    platform: 'node',
    plugins: [withoutServer],
  })
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  return output
}

/** What is imported only when a command needs it is the server's code. */
const withoutServer: Plugin = {
  name: 'keyferry-without-server',
  resolveId: (id, _importer, { kind }) =>
    kind === 'dynamic-import' && id.startsWith('@keyferry/')
      ? { id: id.replace('@keyferry', SERVER), external: true }
      : null,
}
