/** Which folder imports which, as far as writers need to know it. */
import { BadRequest, type Tx } from '@keyferry/kernel'
import { mentionOf, type Mention } from '@keyferry/schemas'
import type { namerOf } from './out-of-reach.ts'
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

/** Whether a folder may be named to the caller; null: any. */
type Names = ReturnType<typeof namerOf>

/**
 * Throws `BadRequest` naming the chain when one more import would let a folder import itself, or nest imports deeper
 * than the limit.
 */
export async function refuseBadImport(
  tx: Tx,
  names: Names,
  edges: readonly Edge[],
  { folderId, sourceFolderId }: Edge,
): Promise<void> {
  const sources = stepsOf(edges, 'folderId', 'sourceFolderId')
  const back = shortestChain(sources, sourceFolderId, folderId)
  if (back) throw cyclic(await inWords(tx, names, [folderId, ...back]))
  const below = longestChains(sources, [sourceFolderId])
  const above = longestChains(stepsOf(edges, 'sourceFolderId', 'folderId'), [folderId])
  const chain = [...chainOf(above, folderId).toReversed(), ...chainOf(below, sourceFolderId)]
  if (chain.length - 1 > MAX_IMPORT_LEVELS) throw tooDeep(await inWords(tx, names, chain))
}

/**
 * After imports came with folders, in the same transaction. Throws like `refuseBadImport` for what leads through one of
 * these folders.
 */
export async function refuseBadImportsThrough(
  tx: Tx,
  names: Names,
  projectId: string,
  folderIds: readonly string[],
): Promise<void> {
  const edges = await importsIn(tx, projectId)
  const sources = stepsOf(edges, 'folderId', 'sourceFolderId')
  const importers = stepsOf(edges, 'sourceFolderId', 'folderId')
  const below = longestChains(sources, folderIds)
  const above = longestChains(importers, folderIds)
  for (const folderId of folderIds) {
    // What is in a cycle leads to itself.
    const back = below.has(folderId) && above.has(folderId) ? null : shortestCycle(sources, folderId)
    if (back) throw cyclic(await inWords(tx, names, back))
    const chain = [...chainOf(above, folderId).toReversed(), ...chainOf(below, folderId).slice(1)]
    if (chain.length - 1 > MAX_IMPORT_LEVELS) throw tooDeep(await inWords(tx, names, chain))
  }
}

const cyclic = ({ text, mentions }: Chain): BadRequest =>
  new BadRequest(`Cyclic import not allowed: ${text}. Remove one of these imports first.`, { mentions })
const tooDeep = ({ text, mentions }: Chain): BadRequest =>
  new BadRequest(
    `Imports can be nested ${MAX_IMPORT_LEVELS} levels deep, and this would go deeper: ${text}. Import the last one directly.`,
    { mentions },
  )

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

/** The folders of a cycle through `start`, which is first and last; null when it is in none. */
function shortestCycle(steps: Steps, start: string): string[] | null {
  for (const next of steps.get(start) ?? []) {
    const back = shortestChain(steps, next, start)
    if (back) return [start, ...back]
  }
  return null
}

interface Way {
  levels: number
  /** Null: it ends here. */
  next: string | null
}
type Longest = ReadonlyMap<string, Way>

/**
 * The longest way on from each folder that is reached. Each is worked out once, after all that it leads to; what leads
 * into a cycle is left out.
 */
function longestChains(steps: Steps, starts: readonly string[]): Longest {
  const longest = new Map<string, Way>()
  const entered = new Set<string>()
  for (const start of starts) {
    const stack = entered.has(start) ? [] : [{ id: start, at: 0 }]
    entered.add(start)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const onward = steps.get(top.id) ?? []
      const next = onward[top.at++]
      if (next === undefined) {
        stack.pop()
        if (onward.every((each) => longest.has(each))) longest.set(top.id, longestWay(longest, onward))
      } else if (!entered.has(next)) {
        entered.add(next)
        stack.push({ id: next, at: 0 })
      }
    }
  }
  return longest
}

function longestWay(longest: Longest, onward: readonly string[]): Way {
  let best: Way = { levels: 0, next: null }
  for (const next of onward) {
    const levels = (longest.get(next)?.levels ?? 0) + 1
    if (levels > best.levels) best = { levels, next }
  }
  return best
}

function chainOf(longest: Longest, start: string): string[] {
  const chain: string[] = []
  for (let at: string | null = start; at !== null; at = longest.get(at)?.next ?? null) chain.push(at)
  return chain
}

/** Folders that a text names. */
const MAX_NAMES = 10

/** Folders that import each other, as a message names them. */
interface Chain {
  text: string
  mentions: Mention[]
}

async function inWords(tx: Tx, knows: Names, chain: readonly string[]): Promise<Chain> {
  const shown = chain.length > MAX_NAMES ? chain.slice(0, MAX_NAMES - 1) : chain
  const folders = await mentionsOf(tx, shown, knows)
  const names = folders.map((folder) => folder?.text ?? 'a folder that you can’t read')
  return {
    text: [...names, ...(shown.length < chain.length ? ['…'] : [])].join(' → '),
    mentions: folders.filter((folder) => folder !== null),
  }
}

/** Each folder, in that order; null where it is gone or the caller may not know of it. */
export async function mentionsOf(
  tx: Tx,
  folderIds: readonly string[],
  knows: Names = null,
): Promise<(Mention | null)[]> {
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', 'in', folderIds)
    .select(['folders.id', 'folders.path', 'environments.slug as environment'])
    .execute()
  const known = rows.filter(({ environment, path }) => !knows || knows({ environment, path }))
  const folders = new Map(known.map((row) => [row.id, mentionOf(row)]))
  return folderIds.map((id) => folders.get(id) ?? null)
}
