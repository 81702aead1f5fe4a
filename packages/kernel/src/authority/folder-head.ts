/**
 * Which secrets a folder has, and in which versions. A sealed value opens in its version and no other, but so does that
 * of an earlier version, in its own. So each folder has a head: a sum of keyed hashes, one per secret and version, that
 * every writer brings up to date. It is sealed with the project's key and counts how often it was written; the audit
 * log keeps that count, so an earlier head does not pass with the earlier secrets (freshness.ts).
 *
 * The sum is one of the additive multiset hashes of Clarke et al. (Asiacrypt 2003), whose key and value never leave the
 * sealed head.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { markWritten, timeSlice, type Db } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { IntegrityBroken } from '../errors.ts'

/** What of a secret the head covers. */
export interface Counted {
  id: string
  version: number
}

interface Head {
  /** How often the secrets of the folder were written. */
  writes: number
  /** Of the hashes; base64, 32 bytes. */
  key: string
  /** Of the hashes, modulo 2^128; hexadecimal. */
  sum: string
}

const BITS = 128
/** Hashes that are remembered: most folders are read again and again. */
const REMEMBERED = 50_000
let hashes = new Map<string, bigint>()

function hashOf(head: Head, { id, version }: Counted): bigint {
  const name = `${head.key}${version} ${id}`
  const known = hashes.get(name)
  if (known !== undefined) return known
  if (hashes.size >= REMEMBERED) hashes = new Map()
  const hmac = createHmac('sha256', Buffer.from(head.key, 'base64')).update(`${version} ${id}`).digest('hex')
  const hash = BigInt(`0x${hmac.slice(0, BITS / 4)}`)
  hashes.set(name, hash)
  return hash
}

const empty = (): Head => ({ writes: 0, key: randomBytes(32).toString('base64'), sum: '0' })

function moved(head: Head, from: Iterable<Counted>, to: Iterable<Counted>): Head {
  let sum = BigInt(`0x${head.sum}`)
  for (const secret of from) sum -= hashOf(head, secret)
  for (const secret of to) sum += hashOf(head, secret)
  return { ...head, writes: head.writes + 1, sum: BigInt.asUintN(BITS, sum).toString(16) }
}

export const headSealedAs = (projectId: string, folderId: string): string[] => ['folder head', projectId, folderId]

/** Heads that were opened, by their sealed text. */
let opened = new Map<string, Head>()

/** Null when it does not open. */
function openHead(key: DataKey, { projectId, id, secretsHead }: HeadedFolder): Head | null {
  if (secretsHead === null) return empty()
  const name = `${id} ${secretsHead}`
  const known = opened.get(name)
  if (known) return known
  try {
    const head: Head = JSON.parse(key.open(secretsHead, ...headSealedAs(projectId, id)))
    if (opened.size >= REMEMBERED) opened = new Map()
    opened.set(name, head)
    return head
  } catch (error) {
    if (error instanceof DecryptionError) return null
    throw error
  }
}

/** A folder with its head as it is stored; null: it never had a secret. */
export interface HeadedFolder {
  id: string
  projectId: string
  secretsHead: string | null
}

type Keys = Pick<Context, 'keyring' | 'authority'>

/**
 * What is wrong with the secrets of a folder, for people; null when they are those that were written last. `start`:
 * when they were read (`readStart`).
 */
export async function problemOfSecrets(
  { authority }: Keys,
  key: DataKey,
  folder: HeadedFolder,
  secrets: Iterable<Counted>,
  start: number,
): Promise<string | null> {
  const head = openHead(key, folder)
  if (!head) return 'what is kept of them was changed'
  if (head.writes < authority.writesOf(folder.id, start)) return 'they were put back to an earlier state'
  let sum = BigInt(`0x${head.sum}`)
  const slice = timeSlice()
  for (const secret of secrets) {
    sum -= hashOf(head, secret)
    if (slice.isOver()) await slice.rest()
  }
  return BigInt.asUintN(BITS, sum) === 0n ? null : 'one was changed, added, removed or put back to an earlier version'
}

