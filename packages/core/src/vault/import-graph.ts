/** Which folder imports which, as far as writers need to know it. */
import type { Tx } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { MAX_IMPORT_LEVELS } from './reference-graph.ts'

interface Edge {
  folderId: string
  sourceFolderId: string
}

/** Folder id -> ids of the folders one step on. */
type Steps = ReadonlyMap<string, readonly string[]>

/** The imports of a project. */
export const importsIn = (tx: Tx, projectId: string): Promise<(Edge & { id: string })[]> =>
  tx
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select(['imports.id', 'imports.folderId', 'imports.sourceFolderId'])
    .execute()

/** Throws `BadRequest` naming the chain when one more import would let a folder import itself, or nest imports deeper than the limit. */
export async function refuseBadImport(
  tx: Tx,
  edges: readonly Edge[],
  { folderId, sourceFolderId }: Edge,
): Promise<void> {
  const sources = stepsOf(edges, 'folderId', 'sourceFolderId')
  const back = shortestChain(sources, sourceFolderId, folderId)
  if (back)
    throw new BadRequest(
      `Cyclic import not allowed: ${await inWords(tx, [folderId, ...back])}. Remove one of these imports first.`,
    )
  const importers = stepsOf(edges, 'sourceFolderId', 'folderId')
  const chain = [...longestChain(importers, folderId).toReversed(), ...longestChain(sources, sourceFolderId)]
  if (chain.length - 1 > MAX_IMPORT_LEVELS)
    throw new BadRequest(
      `Imports can be nested ${MAX_IMPORT_LEVELS} levels deep, and this would go deeper: ${await inWords(tx, chain)}. Import the last one directly.`,
    )
}

function stepsOf(edges: readonly Edge[], from: keyof Edge, to: keyof Edge): Steps {
  const steps = new Map<string, string[]>()
  for (const edge of edges) {
    const known = steps.get(edge[from])
    if (known) known.push(edge[to])
    else steps.set(edge[from], [edge[to]])
  }
  return steps
}

/** The folders one passes from `from` to reach `to`, both included; null when it is not reached. */
function shortestChain(steps: Steps, from: string, to: string): string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]])
  // A map is walked in the order it was filled, also while it is.
  for (const at of cameFrom.keys()) {
    if (at === to) break
    for (const next of steps.get(at) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, at)
  }
  if (!cameFrom.has(to)) return null
  const chain: string[] = []
  for (let at: string | null | undefined = to; at; at = cameFrom.get(at)) chain.push(at)
  return chain.reverse()
}

/** The longest way on from a folder, itself included. Each folder is worked out once, after all that it leads to; there are no cycles. */
function longestChain(steps: Steps, start: string): string[] {
  const longest = new Map<string, { levels: number; next: string | null }>()
  const stack = [{ id: start, at: 0 }]
  const entered = new Set([start])
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = steps.get(top.id)?.[top.at++]
    if (next === undefined) {
      let best: { levels: number; next: string | null } = { levels: 0, next: null }
      for (const each of steps.get(top.id) ?? []) {
        const levels = (longest.get(each)?.levels ?? 0) + 1
        if (levels > best.levels) best = { levels, next: each }
      }
      longest.set(top.id, best)
      stack.pop()
    } else if (!entered.has(next)) {
      entered.add(next)
      stack.push({ id: next, at: 0 })
    }
  }
  const chain: string[] = []
  for (let at: string | null = start; at !== null && chain.length < longest.size; at = longest.get(at)?.next ?? null)
    chain.push(at)
  return chain
}

/** Folders that a text names. */
const MAX_NAMES = 10

async function inWords(tx: Tx, chain: readonly string[]): Promise<string> {
  const shown = chain.length > MAX_NAMES ? chain.slice(0, MAX_NAMES - 1) : chain
  const names = await placesOf(tx, shown)
  return [...names, ...(shown.length < chain.length ? ['…'] : [])].join(' → ')
}

/** `dev:/api` for each folder id, in that order. */
export async function placesOf(tx: Tx, folderIds: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', 'in', folderIds)
    .select(['folders.id', 'folders.path', 'environments.slug'])
    .execute()
  const names = new Map(rows.map((row) => [row.id, `${row.slug}:${row.path}`]))
  return folderIds.map((id) => names.get(id) ?? id)
}
