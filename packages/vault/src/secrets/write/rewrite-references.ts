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
  named,
  referencesIn,
  type Actor,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import { mentionOf } from '@keyferry/schemas'
import { faultsAround, refuseNewFaults } from '../../references/check-references.ts'
import { createExpander, type Expanded, type Expander } from '../../references/expand.ts'
import { notReadable, outOfReach, readerOf, type OutOfReach } from '../../references/out-of-reach.ts'
import { mapAt } from '../../references/reference-graph.ts'
import { dependentsOf } from '../../tree/dependents.ts'
import { loadTree, openValue, valueOpener, type Tree, type TreeFolder } from '../../tree/tree.ts'
import type { Target } from './folder-for-writing.ts'
import { foldersIn, keyOf, keysIn, samePlace, type Relocation } from './relocation.ts'
import { ownerOf, rewrittenValue, type Owner } from './rewritten-value.ts'
import { presentSecrets, putSecrets } from './write.ts'

/** A transaction that moves things of one project. */
interface Mover {
  ctx: Context
  tx: Tx
  actor: Actor
  project: { projectId: string; key: DataKey }
  markChanged: (folderId: string) => void
}

export interface Rewritten<T> {
  result: T
  /** The first of the secrets that were rewritten, as `dev:/api KEY`, and how many more there are. */
  rewritten: string[]
}

/**
 * Does `work`, which moves what `moving` says, and rewrites every reference to it. `work` gets the values that leaving
 * secrets are to have elsewhere, by `keyOf`. No value may come out differently: throws `BadRequest` naming each secret
 * that would, or whose reference cannot be written in its new form. Folders with rewritten values are marked changed.
 */
export async function rewriteReferences<T>(
  mover: Mover,
  moving: Relocation,
  work: (values: ReadonlyMap<string, string>) => Promise<T>,
): Promise<Rewritten<T>> {
  const { ctx, tx, project } = mover
  const moved = moving.folders && [...moving.folders.keys()]
  const readers = await dependentsOf(tx, foldersIn(moving))
  const { elsewhere, rewrites, expected } = await findReferrers(mover, readers, moving)
  const faultsBefore = moved && (await faultsAround(ctx, tx, project, moved))
  const result = await work(elsewhere)
  const rewritten = await writeValues(mover, rewrites)
  await refuseOtherResults(mover, readers, expected)
  if (faultsBefore) await refuseNewFaults(ctx, tx, project, moved, faultsBefore)
  return { result, rewritten }
}

interface Referrers {
  /** Values of secrets that move to another folder, by `keyOf` as they are now. */
  elsewhere: Map<string, string>
  /** New values of the others, by the key they will have. */
  rewrites: Map<TreeFolder, Map<string, string>>
  /** What must come out as it did. */
  expected: Expected[]
}

/** The secrets of `readers` with references, and what becomes of their values. Throws like `rewriteReferences`. */
async function findReferrers(
  { ctx, tx, project: { projectId, key } }: Mover,
  readers: readonly string[],
  moving: Relocation,
): Promise<Referrers> {
  const tree = await loadTree(ctx, tx, readers)
  const open = valueOpener(key, projectId)
  const before = createExpander(tree, open, budget(ctx.limits))
  const reads = readerOf(ctx, projectId)
  const beyond = reads && outOfReach(tree, open, reads)
  const movedKeys = keysIn(moving)
  const found: Referrers = { elsewhere: new Map(), rewrites: new Map(), expected: [] }
  const slice = timeSlice()
  for (const folder of tree.folders.values()) {
    for (const [secretKey, row] of folder.secrets) {
      if (slice.isOver()) await slice.rest()
      const value = openValue(key, projectId, row)
      if (value === null || !hasReference(value)) continue
      const relocated = moving.secrets?.get(keyOf(folder.id, secretKey))
      const moves = relocated !== undefined && !samePlace(relocated, folder)
      // How it is rewritten would tell what is out of reach.
      const isBeyond = beyond !== null && (await beyond(folder, secretKey))
      if (isBeyond && reads?.(folder) && (moves || mentions(value, movedKeys))) throw notReadable([secretKey])
      const owner = ownerOf(reads?.(folder) === false ? null : mentionOf(folder, secretKey))
      const text = rewrittenValue({ tree, before, moving }, { folder, value, moves, owner })
      const newKey = relocated?.key ?? secretKey
      if (moves) found.elsewhere.set(keyOf(folder.id, secretKey), text)
      else if (text !== value) mapAt(found.rewrites, folder).set(newKey, text)
      // What came out of reach before is compared with nothing: whether it changes would tell what it was.
      if (moving.overwrites || isBeyond) continue
      const folderId = relocated?.folderId ?? folder.id
      found.expected.push({ folderId, key: newKey, owner, was: await before.expand(folder, secretKey) })
    }
  }
  return found
}

const mentions = (value: string, keys: ReadonlySet<string>): boolean =>
  referencesIn(value).some((reference) => reference.kind !== 'unsupported' && keys.has(reference.key))

/** Returns the secrets that were written, as `Rewritten` names them. */
async function writeValues(
  { ctx, tx, actor, project, markChanged }: Mover,
  rewrites: Referrers['rewrites'],
): Promise<string[]> {
  const written: string[] = []
  for (const [folder, values] of rewrites) {
    const target = await targetAt(tx, folder.id, project)
    const present = await presentSecrets(tx, folder.id, [...values.keys()])
    const puts = [...values].flatMap(([key, value]) => {
      const row = present.get(key)
      return row ? [{ present: row, key, value }] : []
    })
    await putSecrets(ctx, tx, actor, target, puts)
    markChanged(folder.id)
    written.push(...puts.map(({ key }) => `${target.environment.slug}:${target.folder.path} ${key}`))
  }
  written.sort()
  const more = written.length - MAX_REWRITTEN
  return more > 0 ? [...written.slice(0, MAX_REWRITTEN), `and ${more} more`] : written
}

/** Secrets that one row of the audit log names. */
const MAX_REWRITTEN = 100

interface Expected {
  folderId: string
  key: string
  owner: Owner
  was: Expanded
}

/** Compares what the secrets resolve to now. Throws `Forbidden`, and `BadRequest` naming those that differ. */
async function refuseOtherResults(
  { ctx, tx, project: { projectId, key } }: Mover,
  readers: readonly string[],
  expected: readonly Expected[],
): Promise<void> {
  if (expected.length === 0) return
  const tree = await loadTree(ctx, tx, [...new Set([...readers, ...expected.map(({ folderId }) => folderId)])])
  const open = valueOpener(key, projectId)
  const reads = readerOf(ctx, projectId)
  if (reads) await refuseNowBeyond(expected, tree, outOfReach(tree, open, reads))
  await refuseChanged(expected, tree, createExpander(tree, open, budget(ctx.limits)))
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

async function targetAt(tx: Tx, folderId: string, { projectId, key }: Mover['project']): Promise<Target> {
  const folder = await tx.selectFrom('folders').where('id', '=', folderId).selectAll().executeTakeFirstOrThrow()
  const environment = await tx
    .selectFrom('environments')
    .where('id', '=', folder.environmentId)
    .selectAll()
    .executeTakeFirstOrThrow()
  return { folder, environment, projectId, key }
}