/** Throws `IntegrityBroken` when these are not the secrets that were written last. */
export async function checkSecrets(
  ctx: Keys,
  key: DataKey,
  folder: HeadedFolder,
  secrets: Iterable<Counted>,
  start: number,
): Promise<void> {
  const problem = await problemOfSecrets(ctx, key, folder, secrets, start)
  if (problem === null) return
  throw new IntegrityBroken(
    `The secrets of folder ${folder.id} were changed outside Keyferry: ${problem}. Restore a backup, or accept them as they are: keyferry admin verify-store names the folder, keyferry admin accept-secrets accepts them.`,
  )
}

/** Brings a head up to date: these secrets went, these came. The caller holds the folder. */
export async function moveHead(
  tx: Tx,
  { key, projectId, folder }: { key: DataKey; projectId: string; folder: { id: string } },
  from: readonly Counted[],
  to: readonly Counted[],
): Promise<void> {
  if (from.length === 0 && to.length === 0) return
  const { secretsHead } = await tx
    .selectFrom('folders')
    .where('id', '=', folder.id)
    .select('secretsHead')
    .executeTakeFirstOrThrow()
  const head = openHead(key, { id: folder.id, projectId, secretsHead })
  if (!head)
    throw new IntegrityBroken(
      `The secrets of folder ${folder.id} can't be written: what is kept of them was changed outside Keyferry. keyferry admin verify-store says what to do.`,
    )
  const next = moved(head, from, to)
  await writeHead(tx, key, { id: folder.id, projectId }, next)
  markWritten(folder.id, next.writes)
}

async function writeHead(
  tx: Tx,
  key: DataKey,
  { id, projectId }: Omit<HeadedFolder, 'secretsHead'>,
  head: Head,
): Promise<void> {
  const secretsHead = key.seal(JSON.stringify(head), ...headSealedAs(projectId, id))
  await tx.updateTable('folders').set({ secretsHead }).where('id', '=', id).execute()
}

/**
 * Makes the head of a folder from the secrets that are there, whatever it was. Returns how often the folder was written
 * by then.
 */
export async function makeHead(
  { authority }: Pick<Context, 'authority'>,
  tx: Tx,
  key: DataKey,
  folder: { id: string; projectId: string },
): Promise<number> {
  const secrets = await tx.selectFrom('secrets').where('folderId', '=', folder.id).select(['id', 'version']).execute()
  const present = await tx.selectFrom('folders').where('id', '=', folder.id).select('secretsHead').executeTakeFirst()
  const before = openHead(key, { ...folder, secretsHead: present?.secretsHead ?? null })
  const writes = Math.max(before?.writes ?? 0, authority.writesOf(folder.id))
  const head = moved({ ...empty(), writes }, [], secrets)
  await writeHead(tx, key, folder, head)
  return head.writes
}

/** Every folder with its project's wrapped key, for a page of ids. */
export const headedFolders = (db: Db | Tx) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .select([
      'folders.id',
      'folders.path',
      'folders.secretsHead',
      'environments.projectId',
      'environments.slug',
      'projects.slug as project',
      'projects.dataKey',
    ])

/** Makes the heads of a store of an earlier version. Its rows are believed this once. */
export async function makeHeads(ctx: { keyring: Keyring } & Pick<Context, 'authority'>, tx: Tx): Promise<void> {
  const slice = timeSlice()
  const used = await tx.selectFrom('secrets').select('folderId').distinct().execute()
  const withSecrets = new Set(used.map(({ folderId }) => folderId))
  for (const { id, projectId, dataKey } of await headedFolders(tx).execute()) {
    if (slice.isOver()) await slice.rest()
    if (withSecrets.has(id)) await makeHead(ctx, tx, ctx.keyring.open(projectId, dataKey), { id, projectId })
  }
}
