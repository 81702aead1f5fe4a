/**
 * References follow what they name: when a secret, a folder or an environment gets another name or place, the values
 * that mention it are rewritten.
 */
import { timeSlice } from '@keyferry/db'
import {
  BadRequest,
  budget,
  few,
  hasReference,
  mapReferences,
  MAX_NAME_BYTES,
  named,
  referencesIn,
  shortened,
  type Actor,
  type Context,
  type DataKey,
  type Reference,
  type Tx,
} from '@keyferry/kernel'
import { MAX_VALUE_BYTES, mentionOf, type Mention } from '@keyferry/schemas'
import { namesOf } from '@keyferry/schemas/secret-path'
import { faultsAround, refuseNewFaults } from '../../references/check-references.ts'
import { createExpander, type Expanded, type Expander } from '../../references/expand.ts'
import { notReadable, outOfReach, readerOf, type OutOfReach } from '../../references/out-of-reach.ts'
import { mapAt } from '../../references/reference-graph.ts'
import { dependentsOf } from '../../tree/dependents.ts'
import { loadTree, openValue, valueOpener, type Tree, type TreeFolder } from '../../tree/tree.ts'
import { presentSecrets, putSecrets } from './write.ts'
import type { Target } from './folder-for-writing.ts'

export interface FolderRef {
  /** Slug. */
  environment: string
  path: string
}

/** What is about to get another name or place. */
export interface Relocation {
  /** Folders, by id, with the place they will have. */
  folders?: ReadonlyMap<string, FolderRef>
  /** Secrets, by `keyOf`, with the place and the key they will have. */
  secrets?: ReadonlyMap<string, FolderRef & { folderId: string; key: string }>
  /** Something else is overwritten, so values may well come out differently. */
  overwrites?: boolean
}

export const keyOf = (folderId: string, key: string): string => `${folderId} ${key}`

export interface Rewritten<T> {
  result: T
  /** The first of the secrets that were rewritten, as `dev:/api KEY`, and how many more there are. */
  rewritten: string[]
}

/**
 * Does `work`, which moves what `moving` says, and rewrites every reference to it. `work` gets the values that leaving
 * secrets are to have elsewhere, by `keyOf`. No value may come out differently: throws `BadRequest` naming each secret
 * that would, or whose reference cannot be written in its new form. Rewritten folders are `touched`.
 */
export async function rewriteReferences<T>(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { projectId, key }: { projectId: string; key: DataKey },
  markChanged: (folderId: string) => void,
  moving: Relocation,
  work: (values: ReadonlyMap<string, string>) => Promise<T>,
): Promise<Rewritten<T>> {
  const leaving = [...(moving.secrets?.keys() ?? [])].map((id) => id.slice(0, id.indexOf(' ')))
  const readers = await dependentsOf(tx, [...new Set([...leaving, ...(moving.folders?.keys() ?? [])])])
  const tree = await loadTree(ctx, tx, readers)
  const faultsBefore = moving.folders
    ? await faultsAround(ctx, tx, { projectId, key }, [...moving.folders.keys()])
    : null
  const open = valueOpener(key, projectId)
  const before = createExpander(tree, open, budget(ctx.limits))
  const reads = readerOf(ctx, projectId)
  const beyond = reads && outOfReach(tree, open, reads)
  const movedKeys = new Set([...(moving.secrets?.keys() ?? [])].map((id) => id.slice(id.indexOf(' ') + 1)))
  const rewrites = new Map<TreeFolder, Map<string, string>>()
  const elsewhere = new Map<string, string>()
  const expected: Expected[] = []
  const slice = timeSlice()
  for (const folder of tree.folders.values()) {
    for (const [secretKey, row] of folder.secrets) {
      if (slice.isOver()) await slice.rest()
      const value = openValue(key, projectId, row)
      if (value === null || !hasReference(value)) continue
      const relocated = moving.secrets?.get(keyOf(folder.id, secretKey))
      const moved = relocated !== undefined && !samePlace(relocated, folder)
      // How it is rewritten would tell what is out of reach.
      const isBeyond = beyond !== null && (await beyond(folder, secretKey))
      if (isBeyond && reads?.(folder) && (moved || mentions(value, movedKeys))) throw notReadable([secretKey])
      const owner = ownerOf(reads?.(folder) === false ? null : mentionOf(folder, secretKey))
      const text = rewrite({ tree, before, moving }, folder, value, moved, owner)
      refuseTooLong(owner, text)
      if (moved) elsewhere.set(keyOf(folder.id, secretKey), text)
      else if (text !== value) mapAt(rewrites, folder).set(relocated?.key ?? secretKey, text)
      // What came out of reach before is compared with nothing: whether it changes would tell what it was.
      if (!moving.overwrites && !isBeyond)
        expected.push({
          folderId: relocated?.folderId ?? folder.id,
          key: relocated?.key ?? secretKey,
          owner,
          was: await before.expand(folder, secretKey),
        })
    }
  }
  const result = await work(elsewhere)
  const rewritten: string[] = []
  for (const [folder, values] of rewrites) {
    const target = await targetAt(tx, folder.id, projectId, key)
    const present = await presentSecrets(tx, folder.id, [...values.keys()])
    const puts = [...values].flatMap(([secretKey, value]) => {
      const row = present.get(secretKey)
      return row ? [{ present: row, key: secretKey, value }] : []
    })
    await putSecrets(ctx, tx, actor, target, puts)
    markChanged(folder.id)
    rewritten.push(...puts.map((put) => `${target.environment.slug}:${target.folder.path} ${put.key}`))
  }
  if (expected.length > 0) {
    const now = await loadTree(ctx, tx, [...new Set([...readers, ...expected.map(({ folderId }) => folderId)])])
    const open = valueOpener(key, projectId)
    if (reads) await refuseNowBeyond(expected, now, outOfReach(now, open, reads))
    await refuseChanged(expected, now, createExpander(now, open, budget(ctx.limits)))
  }
  if (faultsBefore && moving.folders)
    await refuseNewFaults(ctx, tx, { projectId, key }, [...moving.folders.keys()], faultsBefore)
  rewritten.sort()
  const more = rewritten.length - MAX_REWRITTEN
  return { result, rewritten: more > 0 ? [...rewritten.slice(0, MAX_REWRITTEN), `and ${more} more`] : rewritten }
}

