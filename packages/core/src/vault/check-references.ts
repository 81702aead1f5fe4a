import type { Tx } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { expander } from './expand.ts'
import { readersOf } from './readers.ts'
import { hasReference } from './references.ts'
import { loadTree, valueOpener } from './tree.ts'
import type { Opened, Target } from './write.ts'

const CYCLE = 'is in a reference cycle: '

/**
 * After secrets were written, in the same transaction. Throws `BadRequest` naming the chain when one of them closes a cycle of references;
 * what merely does not resolve now, because it may yet be written, comes back as sentences by key.
 */
export async function checkReferences(
  tx: Tx,
  { folder, key, projectId }: Target,
  secrets: readonly Opened[],
): Promise<Map<string, string[]>> {
  const warnings = new Map<string, string[]>()
  const referring = secrets.filter(({ value }) => value !== null && hasReference(value)).map(({ row }) => row.key)
  if (referring.length === 0) return warnings
  const tree = await loadTree(tx, [folder.id])
  const at = tree.folders.get(folder.id)
  if (!at) return warnings
  const { expand } = expander(tree, valueOpener(key, projectId))
  const cycles = new Set<string>()
  for (const name of referring) {
    const expanded = expand(at, name)
    if (!('problem' in expanded)) continue
    if (expanded.problem.startsWith(CYCLE)) cycles.add(expanded.problem.slice(CYCLE.length))
    else warnings.set(name, [`${name} ${expanded.problem}`])
  }
  if (cycles.size > 0) throw new BadRequest(`Cyclic reference not allowed: ${[...cycles].join('; ')}`)
  return warnings
}

/** Cycles of references among the secrets that read these folders: what an import of theirs can close. As chains, in words. */
export async function cyclesAround(
  tx: Tx,
  { key, projectId }: Pick<Target, 'key' | 'projectId'>,
  folderId: string,
): Promise<Set<string>> {
  const readers = await readersOf(tx, [folderId])
  const tree = await loadTree(tx, readers)
  const open = valueOpener(key, projectId)
  const { expand } = expander(tree, open)
  const cycles = new Set<string>()
  for (const id of readers) {
    const folder = tree.folders.get(id)
    for (const [name, row] of folder?.secrets ?? []) {
      if (!folder || !hasReference(open(row) ?? '')) continue
      const expanded = expand(folder, name)
      if ('problem' in expanded && expanded.problem.startsWith(CYCLE)) cycles.add(expanded.problem.slice(CYCLE.length))
    }
  }
  return cycles
}
