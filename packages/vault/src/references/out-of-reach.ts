/**
 * What a caller without access to every folder can reach through references and imports. The answer depends on the way
 * only: a folder out of reach where a key would be looked up counts whether it has that key or not, so no refusal
 * reveals its content.
 */
import { refusal } from '@keyferry/access'
import { timeSlice } from '@keyferry/db'
import { Forbidden, hasReference, referencesIn, type Context, type Tx } from '@keyferry/kernel'
import { allows, type Access } from '@keyferry/schemas/policy'
import type { Opened } from '../secrets/write/next-secret.ts'
import type { Target } from '../secrets/write/folder-for-writing.ts'
import { loadTree, valueOpener, type SecretRow, type Tree, type TreeFolder } from '../tree/tree.ts'
import { visible } from './reference-graph.ts'

/** Whether what a folder shows as `key` depends on a folder out of reach. */
export type OutOfReach = (folder: TreeFolder, key: string) => Promise<boolean>

/** Whether a folder is in reach. Null: every folder of the project is. */
export type Reads = ((place: { environment: string; path: string }) => boolean) | null

/** Who asks; a process that does so for itself has no caller. */
export interface Asker {
  caller?: Pick<NonNullable<Context['caller']>, 'access'>
}

/** The folders whose values the caller may read. */
export const readerOf = ({ caller }: Asker, projectId: string): Reads =>
  caller ? readerWith(caller.access, projectId) : null

/** The folders whose values somebody with these rights may read. */
export function readerWith(access: Access, projectId: string): Reads {
  if (allows(access, 'secrets.read-values', { kind: 'project', projectId })) return null
  return placesWith(access, 'secrets.read-values', projectId)
}

/** Whether somebody may know the names in a folder; decided once per folder. Null: in every folder of the project. */
export function namerOf({ caller }: Asker, projectId: string): Reads {
  if (!caller || allows(caller.access, 'secrets.read-names', { kind: 'project', projectId })) return null
  return placesWith(caller.access, 'secrets.read-names', projectId)
}

function placesWith(access: Access, action: 'secrets.read-names' | 'secrets.read-values', projectId: string) {
  const decided = new Map<string, boolean>()
  return ({ environment, path }: { environment: string; path: string }): boolean => {
    const name = `${environment}:${path}`
    const known = decided.get(name) ?? allows(access, action, { kind: 'folder', projectId, environment, path })
    decided.set(name, known)
    return known
  }
}

/**
 * Authorizes an expanded read again, over the folders that were loaded for it: imports and references may have changed
 * since the call was authorized. Throws `Forbidden`, naming only the requested folder `at`.
 */
export function refuseTreeOutOfReach(
  tree: Tree,
  reads: Reads,
  at: { projectId: string; environment: string; path: string },
): void {
  if (!reads || [...tree.folders.values()].every(reads)) return
  const { projectId, environment, path } = at
  throw refusal('secrets.read-values', { kind: 'folder', projectId, environment, path }, 'what it imports or refers to')
}

/** Follows references and imports from a key, each secret once however often it is reached. */
export function outOfReach(
  tree: Tree,
  open: (row: SecretRow) => string | null,
  reads: (place: { environment: string; path: string }) => boolean,
): OutOfReach {
  const orders = new Map<TreeFolder, readonly TreeFolder[]>()
  const within = new Set<string>()
  const slice = timeSlice()

  const orderOf = (folder: TreeFolder): readonly TreeFolder[] => {
    const order = orders.get(folder) ?? visible(tree, folder).order
    orders.set(folder, order)
    return order
  }

  /** The folder that `key` comes from; null when nothing has it; undefined when the way there leads out of reach. */
  const find = (folder: TreeFolder, key: string): TreeFolder | null | undefined => {
    for (const source of folder.secrets.has(key) ? [folder] : orderOf(folder)) {
      if (!reads(source)) return undefined
      if (source.secrets.has(key)) return source
    }
    return null
  }

  return async (start, startKey) => {
    const passed = new Set<string>()
    const ahead: { folder: TreeFolder; key: string }[] = [{ folder: start, key: startKey }]
    for (let at = ahead.pop(); at; at = ahead.pop()) {
      if (slice.isOver()) await slice.rest()
      const source = find(at.folder, at.key)
      if (source === undefined) return true
      const id = source && `${source.id} ${at.key}`
      if (!source || id === null || within.has(id) || passed.has(id)) continue
      passed.add(id)
      const row = source.secrets.get(at.key)
      for (const reference of referencesIn((row && open(row)) ?? '')) {
        if (reference.kind === 'unsupported') continue
        const { environment, path } = reference.kind === 'local' ? source : reference
        if (!reads({ environment, path })) return true
        const folder = reference.kind === 'local' ? source : tree.at(source.projectId, environment, path)
        if (folder) ahead.push({ folder, key: reference.key })
      }
    }
    for (const id of passed) within.add(id)
    return false
  }
}

/**
 * After secrets were written, in the same transaction: writing a reference requires read access to everything that the
 * value is then made of. Throws `Forbidden` naming the written keys only.
 */
export async function refuseOutOfReach(
  ctx: Pick<Context, 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  { folder, key, projectId }: Target,
  secrets: readonly Opened[],
): Promise<void> {
  const reads = readerOf(ctx, projectId)
  if (!reads) return
  const referring = secrets.flatMap(({ row, value }) => (value !== null && hasReference(value) ? [row.key] : []))
  if (referring.length === 0) return
  const tree = await loadTree(ctx, tx, [folder.id])
  const at = tree.folders.get(folder.id)
  if (!at) return
  const beyond = outOfReach(tree, valueOpener(key, projectId), reads)
  const refused: string[] = []
  for (const name of referring) if (await beyond(at, name)) refused.push(name)
  if (refused.length > 0) throw notReadable(refused)
}

/** The refusal of references whose way leads out of reach. */
export function notReadable(keys: readonly string[]): Forbidden {
  const named = keys.slice(0, 10).join(', ')
  const more = keys.length > 10 ? ` and ${keys.length - 10} more` : ''
  return new Forbidden(
    `You are not allowed to read everything that these secrets would be made of: ${named}${more}. References need read access to each folder where they look, imports included.`,
    { denied: [{ action: 'read-values', inverted: false, subject: 'secrets', conditions: {} }] },
  )
}

/**
 * After folders came back, in the same transaction: the same for everything in them, their imports included. Throws
 * `Forbidden`.
 */
export async function refuseFoldersOutOfReach(
  ctx: Pick<Context, 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  { key, projectId }: Pick<Target, 'key' | 'projectId'>,
  folderIds: readonly string[],
): Promise<void> {
  const reads = readerOf(ctx, projectId)
  if (!reads) return
  const tree = await loadTree(ctx, tx, folderIds)
  const beyond = outOfReach(tree, valueOpener(key, projectId), reads)
  for (const id of folderIds) {
    const folder = tree.folders.get(id)
    if (!folder) continue
    const refused: string[] = []
    for (const name of folder.secrets.keys()) if (await beyond(folder, name)) refused.push(name)
    if (refused.length > 0) throw notReadable(refused)
  }
  if ([...tree.folders.values()].every(reads)) return
  throw new Forbidden('You are not allowed to read everything that this folder imports', {
    denied: [{ action: 'read-values', inverted: false, subject: 'secrets', conditions: {} }],
  })
}
