/**
 * What a folder has: its secrets, each in one version with one sealed text, and the folders that it imports. A sealed
 * value opens in its version and no other, but so does that of an earlier version, in its own, and a version may be
 * given out again. A row that was taken out is missed by nobody. So each folder has a head: sums over what it has
 * (head-sums.ts), which every writer brings up to date. It is sealed with the project's key and counts how often it was
 * written; the audit log keeps that count, so an earlier head does not pass with the earlier secrets (freshness.ts).
 */
import { markWritten } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'
import { IntegrityBroken } from '../errors.ts'
import {
  changedHead,
  emptyHead,
  isSumOf,
  memberOf,
  parseHead,
  type Contents,
  type Counted,
  type Head,
  type SumName,
} from './head-sums.ts'

/** What the head of a folder is bound to. */
export const headSealedAs = (projectId: string, folderId: string): string[] => ['folder head', projectId, folderId]

/** Heads that are remembered: most folders are read again and again. */
const REMEMBERED = 50_000
/** By their sealed text. */
let opened = new Map<string, Head>()

/** Null when it does not open. */
export function openHead(key: DataKey, { projectId, id, secretsHead }: HeadedFolder): Head | null {
  if (secretsHead === null) return emptyHead()
  const name = `${id} ${secretsHead}`
  const known = opened.get(name)
  if (known) return known
  try {
    const head = parseHead(key.open(secretsHead, ...headSealedAs(projectId, id)))
    if (opened.size >= REMEMBERED) opened = new Map()
    opened.set(name, head)
    return head
  } catch (error) {
    if (error instanceof DecryptionError) return null
    throw error
  }
}

/** A folder with its head as it is stored; null: it never had anything. */
export interface HeadedFolder {
  id: string
  projectId: string
  secretsHead: string | null
}

/** What is checked of a folder. `values: false`: the secrets were read without their values. */
export type Read = { imports: readonly string[] } | { secrets: readonly Counted[]; values: boolean }

/**
 * What is wrong with what was read of a folder, for people; null when it is what was written last. `start`: when it was
 * read (`readStart`).
 */
export async function problemOfFolder(
  { authority }: Pick<Context, 'authority'>,
  key: DataKey,
  folder: HeadedFolder,
  read: Read,
  start: number,
): Promise<string | null> {
  const head = openHead(key, folder)
  if (!head) return 'what is kept of them was changed'
  if (head.writes < authority.writesOf(folder.id, start)) return 'they were put back to an earlier state'
  if (await isSumOf(head, sumFor(read), read)) return null
  return 'imports' in read
    ? 'one was added or removed'
    : 'one was changed, added, removed or put back to an earlier version'
}

/**
 * Tells the secrets that a large folder has from others, with their values or without, so that one is checked without
 * the others. Null unless the folder was checked since it was written, and while it is small.
 */
export function secretsOfFolder(
  { authority }: Pick<Context, 'authority'>,
  key: DataKey,
  folder: HeadedFolder,
  { values }: { values: boolean },
  start: number,
): ((secret: Counted) => boolean) | null {
  const head = openHead(key, folder)
  if (!head || head.writes < authority.writesOf(folder.id, start)) return null
  return memberOf(head, values ? 'values' : 'texts')
}

function sumFor(read: Read): SumName {
  if ('imports' in read) return 'imports'
  return read.values ? 'values' : 'texts'
}

/** Throws `IntegrityBroken` when this is not what was written last. */
export async function checkFolder(
  ctx: Pick<Context, 'authority'>,
  key: DataKey,
  folder: HeadedFolder,
  read: Read,
  start: number,
): Promise<void> {
  const problem = await problemOfFolder(ctx, key, folder, read, start)
  if (problem === null) return
  const what = 'imports' in read ? 'imports' : 'secrets'
  throw new IntegrityBroken(
    `The ${what} of folder ${folder.id} were changed outside Keyferry: ${problem}. Restore a backup, or accept them as they are: keyferry admin verify-store names the folder, keyferry admin accept-secrets accepts them.`,
  )
}

/**
 * A folder whose head is written, with the key of its project. The caller holds the folder. `secretsHead`: as the
 * caller read it, maybe before it wrote to the folder.
 */
export interface Written {
  key: DataKey
  projectId: string
  folder: { id: string; secretsHead?: string | null }
}

/** Brings a head up to date: this went from the folder, that came. */
export async function moveHead(tx: Tx, folder: Written, gone: Contents, added: Contents): Promise<void> {
  if (isEmpty(gone) && isEmpty(added)) return
  const { id, secretsHead: known } = folder.folder
  const isMoved = known !== undefined && (await moveFrom(tx, folder, known, gone, added))
  if (!isMoved) await moveFrom(tx, folder, await storedHead(tx, id), gone, added)
}

/** The same from a head as it is stored. False, and nothing is done, when the folder has another one. */
async function moveFrom(
  tx: Tx,
  folder: Written,
  secretsHead: string | null,
  gone: Contents,
  added: Contents,
): Promise<boolean> {
  const { key, projectId } = folder
  const { id } = folder.folder
  const head = openHead(key, { id, projectId, secretsHead })
  if (!head)
    throw new IntegrityBroken(
      `Folder ${id} can't be written: what is kept of its secrets and imports was changed outside Keyferry. keyferry admin verify-store says what to do.`,
    )
  const writes = head.writes + 1
  const next = sealedHead(folder, await changedHead({ ...head, writes }, gone, added))
  const { numUpdatedRows } = await tx
    .updateTable('folders')
    .set({ secretsHead: next })
    .where('id', '=', id)
    .where('secretsHead', 'is not distinct from', secretsHead)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  markWritten(id, writes)
  return true
}

const isEmpty = ({ secrets = [], imports = [] }: Contents): boolean => secrets.length + imports.length === 0

/**
 * The same where secrets were sealed again. It is not counted, as nothing is another value by it. A head that does not
 * open stays as it is.
 */
export async function resealHead(
  tx: Tx,
  folder: Written,
  before: readonly Counted[],
  after: readonly Counted[],
): Promise<void> {
  const head = await readHead(tx, folder)
  if (head) await writeHead(tx, folder, await changedHead(head, { secrets: before }, { secrets: after }))
}

/** Null when it does not open. */
export async function readHead(tx: Tx, { key, projectId, folder: { id } }: Written): Promise<Head | null> {
  return openHead(key, { id, projectId, secretsHead: await storedHead(tx, id) })
}

async function storedHead(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.selectFrom('folders').where('id', '=', id).select('secretsHead').executeTakeFirst()
  return row?.secretsHead ?? null
}

/** Stores what the secrets of a folder come to. */
export async function writeHead(tx: Tx, folder: Written, head: Head): Promise<void> {
  const secretsHead = sealedHead(folder, head)
  await tx.updateTable('folders').set({ secretsHead }).where('id', '=', folder.folder.id).execute()
}

const sealedHead = ({ key, projectId, folder: { id } }: Written, head: Head): string =>
  key.seal(JSON.stringify(head), ...headSealedAs(projectId, id))
