import type { Tx } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { expander } from './expand.ts'
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
