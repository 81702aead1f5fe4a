import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { packageOf, type Tarball } from './tarball.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The server's code, which `keyferry admin` loads beside an instance. The packed command line comes without it. */
const SERVER = /^@keyferry\/(access|core|kernel|runtime|vault)(\/verbs|\/sign-in)?$/

/** `keyferry`: the command line, without dependencies. */
export async function packCli(folder: string): Promise<Tarball> {
  const bundle = await rolldown({
    input: { keyferry: join(ROOT, 'apps/cli/src/main.ts') },
    platform: 'node',
    external: SERVER,
  })
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  return packageOf(folder, {
    chunks: output,
    files: {
      ...Object.fromEntries(output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part.code]] : []))),
      'README.md': await readFile(join(ROOT, 'docs/cli.md'), 'utf8'),
    },
    manifest: {
      name: 'keyferry',
      description: 'The command line of Keyferry, a self-hosted secret sync.',
      bin: { keyferry: 'keyferry.js' },
      engines: { node: '>=20' },
    },
  })
}
