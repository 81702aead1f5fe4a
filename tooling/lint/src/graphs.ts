/** Who imports whom in the repository: its packages, and the folders inside of each. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { z } from 'zod'

type Graph = Map<string, Set<string>>

const manifest = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
})

/** By name, with the dependencies of tests: pnpm and turbo build nothing around a cycle. */
export function packageGraph(root: string): Graph {
  const graph: Graph = new Map()
  for (const file of globSync('{packages,apps,tooling}/*/package.json', { cwd: root })) {
    const { name, dependencies, devDependencies } = manifest.parse(JSON.parse(readFileSync(join(root, file), 'utf8')))
    const all = Object.entries({ ...dependencies, ...devDependencies })
    graph.set(name, new Set(all.filter(([, version]) => version.startsWith('workspace:')).map(([other]) => other)))
  }
  return graph
}

/**
 * By path below `root`. A file right in a package's `src` is a node of its own. Imports of types are left out, as they
 * don't exist at run time, and so are tests.
 */
export function folderGraph(root: string): Graph {
  const graph: Graph = new Map()
  for (const file of globSync('{packages,apps,tooling}/*/src/**/*.{ts,tsx}', { cwd: root })) {
    if (/\.test\.tsx?$/.test(file)) continue
    const from = nodeOf(file)
    const { staticImports, staticExports } = parseSync(file, readFileSync(join(root, file), 'utf8')).module
    const specifiers = [
      ...staticImports
        .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
        .map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest, isType }) => (moduleRequest && !isType ? [moduleRequest.value] : [])),
      ),
    ]
    for (const specifier of specifiers.filter((text) => text.startsWith('.'))) {
      const to = nodeOf(relative('/', join('/', dirname(file), specifier)))
      if (to === from) continue
      const others = graph.get(from)
      if (others) others.add(to)
      else graph.set(from, new Set([to]))
    }
  }
  return graph
}

const nodeOf = (file: string): string => (/^[^/]+\/[^/]+\/src\/[^/]+$/.test(file) ? file : dirname(file))
