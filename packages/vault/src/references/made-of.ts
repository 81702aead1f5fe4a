/** Which versions of which secrets a resolved value is made of. */
import type { SecretRow, TreeFolder } from '../tree/tree.ts'
import type { Node, ReferenceGraph } from './reference-graph.ts'

/**
 * Version by the id of the secret, of the secret itself and of everything that it refers to, directly or not. As JSON,
 * the form in which it is kept and compared.
 */
export type MadeOf = string

/** Versions by the id of their secret. */
export function versionsIn(madeOf: MadeOf): Readonly<Record<string, number>> {
  const versions: Record<string, number> = JSON.parse(madeOf)
  return versions
}

/** Secrets that are kept with one value, and references that are followed for it. */
const MAX_SECRETS = 100
const MAX_REFERENCES = 1000

/** Of one secret whose value refers to nothing. */
export const madeOfOne = ({ id, version }: Pick<SecretRow, 'id' | 'version'>): MadeOf =>
  `{${JSON.stringify(id)}:${version}}`

/** Of a value that resolves; null when it is made of more than can be kept with it. */
export function madeOf(graph: ReferenceGraph, folder: TreeFolder, key: string): MadeOf | null {
  const versions: Record<string, number> = {}
  const passed = new Set<Node>()
  const ahead = [graph.node(folder, key)]
  let references = 0
  for (let node = ahead.pop(); node; node = ahead.pop()) {
    if (passed.has(node)) continue
    passed.add(node)
    const row = node.folder.secrets.get(node.key)
    if (row) versions[row.id] = row.version
    references += node.references.length
    if (passed.size > MAX_SECRETS || references > MAX_REFERENCES) return null
    for (const reference of node.references) {
      const target = graph.targetOf(node, reference)
      if (target) ahead.push(target)
    }
  }
  return JSON.stringify(versions)
}