/** Secrets that one row of the audit log names. */
const MAX_REWRITTEN = 100

const mentions = (value: string, keys: ReadonlySet<string>): boolean =>
  referencesIn(value).some((reference) => reference.kind !== 'unsupported' && keys.has(reference.key))

interface Known {
  tree: Tree
  before: Expander
  moving: Relocation
}

function rewrite(
  { tree, before, moving }: Known,
  from: TreeFolder,
  value: string,
  moved: boolean,
  owner: Owner,
): string {
  const one = (reference: Reference): string => {
    if (reference.kind === 'unsupported') return reference.text
    const folder = reference.kind === 'local' ? from : tree.at(from.projectId, reference.environment, reference.path)
    if (!folder) return reference.text
    const source = before.sourceOf(folder, reference.key)
    const relocated = source && moving.secrets?.get(keyOf(source.id, reference.key))
    const at = moving.folders?.get(folder.id) ?? folder
    if (relocated && source) {
      // Renamed in place: readers see it under the new name.
      const key = samePlace(relocated, source) ? { ...at, key: relocated.key } : relocated
      if (reference.kind === 'local' && (moved ? !samePlace(relocated, source) : samePlace(relocated, source)))
        return written(null, relocated.key, reference.text, owner)
      return written(key, key.key, reference.text, owner)
    }
    if (reference.kind === 'local')
      return moved && source ? written(at, reference.key, reference.text, owner) : reference.text
    return at === folder ? reference.text : written(at, reference.key, reference.text, owner)
  }
  return mapReferences(value, one)
}

function refuseTooLong({ name, mentions }: Owner, text: string): void {
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
    throw new BadRequest(
      `${name} refers to it, and would be longer than ${MAX_VALUE_BYTES} bytes with the new name. Change that value first.`,
      { mentions },
    )
}

const PART = /^[A-Za-z0-9_-]+$/

/** A reference as text. Throws `BadRequest` for a name that no reference can hold. */
function written(place: FolderRef | null, key: string, old: string, { name, mentions }: Owner): string {
  const parts = place === null ? [key] : [place.environment, ...namesOf(place.path), key]
  const bad = parts.find((part) => !PART.test(part))
  if (bad !== undefined)
    throw new BadRequest(
      `${name} refers to it as ${shortened(old, MAX_NAME_BYTES)}, and a reference can’t contain the name "${bad}". Change that value or the name first.`,
      { mentions },
    )
  return `\${${parts.join('.')}}`
}

/** The secret that refers to something, as a message names it. */
interface Owner {
  name: string
  mentions: Mention[]
}

/** Null: it is out of the caller's reach. */
const ownerOf = (secret: Mention | null): Owner =>
  secret === null ? { name: 'A secret', mentions: [] } : { name: secret.text, mentions: [secret] }

interface Expected {
  folderId: string
  key: string
  owner: Owner
  was: Expanded
}

/** A reference would start to look where the caller may not read, whatever it finds there. Throws `Forbidden`. */
async function refuseNowBeyond(expected: readonly Expected[], tree: Tree, beyond: OutOfReach): Promise<void> {
  const refused: string[] = []
  for (const { folderId, key, owner } of expected) {
    const folder = tree.folders.get(folderId)
    if (folder && (await beyond(folder, key))) refused.push(owner.name)
  }
  if (refused.length > 0) throw notReadable(refused)
}

async function refuseChanged(expected: readonly Expected[], tree: Tree, after: Expander): Promise<void> {
  const different: Owner[] = []
  for (const { folderId, key, owner, was } of expected) {
    const folder = tree.folders.get(folderId)
    // What did not resolve before need not after.
    if (!folder || 'problem' in was) continue
    const now = folder.secrets.has(key) ? await after.expand(folder, key) : null
    if (now === null || 'problem' in now || now.value !== was.value) different.push(owner)
  }
  if (different.length > 0)
    throw new BadRequest(
      `These secrets refer to it and would get another value: ${named(different, ({ name }) => name)}. Change them first.`,
      { mentions: few(different.flatMap(({ mentions }) => mentions)) },
    )
}

async function targetAt(tx: Tx, folderId: string, projectId: string, key: DataKey): Promise<Target> {
  const folder = await tx.selectFrom('folders').where('id', '=', folderId).selectAll().executeTakeFirstOrThrow()
  const environment = await tx
    .selectFrom('environments')
    .where('id', '=', folder.environmentId)
    .selectAll()
    .executeTakeFirstOrThrow()
  return { folder, environment, projectId, key }
}

const samePlace = (a: FolderRef, b: FolderRef): boolean => a.environment === b.environment && a.path === b.path
