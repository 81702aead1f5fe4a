import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importBlocks } from '../secrets/read/import-blocks.ts'
import type { Tree, TreeFolder } from '../tree/tree.ts'
import { createExpander } from './expand.ts'
import { chainFrom, MAX_IMPORT_LEVELS, referenceGraph, visible, type Node } from './reference-graph.ts'
import { openSketched, sketchedFolder, spendFreely } from './sketched-tree.ts'

function treeOf(...folders: readonly TreeFolder[]): Tree {
  const byPath = new Map(folders.map((folder) => [folder.path, folder]))
  return { folders: byPath, at: (_project, _environment, path) => byPath.get(path) }
}

/** For each of N secrets, those that it refers to. */
const edges = fc
  .integer({ min: 1, max: 9 })
  .chain((size) => fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }))

/** What is reached from each secret in one step or more, worked out the long way. */
function reachedFrom(graph: readonly (readonly number[])[]): Set<number>[] {
  const reached = graph.map((targets) => new Set(targets))
  for (const _ of graph)
    for (const set of reached) for (const at of set) for (const next of reached[at] ?? []) set.add(next)
  return reached
}

describe('referenceGraph', () => {
  it('finds exactly the secrets that are in a cycle, and how deep the others are nested', async () => {
    await fc.assert(
      fc.asyncProperty(edges, async (sketch) => {
        const values = sketch.map((targets, n) => [`K${n}`, targets.map((target) => `\${K${target}}`).join('')])
        const folder = sketchedFolder('/', Object.fromEntries(values))
        const graph = referenceGraph(treeOf(folder), openSketched, spendFreely)
        const reached = reachedFrom(sketch)
        const levels = (n: number): number =>
          Math.max(0, ...(sketch[n] ?? []).map((to) => 1 + (reached[to]?.has(to) ? 0 : levels(to))))
        for (const [n] of sketch.entries()) {
          const node = graph.node(folder, `K${n}`)
          await graph.settle(node)
          const inCycle = reached[n]?.has(n) ?? false
          expect(node.cycle !== null).toBe(inCycle)
          if (!inCycle) expect(node.levels).toBe(levels(n))
          const members = sketch.flatMap((_, m) => (reached[n]?.has(m) && reached[m]?.has(n) ? [`K${m}`] : []))
          if (node.cycle) expect(node.cycle.map(({ key }) => key).sort()).toEqual(members)
        }
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  it('yields every secret after those that it refers to, each once', async () => {
    const folder = sketchedFolder('/', { A: '${B}${C}', B: '${D}', C: '${D}${A}', D: 'x' })
    const graph = referenceGraph(treeOf(folder), openSketched, spendFreely)
    const told: string[][] = []
    const each = (members: readonly Node[]) => void told.push(members.map(({ key }) => key).sort())
    for (const key of ['A', 'B', 'C', 'D']) await graph.settle(graph.node(folder, key), each)
    expect(told).toEqual([['D'], ['B'], ['A', 'C']])
    const a = graph.node(folder, 'A')
    expect(chainFrom(graph, a, (_, to) => to.cycle === a.cycle)).toEqual(['A', 'C', 'A'])
  })
})

describe('visible', () => {
  it('walks a thousand imports wide and to the limit deep, each folder once', () => {
    const wide = Array.from({ length: 1000 }, (_, n) => `/wide${n}`)
    const shared = Array.from({ length: MAX_IMPORT_LEVELS - 1 }, (_, n) => `/deep${n}`)
    const tree = treeOf(
      sketchedFolder('/', {}, wide),
      ...wide.map((path) =>
        sketchedFolder(path, { [path]: 'x' }, [...wide.filter((other) => other !== path), ...shared]),
      ),
      ...shared.map((path, n) => sketchedFolder(path, { [path]: 'x' }, shared.slice(n + 1))),
    )
    const root = tree.folders.get('/') ?? expect.fail('no root')
    const { order, keys } = visible(tree, root)
    expect(order).toHaveLength(1 + wide.length + shared.length)
    expect(keys.size).toBe(wide.length + shared.length)
  })
})

describe('importBlocks', () => {
  /** Folders that import each other at random, with few names for many keys. */
  const folders = fc.integer({ min: 1, max: 7 }).chain((size) =>
    fc.array(
      fc.record({
        keys: fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 3 }),
        imports: fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }),
      }),
      { minLength: size, maxLength: size },
    ),
  )
  const merged = (own: Iterable<string>, pairs: readonly (readonly [string, string])[], overwrite: boolean) => {
    const values = new Map([...own].map((key) => [key, '/0']))
    for (const [key, value] of pairs) if (overwrite || !values.has(key)) values.set(key, value)
    return Object.fromEntries(values)
  }

  it('give what each key resolves to, whichever way a client merges them', () => {
    fc.assert(
      fc.property(folders, (sketch) => {
        const tree = treeOf(
          ...sketch.map(({ keys, imports }, n) =>
            sketchedFolder(
              `/${n}`,
              Object.fromEntries(keys.map((key) => [key, `/${n}`])),
              imports.map((at) => `/${at}`),
            ),
          ),
        )
        const root = tree.folders.get('/0') ?? expect.fail('no root')
        const winners = [...visible(tree, root).keys].map(([key, { path }]) => [key, path] as const)
        const expected = Object.fromEntries(winners)
        const { blocks } = importBlocks(tree, [root], null)
        const pairs = blocks.flatMap(({ secrets }) => secrets.map(({ row }) => [row.key, row.value] as const))
        for (const overwrite of [true, false])
          for (const order of [pairs, pairs.toReversed()])
            expect(merged(root.secrets.keys(), order, overwrite)).toEqual(expected)
        // One block for each import, the last import last.
        const direct = root.imports.filter((path) => path !== '/0').toReversed()
        const sources = blocks.map(({ source }) => source.path)
        expect(direct.filter((path) => sources.includes(path))).toEqual(sources)
      }),
      { seed: SEED },
    )
  })

  it('show nothing that a folder which the reader may not know could win over', () => {
    const tree = treeOf(
      sketchedFolder('/', { OWN: '1' }, ['/high', '/hidden', '/low']),
      sketchedFolder('/high', { K: 'high', OWN: '2' }),
      sketchedFolder('/hidden', {}, ['/below']),
      sketchedFolder('/below', { L: 'below' }),
      sketchedFolder('/low', { L: 'low', M: 'low' }),
    )
    const root = tree.folders.get('/') ?? expect.fail('no root')
    const { blocks } = importBlocks(tree, [root], ({ path }) => path !== '/hidden')
    expect(blocks.map(({ source, secrets }) => [source.path, secrets.map(({ row }) => row.key)])).toEqual([
      ['/high', ['K']],
    ])
  })
})

describe('a budget', () => {
  it('ends what doubles itself, repeats itself or looks through every import', async () => {
    const spent = (most: number) => {
      let left = most
      return (bytes: number): void => {
        left -= bytes
        if (left < 0) throw new Error('spent')
      }
    }
    const values = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`K${n}`, `\${V}${n}`]))
    const folder = sketchedFolder('/', { V: 'x'.repeat(60_000), ...values })
    const { expand, problemOf } = createExpander(treeOf(folder), openSketched, spent(1_000_000))
    const all = async () => {
      for (const key of Object.keys(values)) await expand(folder, key)
    }
    await expect(all()).rejects.toThrow('spent')
    // Asked only what is wrong, nothing is kept.
    const fresh = createExpander(treeOf(folder), openSketched, spent(1_000_000))
    for (const key of Object.keys(values)) expect(await fresh.problemOf(folder, key)).toBeNull()
    await expect(problemOf(folder, 'NONE')).resolves.toBe('cannot be decrypted')
    const importing = sketchedFolder(
      '/importing',
      { R: Array.from({ length: 5000 }, (_, n) => `\${N${n}}`).join('') },
      Array.from({ length: 1000 }, (_, n) => `/f${n}`),
    )
    const many = Array.from({ length: 1000 }, (_, n) => sketchedFolder(`/f${n}`, {}))
    const looking = createExpander(treeOf(importing, ...many), openSketched, spent(1_000_000))
    await expect(looking.expand(importing, 'R')).rejects.toThrow('spent')
  })
})
