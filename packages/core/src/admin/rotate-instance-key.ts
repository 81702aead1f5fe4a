/**
 * Rotation of the keys of the instance itself: the one that seals vendors' credentials and the secrets of webhooks, and
 * the one that authority rests on (seals of rows, hashes of tokens). One transaction begins with a new generation and
 * brings everything that is stored up to it. The earlier generation stays good for what processes write that had not
 * heard of the new one; `continueInstanceRotations` brings that up to date, too, and throws it away.
 */
import {
  ACCOUNT_TABLES,
  amend,
  contentOf,
  groupsOf,
  isSealed,
  lockTable,
  markEnded,
  SEALED_TABLES,
  type EndedRow,
} from '@keyferry/db'
import {
  DAY_MS,
  audit,
  BadRequest,
  maintain,
  mark,
  readHead,
  DecryptionError,
  SYSTEM,
  TABLES,
  timestamp,
  wrappedOrganizationKey,
  type Actor,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import { AUTHORITY, TOKENS } from '@keyferry/kernel/authority'
import { CamelCasePlugin } from 'kysely'

export const INSTANCE_KEYS = ['connections', 'authority'] as const
export type InstanceKey = (typeof INSTANCE_KEYS)[number]

/** A process has heard of a new key by then, and what it began before is over. */
const SETTLED_MS = 60_000
/** For longer than a rotation takes: once it has ended, seals of the earlier key are worth nothing. */
const KEPT_MS = 7 * DAY_MS

/**
 * Begins a new generation. Returns how many rows were brought up to it. Throws `BadRequest` while a rotation of this
 * key is under way.
 */
export async function rotateInstanceKey(ctx: Context, actor: Actor, name: InstanceKey): Promise<number> {
  const rows = await maintain(ctx, async (tx) => {
    const { owner, wrapped, store } = await KEYS[name].hold(tx)
    const begun = await tx
      .selectFrom('instanceKeyRotations')
      .where('name', '=', name)
      .select('startedAt')
      .executeTakeFirst()
    if (begun)
      throw new BadRequest(
        `A rotation of the ${name} key has been running since ${begun.startedAt}. The instance ends that within minutes while it serves; then run this again.`,
      )
    const renewed = ctx.keyring.renew(owner, wrapped)
    await store(renewed)
    const { rows } = await KEYS[name].reseal(ctx, tx, ctx.keyring.open(owner, renewed))
    await tx
      .insertInto('instanceKeyRotations')
      .values({ name, startedAt: timestamp(ctx), problem: null })
      .execute()
    await audit(ctx, tx, actor, 'instance.rotate-key', null, { key: name, rows })
    return rows
  })
  await ctx.authority.refresh()
  return rows
}

/** Ends rotations that have settled. Safe to call at any time, from any process. */
export async function continueInstanceRotations(ctx: Context): Promise<void> {
  const settled = new Date(ctx.now().getTime() - SETTLED_MS).toISOString()
  const begun = await ctx.db
    .selectFrom('instanceKeyRotations')
    .where('startedAt', '<=', settled)
    .select(['name', 'problem'])
    .execute()
  for (const { name, problem } of begun) {
    const unreadable = await maintain(ctx, (tx) => end(ctx, tx, name))
    const now = unreadable.length === 0 ? null : unreadable.join(', ')
    if (now !== null && now !== problem)
      ctx.log.error(
        { part: 'rotation', key: name, unreadable },
        'the earlier key is kept, because it may be the only one that opens these rows. Restore them from a backup, or replace them',
      )
  }
  if (begun.length > 0) await ctx.authority.refresh()
}

/** Names of rows that do not open: as long as there are any, the earlier key is kept. */
async function end(ctx: Context, tx: Tx, name: InstanceKey): Promise<string[]> {
  const { owner, wrapped, store } = await KEYS[name].hold(tx)
  const open = await tx.selectFrom('instanceKeyRotations').where('name', '=', name).select('name').executeTakeFirst()
  if (!open) return []
  const { unreadable } = await KEYS[name].reseal(ctx, tx, ctx.keyring.open(owner, wrapped))
  const at = tx.updateTable('instanceKeyRotations').where('name', '=', name)
  if (unreadable.length > 0) {
    await at.set({ problem: unreadable.join(', ') }).execute()
    return unreadable
  }
  await store(ctx.keyring.retire(owner, wrapped))
  await tx.deleteFrom('instanceKeyRotations').where('name', '=', name).execute()
  await audit(ctx, tx, SYSTEM, 'instance.key-rotated', null, { key: name })
  return []
}

interface Held {
  owner: string
  wrapped: string
  store(wrapped: string): Promise<unknown>
}

interface RotatedKey {
  /** Read for a change, until the transaction ends. */
  hold(tx: Tx): Promise<Held>
  /** Brings everything up to the present generation of `key`. */
  reseal(ctx: Context, tx: Tx, key: DataKey): Promise<{ rows: number; unreadable: string[] }>
}

const KEYS: Record<InstanceKey, RotatedKey> = {
  connections: {
    async hold(tx) {
      const row = await wrappedOrganizationKey(tx).forUpdate().executeTakeFirstOrThrow()
      return {
        ...row,
        store: (dataKey) => tx.updateTable('organizations').set({ dataKey }).where('id', '=', row.owner).execute(),
      }
    },
    async reseal(ctx, tx, key) {
      const unreadable: string[] = []
      const again = (sealed: string, ...belongsTo: [string, string]): string | null => {
        if (key.isCurrent(sealed)) return null
        try {
          return key.seal(key.open(sealed, ...belongsTo), ...belongsTo)
        } catch (error) {
          if (!(error instanceof DecryptionError)) throw error
          unreadable.push(belongsTo.join(' '))
          return null
        }
      }
      let rows = 0
      for (const { id, credentials: before } of await tx
        .selectFrom('connections')
        .select(['id', 'credentials'])
        .execute()) {
        const credentials = again(before, 'connection', id)
        if (credentials !== null && (await amend(tx, 'connections', id, { credentials }))) rows += 1
      }
      for (const { id, secret: before } of await tx.selectFrom('noticeTargets').select(['id', 'secret']).execute()) {
        const secret = before === null ? null : again(before, 'notice target', id)
        if (secret === null) continue
        await tx.updateTable('noticeTargets').set({ secret }).where('id', '=', id).execute()
        rows += 1
      }
      for (const { id, reviewerToken: before } of await tx
        .selectFrom('federatedAuths')
        .select(['id', 'reviewerToken'])
        .execute()) {
        const reviewerToken = before === null ? null : again(before, 'kubernetes reviewer', id)
        if (reviewerToken !== null && (await amend(tx, 'federatedAuths', id, { reviewerToken }))) rows += 1
      }
      const head = await readHead(tx)
      if (head) await mark(ctx, tx, head.seq, head.seq, { always: true })
      return { rows, unreadable }
    },
  },
  authority: {
    async hold(tx) {
      const row = await tx
        .selectFrom('instanceKeys')
        .where('owner', '=', AUTHORITY)
        .selectAll()
        .forUpdate()
        .executeTakeFirstOrThrow()
      return {
        ...row,
        store: (wrapped) => tx.updateTable('instanceKeys').set({ wrapped }).where('owner', '=', AUTHORITY).execute(),
      }
    },
    async reseal(ctx, tx, key) {
      const present = new Set((await tx.introspection.getTables()).map(({ name }) => name))
      const sealer = ctx.authority.under(key)
      const until = new Date(ctx.now().getTime() + KEPT_MS).toISOString()
      const ended: EndedRow[] = []
      for (const table of TABLES) {
        const own = ACCOUNT_TABLES.includes(table)
        if (own && !present.has(table)) continue
        const plain = tx.withoutPlugins()
        const name = own ? table : snakeCase(table)
        // A change between reading and writing a row would lose its seal.
        await lockTable(plain, name, 'share row exclusive')
        const store = (own ? plain : plain.withPlugin(new CamelCasePlugin())).withTables<Rows>()
        const [id, ...columns]: readonly [string, ...string[]] = SEALED_TABLES[table]
        const token = TOKENS[table]
        for (const row of await store
          .selectFrom(table as string)
          .select([id, ...columns, 'seal'])
          .execute()) {
          const seal = row['seal']
          // What is ignored stays so: it does not get a seal by this.
          if (!isSealed(sealer, table, row, seal) || sealer.isPresent(String(seal))) continue
          const groups = groupsOf(table, (column) => row[column])
          if (sealer.hasEnded(String(seal), groups)) continue
          const hashed = token === undefined ? {} : { [token]: key.upgradeDigest(String(row[token])) }
          await store
            .updateTable(table as string)
            .set({ ...hashed, seal: sealer.seal(table, contentOf(table, { ...row, ...hashed })) })
            .where(id, '=', row[id])
            .execute()
          ended.push({ seal: String(seal), until })
        }
      }
      // A copy of a row from before must not pass for one that a process wrote with the earlier key since.
      markEnded(ctx.authority, ended)
      return { rows: ended.length, unreadable: [] }
    },
  },
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

interface Rows {
  [table: string]: Record<string, unknown>
}
