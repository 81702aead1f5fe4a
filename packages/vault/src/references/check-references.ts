/** What a writer must not leave behind: cycles of references, and references nested deeper than the limit. */
import { timeSlice } from '@keyferry/db'
import {
  BadRequest,
  budget,
  hasReference,
  MAX_NAME_BYTES,
  named,
  shortened,
  type Context,
  type DataKey,
  type Limits,
  type Tx,
} from '@keyferry/kernel'
import type { Opened } from '../secrets/write/next-secret.ts'
import type { Target } from '../secrets/write/folder-for-writing.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { loadTree, openValue, valueOpener, type SecretRow, type Tree, type TreeFolder } from '../tree/tree.ts'
import { createExpander } from './expand.ts'
import { refuseBadImportsThrough } from './import-graph.ts'
import { namerOf, readerOf, refuseOutOfReach } from './out-of-reach.ts'
import { chainFrom, MAX_REFERENCE_LEVELS, referenceGraph, type Node, type ReferenceGraph } from './reference-graph.ts'

/** Why a secret can't be resolved whatever its values are. `chain`: at most ten names, as they would be referenced. */
export interface Fault {
  kind: 'cycle' | 'too-deep'
  chain: readonly string[]
}

type Key = { key: DataKey; projectId: string }

/**
 * After secrets were written, in the same transaction. Throws `BadRequest` naming the chain when one of them closes a
 * cycle of references, or is part of a chain that is too deep; what merely does not resolve now, because it may yet be
 * written, comes back as sentences by key. Throws `Forbidden` when the caller may not read everything that the values
 * are made of.
 */
export async function checkReferences(
  ctx: Pick<Context, 'limits' | 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  target: Target,
  secrets: readonly Opened[],
): Promise<Map<string, string[]>> {
  // First: what is said below may name what the values are made of.
  await refuseOutOfReach(ctx, tx, target, secrets)
  const { folder, key, projectId } = target
  const warnings = new Map<string, string[]>()
  const referring = secrets.filter(({ value }) => value !== null && hasReference(value)).map(({ row }) => row.key)
  if (referring.length === 0) return warnings
  const tree = await loadTree(ctx, tx, await dependentsOf(tx, [folder.id]))
  const at = tree.folders.get(folder.id)
  if (!at) return warnings
  const open = valueOpener(key, projectId)
  const openOnce = (row: SecretRow) => openValue(key, projectId, row)
  const faults = new Set((await faultsOf(ctx.limits, tree, { open, openOnce }, at, referring)).values())
  const knowsAll = readerOf(ctx, projectId) === null
  const [cycles, deep] = [[...faults].filter(isCycle), [...faults].filter((fault) => !isCycle(fault))]
  refuse(cycles, 'Cyclic reference not allowed', knowsAll)
  refuse(deep, TOO_DEEP, knowsAll)
  const { problemOf } = createExpander(tree, open, budget(ctx.limits))
  for (const name of referring) {
    const problem = await problemOf(at, name)
    if (problem !== null) warnings.set(name, [`${name} ${problem}`])
  }
  return warnings
}

const isCycle = ({ kind }: Fault): boolean => kind === 'cycle'

/** `openOnce`: does not remember what it opened, which would be every value there is. */
interface Openers {
  open: (row: SecretRow) => string | null
  openOnce: (row: SecretRow) => string | null
}

/**
 * The faults of secrets of a folder, by key; those of one cycle have one fault in common, and of chains that are too
 * deep the first is named.
 */
export async function faultsOf(
  limits: Limits,
  tree: Tree,
  openers: Openers,
  at: TreeFolder,
  names: readonly string[],
): Promise<Map<string, Fault>> {
  const graph = await settledGraph(limits, tree, openers.open, openers.openOnce)
  const above = await heights(graph)
  const cycles = new Map<readonly Node[], Fault>()
  const faults = new Map<string, Fault>()
  let deep: Fault | null = null
  for (const name of names) {
    const node = graph.node(at, name)
    if (node.cycle) {
      const fault = cycles.get(node.cycle) ?? cycleOf(graph, node)
      cycles.set(node.cycle, fault)
      faults.set(name, fault)
    } else if (node.levels + (above.get(node)?.levels ?? 0) > MAX_REFERENCE_LEVELS) {
      deep ??= tooDeep(graph, topOf(node, above))
      faults.set(name, deep)
    }
  }
  return faults
}

function topOf(node: Node, above: Awaited<ReturnType<typeof heights>>): Node {
  let top = node
  for (let from = above.get(top)?.from; from; from = above.get(top)?.from) top = from
  return top
}

/**
 * The predicate of a sentence about a secret. `knowsAll`: the reader may know every secret that a chain can go through.
 */
export function faultInWords({ kind, chain }: Fault, knowsAll: boolean): string {
  const shown = knowsAll ? `: ${chain.map((name) => shortened(name, MAX_NAME_BYTES)).join(' → ')}` : ''
  return kind === 'cycle'
    ? `is in a reference cycle${shown}`
    : `has references nested deeper than ${MAX_REFERENCE_LEVELS} levels${shown}`
}

/**
 * Faults among the secrets that read these folders, by secret: what an import, or a folder in another place, can bring
 * about.
 */
