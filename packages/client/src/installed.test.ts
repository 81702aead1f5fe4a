/** What a service gets when it installs the client: found by walking the imports that are left at run time. */
import { readFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const SRC = import.meta.dirname
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*(?:from)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** The modules that our files import once its types are gone. */
async function importsOf(file: string): Promise<string[]> {
  const code = stripTypeScriptTypes(await readFile(file, 'utf8'), { mode: 'strip' })
  return [...code.matchAll(IMPORT)].flatMap(([, from, dynamic]) => from ?? dynamic ?? [])
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

async function walk(): Promise<Set<string>> {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const files = [join(SRC, 'index.ts')]
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const name of await importsOf(file)) {
      if (name.startsWith('.')) files.push(join(dirname(file), name))
      else packages.add(packageOf(name))
    }
  }
  return packages
}

/** The packages of `names` with all they depend on. */
function withDependencies(names: Iterable<string>): Set<string> {
  const all = new Set<string>()
  const visit = (name: string, require: NodeJS.Require): void => {
    if (all.has(name)) return
    all.add(name)
    const file = require.resolve(`${name}/package.json`)
    const { dependencies = {} }: { dependencies?: Record<string, string> } = require(file)
    for (const next of Object.keys(dependencies)) visit(next, createRequire(file))
  }
  for (const name of names) visit(name, createRequire(import.meta.url))
  return all
}

it('is tRPC and an event source, and no server', async () => {
  const packages = await walk()
  // @trpc/client needs the shared half of @trpc/server as a peer; it has no dependencies and serves nothing.
  expect([...packages].sort()).toEqual(['@trpc/client', '@trpc/server', 'eventsource'])
  expect(Object.keys(manifest.dependencies).sort()).toEqual([...packages].sort())
  expect([...withDependencies(packages)].sort()).toEqual([
    '@trpc/client',
    '@trpc/server',
    'eventsource',
    'eventsource-parser',
  ])
})
