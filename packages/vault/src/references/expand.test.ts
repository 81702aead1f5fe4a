import { partsOf } from '@keyferry/kernel'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tree, TreeFolder } from '../tree/tree.ts'
import { createExpander } from './expand.ts'
import { MAX_REFERENCE_LEVELS, visible } from './reference-graph.ts'
import { openSketched, sketchedFolder, spendFreely } from './sketched-tree.ts'

/** Folders of one environment by path, each a list of keys and values, `imports` as paths, highest priority first. */
type Sketch = Record<string, { values: Record<string, string>; imports?: readonly string[] }>

function treeOf(sketch: Sketch): { tree: Tree; folder: (path: string) => TreeFolder } {
  const folders = new Map(
    Object.entries(sketch).map(([path, { values, imports }]) => [path, sketchedFolder(path, values, imports)]),
  )
  return {
    tree: { folders, at: (_project, environment, path) => (environment === 'dev' ? folders.get(path) : undefined) },
    folder: (path) => folders.get(path) ?? expect.fail(path),
  }
}

/** Text that holds no reference of its own. */
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => value.replaceAll(/[${}]/g, ''))

/** Keys K0, K1, …: each value refers only to keys before it, in any of three folders, so there is no cycle. */
const acyclic = fc
  .array(fc.tuple(fc.nat(2), text, fc.array(fc.tuple(fc.nat(), fc.boolean(), text), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((entries) => {
    const paths = ['/', '/a', '/a/b']
    const levels: number[] = []
    const expected: string[] = []
    const places: string[] = []
    const sketch: Sketch = { '/': { values: {} }, '/a': { values: {} }, '/a/b': { values: {} } }
    for (const [index, [where, head, references]] of entries.entries()) {
      const place = paths[where] ?? '/'
      let [value, result, level] = [head, head, 0]
      for (const [pick, short, tail] of index === 0 ? [] : references) {
        const to = pick % index
        const there = places[to] ?? '/'
        // A level too many is another test's matter.
        if ((levels[to] ?? 0) >= MAX_REFERENCE_LEVELS) continue
        const name = short && there === place ? [`K${to}`] : ['dev', ...there.split('/').filter(Boolean), `K${to}`]
        value += `\${${name.join('.')}}${tail}`
        result += `${expected[to] ?? ''}${tail}`
        level = Math.max(level, (levels[to] ?? 0) + 1)
      }
      places.push(place)
      levels.push(level)
      expected.push(result)
      const folder = sketch[place]
      if (folder) folder.values[`K${index}`] = value
    }
    return { sketch, expected, places }
  })

describe('expand', () => {
  it('resolves every acyclic set of values completely', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, async ({ sketch, expected, places }) => {
        const { tree, folder } = treeOf(sketch)
        const { expand } = createExpander(tree, openSketched, spendFreely)
        for (const [index, value] of expected.entries()) {
          expect(await expand(folder(places[index] ?? '/'), `K${index}`)).toEqual(
            Buffer.byteLength(value) > 65_536 ? { problem: expect.any(String) } : { value },
          )
        }
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  it('puts values together of the parts they name, whatever they are, and always comes to an end', async () => {
    const keys = ['A', 'B', 'C', 'D']
    const piece = fc.oneof(
      fc.constantFrom(
        '${A}',
        '${B}',
        '${C}',
        '${D}',
        '${dev.A}',
        '${dev.x.B}',
        '${X}',
        '$',
        '$${A}',
        '{',
        '${',
        '}',
        'A',
        '${@p.A}',
        '.',
      ),
      text,
    )
    const value = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(fc.tuple(value, value, value, value), fc.tuple(value, value), async (top, below) => {
        const values = Object.fromEntries(top.map((one, index) => [keys[index] ?? '', one]))
        const { tree, folder } = treeOf({
          '/': { values, imports: ['/x'] },
          '/x': { values: { B: below[0], E: below[1] } },
        })
        const { expand } = createExpander(tree, openSketched, spendFreely)
        const inX: Record<string, string> = { B: below[0], E: below[1] }
        const composed = (path: string, key: string): string => {
          const isTop = path === '/' && values[key] !== undefined
          return [...partsOf((isTop ? values[key] : inX[key]) ?? '')]
            .map((part) => {
              if (typeof part === 'string') return part
              const from = part.kind === 'absolute' ? part.path : isTop ? '/' : '/x'
              return part.kind === 'unsupported' ? '' : composed(from, part.key)
            })
            .join('')
        }
        for (const [key, source] of visible(tree, folder('/')).keys) {
          const expanded = await expand(source, key)
          if ('value' in expanded) expect(expanded.value).toBe(composed('/', key))
        }
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })

  it('gives the same answer in whatever order keys are requested', async () => {
    const values = { A: '${B} ${C}', B: '${C}', C: '${A}', D: '${A}', E: '${NO}', F: '${E}', G: '${F}' }
    const keys = Object.keys(values)
    const bad = async (order: readonly string[]) => {
      const { tree, folder } = treeOf({ '/': { values } })
      const { expand } = createExpander(tree, openSketched, spendFreely)
      const found = new Set<string>()
      for (const key of order) if ('problem' in (await expand(folder('/'), key))) found.add(key)
      return found
    }
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(keys, { minLength: keys.length }), async (order) => {
        expect(await bad(order)).toEqual(new Set(keys))
      }),
      { seed: SEED },
    )
  })

  it('follows a chain of a hundred thousand without running out of stack', async () => {
    const values: Record<string, string> = { K0: 'end' }
    for (let index = 1; index < 100_000; index++) values[`K${index}`] = `\${K${index - 1}}`
    const { tree, folder } = treeOf({ '/': { values } })
    const { expand } = createExpander(tree, openSketched, spendFreely)
    expect(await expand(folder('/'), 'K99999')).toEqual({
      problem: 'references ${K99998}, which needs K11, which has references nested deeper than 10 levels',
      code: 'nested-too-deep',
    })
  })

  it('shows each folder once when it is imported by two ways', () => {
    const { tree, folder } = treeOf({
      '/': { values: {}, imports: ['/late', '/early'] },
      '/late': { values: { L: '1' }, imports: ['/base'] },
      '/early': { values: { K: 'early', L: '2' }, imports: ['/base'] },
      '/base': { values: { K: 'base' } },
    })
    const { order, keys } = visible(tree, folder('/'))
    expect(order.map(({ path }) => path)).toEqual(['/', '/late', '/base', '/early'])
    expect([...keys].map(([key, { path }]) => [key, path])).toEqual([
      ['L', '/late'],
      ['K', '/base'],
    ])
  })
})
