/** Rows at the end of the audit chain. */
import { randomUUID } from 'node:crypto'
import { changeAndInsert, changeAndInsertAtOnce, valuesTable, type Db, type Marks } from '@keyferry/db'
import { timestamp, type AuditEntry, type Context, type Tx } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import type { AuditHead, AuditRow } from './audit.ts'
import { chainKey, HEAD, hashOf, lockHead, mark, movesMark, sealOf } from './audit-head.ts'
import { formatMarks } from './marks.ts'

type Keys = Pick<Context, 'keyring' | 'now'>

/** The end of the chain before some rows were appended and after it, and its key. */
export interface Appended {
  before: AuditHead
  after: AuditHead
  key: DataKey
}

/** Rows in one statement. */
const CHUNK = 500

/** Appends in `tx`, which has the end of the chain to itself from here on. */
export async function append(
  ctx: Keys,
  tx: Tx,
  entries: readonly AuditEntry[],
  marks: Marks | null,
): Promise<Appended> {
  const before = await lockHead(ctx, tx)
  const key = chainKey(ctx, before)
  const { rows, after } = chained(ctx, before, key, entries, marks)
  await mark(ctx, tx, before.seq, after.seq)
  for (let from = CHUNK; from < rows.length; from += CHUNK)
    await tx
      .insertInto('audit')
      .values(rows.slice(from, from + CHUNK))
      .execute()
  // At once where the store can: other writers wait during each round trip.
  await changeAndInsert(
    tx,
    (db) => db.updateTable('auditHead').set(movedTo(after)).where('id', '=', HEAD).returning('id'),
    (db) => db.insertInto('audit').values(rows.slice(0, CHUNK)),
  )
  return { before, after, key }
}

/** The end of the chain as this process left it last, and whether nobody else has appended since the time before. */
interface End {
  head: AuditHead
  key: DataKey
  isAlone: boolean
}
const ends = new WeakMap<Db, End>()

/** Keeps the end of what was committed, for `appendAtOnce`. */
export function rememberEnd(db: Db, { before, after, key }: Appended): void {
  const isAlone = ends.get(db)?.head.seal === before.seal
  ends.set(db, { head: after, key, isAlone })
}

/**
 * Appends in one statement instead of a transaction with four round trips, where the chain still ends as this process
 * left it. Returns whether it did: another process may have appended, and some appends need more than that statement.
 */
export async function appendAtOnce(ctx: Keys & Pick<Context, 'db'>, entries: readonly AuditEntry[]): Promise<boolean> {
  const end = ends.get(ctx.db)
  if (!end?.isAlone || entries.length > CHUNK) return false
  const { head, key } = end
  if (movesMark(head.seq, head.seq + entries.length)) return false
  let next = head
  const isAppended = await changeAndInsertAtOnce(ctx.db, () => {
    const { rows, after } = chained(ctx, head, key, entries, null)
    next = after
    return {
      change: (db) =>
        db
          .updateTable('auditHead')
          .set(movedTo(after))
          .where('id', '=', HEAD)
          // The seal is over the rest.
          .where('seal', '=', head.seal)
          .where('key', '=', head.key)
          .returning('id'),
      insert: (db) =>
        db
          .insertInto('audit')
          .columns(COLUMNS)
          .expression((query) =>
            query
              .selectFrom(['changed', valuesTable(ctx.db, rows, TYPES).as('rows')])
              .select(COLUMNS.map((column) => `rows.${column}` as const)),
          ),
    }
  })
  if (isAppended) ends.set(ctx.db, { ...end, head: next })
  return isAppended
}

const TYPES = {
  id: 'text',
  seq: 'integer',
  at: 'text',
  actorKind: 'text',
  actorId: 'text',
  actor: 'text',
  address: 'text',
  action: 'text',
  projectId: 'text',
  details: 'text',
  prevHash: 'text',
  hash: 'text',
  marks: 'text',
} as const satisfies Record<keyof AuditRow, 'text' | 'integer'>
const COLUMNS = Object.keys(TYPES) as (keyof AuditRow)[]

const movedTo = ({ seq, hash, seal }: AuditHead): Pick<AuditHead, 'seq' | 'hash' | 'seal'> => ({ seq, hash, seal })

/** The rows of `entries` after `head`, and the end that they make. */
function chained(
  ctx: Keys,
  head: AuditHead,
  key: DataKey,
  entries: readonly AuditEntry[],
  marks: Marks | null,
): { rows: AuditRow[]; after: AuditHead } {
  const at = timestamp(ctx)
  let { seq, hash } = head
  const rows = entries.map(({ actor, action, projectId, details }, index): AuditRow => {
    const row = {
      id: randomUUID(),
      at,
      actorKind: actor.kind,
      actorId: actor.id,
      actor: actor.name,
      address: actor.address ?? null,
      action,
      projectId,
      details: JSON.stringify(details),
      prevHash: hash,
      marks: index === 0 && marks ? formatMarks(marks) : null,
    }
    hash = hashOf(key, row)
    seq++
    return { ...row, seq, hash }
  })
  return { rows, after: { ...head, seq, hash, seal: sealOf(key, { ...head, seq, hash }) } }
}
