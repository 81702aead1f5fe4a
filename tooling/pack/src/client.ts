import { join } from 'node:path'
import { rolldown, type OutputAsset, type OutputChunk } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { apiTypes } from './api-types.ts'
import type { Package } from './package.ts'
import { readmeOf } from './readme.ts'
import { replaced } from './replaced.ts'

const SOURCE = join(import.meta.dirname, '../../../packages/client/src')

/**
 * `@keyferry/client`: one file of code and one of types, without dependencies. Programs of both kinds of modules share
 * them, so that `instanceof KeyferryApiError` holds across both.
 */
export async function clientPackage(): Promise<Package> {
  const input = { index: join(SOURCE, 'index.ts') }
  const code = await rolldown({
    input,
    platform: 'neutral',
    resolve: { conditionNames: ['import', 'node', 'default'] },
  })
  const { output } = await code.generate({ format: 'cjs', comments: { legal: true, annotation: true, jsdoc: false } })
  // Neither is in a type that is exported.
  const external = [/^@keyferry\//, /^@trpc\//]
  const plugins = [
    replaced({ [join(SOURCE, 'api.ts')]: await apiTypes() }),
    dts({ generator: 'oxc', dtsOnly: true, tsconfig: false }),
  ]
  const types = await rolldown({ input, external, plugins })
  const declarations = await types.generate({ format: 'esm' })
  return {
    chunks: output,
    files: {
      'index.cjs': onlyFile(output).code,
      'index.js': `export { ${onlyFile(output).exports.join(', ')} } from './index.cjs'\n`,
      'index.d.cts': onlyFile(declarations.output).code.replaceAll(/^ +(?!\*)/gm, ''),
      'index.d.ts': "export * from './index.cjs'\n",
      'README.md': await readmeOf('client.md'),
    },
    manifest: {
      name: '@keyferry/client',
      description: 'The typed client of Keyferry, a self-hosted secret sync.',
      exports: {
        '.': {
          import: { types: './index.d.ts', default: './index.js' },
          require: { types: './index.d.cts', default: './index.cjs' },
        },
      },
      main: './index.cjs',
      types: './index.d.cts',
      sideEffects: false,
      engines: { node: '>=20' },
    },
  }
}

/** The file that a bundle comes to. Throws when it is in several. */
function onlyFile(output: readonly (OutputAsset | OutputChunk)[]): OutputChunk {
  const [only, ...others] = output.filter((file) => file.type === 'chunk')
  if (!only || others.length > 0)
    throw new Error(`Expected one file, not ${output.map(({ fileName }) => fileName).join(', ')}`)
  return only
}