export async function faultsAround(
  ctx: Pick<Context, 'limits' | 'keyring' | 'authority'>,
  tx: Tx,
  { key, projectId }: Key,
  folderIds: readonly string[],
): Promise<Map<string, () => Fault>> {
  const tree = await loadTree(ctx, tx, await dependentsOf(tx, folderIds))
  const graph = await settledGraph(ctx.limits, tree, valueOpener(key, projectId), (row) =>
    openValue(key, projectId, row),
  )
  const faults = new Map<string, () => Fault>()
  const here = new Set(folderIds)
  // First those that the writer knows.
  const isHere = ({ folder }: Node): number => Number(here.has(folder.id))
  for (const node of graph.settled.toSorted((a, b) => isHere(b) - isHere(a))) {
    const id = `${node.folder.id} ${node.key}`
    if (node.cycle) faults.set(`cycle ${id}`, () => cycleOf(graph, node))
    else if (node.levels > MAX_REFERENCE_LEVELS) faults.set(`too-deep ${id}`, () => tooDeep(graph, node))
  }
  return faults
}

/** Throws `BadRequest` naming a fault among the secrets that read these folders, which `before` does not have. */
export async function refuseNewFaults(
  ctx: Pick<Context, 'limits' | 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  vault: Key,
  folderIds: readonly string[],
  before: ReadonlyMap<string, unknown>,
): Promise<void> {
  const found = [...(await faultsAround(ctx, tx, vault, folderIds))].find(([id]) => !before.has(id))
  const fault = found?.[1]()
  if (fault) refuse([fault], fault.kind === 'cycle' ? CYCLE : TOO_DEEP, readerOf(ctx, vault.projectId) === null)
}

/**
 * After folders came back, in the same transaction. Throws `BadRequest` naming a cycle, or a chain that is too deep, of
 * imports through them, or of references through them and something else; what was wrong inside them when they were
 * deleted comes back with them.
 */
export async function refuseFaultsThrough(
  ctx: Pick<Context, 'limits' | 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  { key, projectId }: Key,
  folderIds: readonly string[],
): Promise<void> {
  await refuseBadImportsThrough(tx, namerOf(ctx, projectId), projectId, folderIds)
  const inside = new Set(folderIds)
  const tree = await loadTree(ctx, tx, await dependentsOf(tx, folderIds))
  const openOnce = (row: SecretRow) => openValue(key, projectId, row)
  const graph = await settledGraph(ctx.limits, tree, valueOpener(key, projectId), openOnce)
  for (const node of graph.settled) {
    // Every chain that is too deep has one secret that is just beyond the limit.
    const passed = node.cycle ?? (node.levels === MAX_REFERENCE_LEVELS + 1 ? deepest(graph, node) : [])
    const within = passed.filter(({ folder }) => inside.has(folder.id)).length
    if (within === 0 || within === passed.length) continue
    const fault = node.cycle ? cycleOf(graph, node) : tooDeep(graph, node)
    refuse([fault], fault.kind === 'cycle' ? CYCLE : TOO_DEEP, readerOf(ctx, projectId) === null)
  }
}

/** A secret and the longest chain of those that it needs. */
function deepest(graph: ReferenceGraph, start: Node): Node[] {
  const passed = [start]
  for (let at: Node | undefined = start; at;) {
    const from: Node = at
    at =
      from.references
        .map((reference) => graph.targetOf(from, reference))
        .find((to) => to !== null && to.levels === from.levels - 1) ?? undefined
    if (at) passed.push(at)
  }
  return passed
}

const CYCLE = 'This would close a cycle of references'
const TOO_DEEP = `References can be nested ${MAX_REFERENCE_LEVELS} levels deep, and this would go deeper`

/** `knowsAll`: the caller may know every secret that a chain can go through. */
function refuse(faults: readonly Fault[], what: string, knowsAll: boolean): void {
  const [fault] = faults
  if (!fault) return
  if (!knowsAll) throw new BadRequest(`${what}.`, { kind: fault.kind })
  const chains = named(faults, ({ chain }) => chain.join(' → '), '; ')
  throw new BadRequest(`${what}: ${chains}. Change one of these first.`, { ...fault })
}

interface SettledGraph extends ReferenceGraph {
  /** Every secret that refers to something, and what it refers to, after that. */
  settled: readonly Node[]
}

async function settledGraph(
  limits: Limits,
  tree: Tree,
  open: (row: SecretRow) => string | null,
  openOnce: (row: SecretRow) => string | null,
): Promise<SettledGraph> {
  const graph = referenceGraph(tree, open, budget(limits))
  const settled: Node[] = []
  const slice = timeSlice()
  for (const folder of tree.folders.values()) {
    for (const [name, row] of folder.secrets) {
      if (slice.isOver()) await slice.rest()
      if (hasReference(openOnce(row) ?? ''))
        await graph.settle(graph.node(folder, name), (members) => settled.push(...members))
    }
  }
  return { ...graph, settled }
}

/** How many levels of secrets refer to each one, and the next of them. Cycles are left out. */
async function heights(graph: SettledGraph): Promise<Map<Node, { levels: number; from: Node }>> {
  const slice = timeSlice()
  const above = new Map<Node, { levels: number; from: Node }>()
  for (const from of graph.settled.toReversed()) {
    if (slice.isOver()) await slice.rest()
    if (from.cycle) continue
    const levels = (above.get(from)?.levels ?? 0) + 1
    for (const reference of from.references) {
      const to = graph.targetOf(from, reference)
      if (to && levels > (above.get(to)?.levels ?? 0)) above.set(to, { levels, from })
    }
  }
  return above
}

const cycleOf = (graph: ReferenceGraph, node: Node): Fault => ({
  kind: 'cycle',
  chain: chainFrom(graph, node, (_, to) => to.cycle === node.cycle),
})

const tooDeep = (graph: ReferenceGraph, node: Node): Fault => ({
  kind: 'too-deep',
  chain: chainFrom(graph, node, (from, to) => to.levels === from.levels - 1),
})
