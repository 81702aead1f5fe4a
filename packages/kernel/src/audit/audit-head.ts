/**
 * The end of the audit chain. It is made with the organization, or by the first start after an upgrade, and never
 * again: one that is missing later was taken away. The organization keeps, sealed, up to where the log went at least,
 * so that log and end do not go together either.
 */
import type { Db } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'
import type { Wrapped } from '../crypto/keyring.ts'
import { wrappedOrganizationKey } from '../crypto/organization-key.ts'
import { isSealedStore } from '../crypto/sealed-store.ts'
import { IntegrityBroken } from '../errors.ts'
import type { AuditFloor, AuditHead, AuditRow } from './audit.ts'

type Keys = Pick<Context, 'keyring'>

export const HEAD = 'head'
/** Owner of the key of the chain. */
export const CHAIN = 'audit chain'
/** Rows after which the organization's mark is moved: it need not be exact, and costs a write. */
const MARKED_EVERY = 64
const PAGE = 1000
/** Of a column of whole numbers. */
const LOWEST = -(2 ** 31)

/**
 * The end of the chain, held until the transaction ends; made where nothing is set up yet. Throws `IntegrityBroken`
 * when it was taken away.
 */
export async function lockHead(ctx: Keys, tx: Tx): Promise<AuditHead> {
  const present = await select(tx).forUpdate().executeTakeFirst()
  if (present) return present
  const organization = await wrappedOrganizationKey(tx).executeTakeFirst()
  if (organization && isSealedStore(ctx.keyring, organization))
    throw new IntegrityBroken(
      'The end of the audit log is missing. Run keyferry admin verify-audit, then keyferry admin restart-audit.',
    )
  return makeHead(ctx, tx, organization)
}

/** The end of the chain, or undefined before the first row. */
export const readHead = (db: Db | Tx): Promise<AuditHead | undefined> => select(db).executeTakeFirst()

const select = (db: Db | Tx) =>
  db
    .selectFrom('auditHead')
    .where('id', '=', HEAD)
    .select(['id', 'seq', 'hash', 'before', 'beforeDigest', 'seal', 'key'])

/**
 * A chain that begins after the rows that are there, under a key of its own. Of two that are made at once the first
 * stays. `replaces`: it takes the place of one that is there, in the same row, which writers may be waiting for.
 */
export async function makeHead(
  { keyring }: Keys,
  tx: Tx,
  like: Wrapped | undefined,
  { replaces = false } = {},
): Promise<AuditHead> {
  const key = keyring.create(CHAIN, like)
  const opened = keyring.open(CHAIN, key)
  const before = await earlierRows(tx, opened)
  const start = { seq: 0, hash: '', before: before.rows, beforeDigest: before.digest }
  const head = { ...start, seal: sealOf(opened, start), key }
  await tx
    .insertInto('auditHead')
    .values({ id: HEAD, ...head })
    .onConflict((conflict) => {
      const present = conflict.column('id')
      return replaces ? present.doUpdateSet(head) : present.doNothing()
    })
    .execute()
  const made = await readHead(tx)
  if (!made) throw new Error('the head of the audit chain vanished')
  return made
}

/**
 * For a store of an earlier version: seals what the rows from before the chain say. A head that is not as it was sealed
 * stays as it is.
 */
export async function sealEarlier(ctx: Keys, tx: Tx): Promise<AuditHead> {
  const head = await lockHead(ctx, tx)
  const key = chainKey(ctx, head)
  if (head.beforeDigest !== '' || head.seal !== sealOf(key, head)) return head
  const { rows, digest } = await earlierRows(tx, key)
  if (rows !== head.before) return head
  const seal = sealOf(key, { ...head, beforeDigest: digest })
  await tx.updateTable('auditHead').set({ beforeDigest: digest, seal }).where('id', '=', HEAD).execute()
  return { ...head, beforeDigest: digest, seal }
}

/** The rows from before the chain: their number, and a keyed digest of what they say. */
export async function earlierRows(db: Db | Tx, key: DataKey): Promise<{ rows: number; digest: string }> {
  let [rows, digest, last] = [0, '', LOWEST]
  for (;;) {
    const page = await db
      .selectFrom('audit')
      .where('seq', '<=', 0)
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(PAGE)
      .selectAll()
      .execute()
    for (const row of page) digest = key.digest('earlier audit row', digest, hashOf(key, row))
    rows += page.length
    last = page.at(-1)?.seq ?? last
    if (page.length < PAGE) return { rows, digest }
  }
}

/** Throws `DecryptionError` under another root key. */
export const chainKey = (ctx: Keys, head: AuditHead): DataKey => ctx.keyring.open(CHAIN, head.key)

/** The place in the chain is not hashed: it follows from the row before. */
export const hashOf = (key: DataKey, row: Omit<AuditRow, 'seq' | 'hash'>): string =>
  key.digest(
    'audit row',
    row.prevHash,
    JSON.stringify([
      row.id,
      row.at,
      row.actorKind,
      row.actorId,
      row.actor,
      row.address,
      row.action,
      row.projectId,
      row.details,
      // Rows from before there were marks have none.
      ...(row.marks === null ? [] : [row.marks]),
    ]),
  )

/** The seal of the end of the chain. */
export const sealOf = (
  key: DataKey,
  { seq, hash, before, beforeDigest }: Pick<AuditHead, 'seq' | 'hash' | 'before' | 'beforeDigest'>,
): string =>
  // As it was before what earlier rows say was sealed.
  beforeDigest === ''
    ? key.digest('audit head', String(seq), hash, String(before))
    : key.digest('audit head', String(seq), hash, String(before), beforeDigest)

/** The seal of the start of a chain whose older rows were removed. */
export const floorSealOf = (key: DataKey, { seq, hash, at }: Pick<AuditFloor, 'seq' | 'hash' | 'at'>): string =>
  key.digest('audit floor', String(seq), hash, at)

/** Notes with the organization that the log went up to `seq`, now and then; with `always`, now. */
export async function mark(ctx: Keys, tx: Tx, from: number, seq: number, { always = false } = {}): Promise<void> {
  if (!always && !movesMark(from, seq)) return
  const organization = await wrappedOrganizationKey(tx).executeTakeFirst()
  if (!organization) return
  const auditMark = ctx.keyring.open(organization.owner, organization.wrapped).seal(String(seq), 'audit mark')
  await tx.updateTable('organizations').set({ auditMark }).where('id', '=', organization.owner).execute()
}

/** Whether the organization's mark moves when the log goes on from `from` to `seq`. */
export const movesMark = (from: number, seq: number): boolean =>
  Math.floor(from / MARKED_EVERY) !== Math.floor(seq / MARKED_EVERY)

/** Up to where the log went at least; 0 where nothing is set up, null when the mark is missing or was changed. */
export async function readMark(ctx: Keys, db: Db | Tx): Promise<number | null> {
  const organization = await db.selectFrom('organizations').select(['id', 'dataKey', 'auditMark']).executeTakeFirst()
  if (!organization) return 0
  const { id, dataKey, auditMark } = organization
  if (auditMark === null) return isSealedStore(ctx.keyring, { owner: id, wrapped: dataKey }) ? null : 0
  try {
    return Number(ctx.keyring.open(id, dataKey).open(auditMark, 'audit mark'))
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error
    return null
  }
}
