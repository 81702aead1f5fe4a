/**
 * API keys: long-lived tokens that a person makes for a script. Each has grants of its own, and never may more than its
 * owner.
 */
import { withOwnNames, type ApiKeyTable, type Selectable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  Forbidden,
  NotFound,
  SETTINGS,
  timestamp,
  transact,
  transactChecked,
  Unauthorized,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { withinReach, type Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { grantsOf } from '../grants/scopes.ts'
import type { Auth } from '../sign-in/auth.ts'
import { insertMembership } from './members.ts'
import { holdUser, isSignedIn, usersOf } from './users.ts'

type ApiKey = z.output<typeof schemas.apiKey>

/** better-auth's own row of a key. Times are as the database has them: a Date in Postgres, text in SQLite. */
interface Stored {
  id: string
  start: string | null
  expiresAt: Date | string | null
  lastRequest: Date | string | null
}
const stored = (db: Context['db'] | Tx) => withOwnNames(db).withTables<{ apikey: Stored }>()

/** One's own, newest first; for those who run the instance, everybody's. */
export async function listApiKeys(
  ctx: Context,
  actor: Actor,
  { everybody }: { everybody: boolean },
): Promise<ApiKey[]> {
  const rows = await ctx.db
    .selectFrom('apiKeys')
    .$if(!everybody, (query) => query.where('ownerId', '=', actor.id))
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()
  return describeKeys(ctx, rows)
}

/**
 * The token is in this answer only. Throws `Forbidden` for machines and for a grant that its owner does not have.
 * Throws `Unauthorized` once the owner's session has ended, `BadRequest` for a life that is longer than the instance
 * allows, and `NotFound` for an unknown project.
 */
export async function createApiKey(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  access: Access,
  { name, grants, expiresInDays }: z.output<typeof schemas.createApiKey>,
): Promise<{ apiKey: ApiKey; token: string }> {
  if (actor.kind !== 'user') throw new Forbidden('Only people create API keys. Sign in to the console.')
  const most = ctx.limits.apiKeyDays
  const days = expiresInDays ?? Math.min(90, most)
  if (days > most)
    throw new BadRequest(`An API key may live at most ${most} days on this instance (${SETTINGS.apiKeyDays}).`)
  const beyond = grants.find((grant) => !withinReach(access, grant.projectId, grant))
  if (beyond)
    throw new Forbidden(
      `An API key can't have more rights than its owner: you don't have the role ${beyond.role} in all these scopes of project ${beyond.projectId}.`,
    )
  const { id, token } = await transact(ctx, async (tx) => {
    // In the order of `removePerson`: the account, then its rights.
    await holdUser(tx, actor.id)
    // What ends all keys of a person ends their sessions too.
    if (!(await isSignedIn(tx, actor))) throw new Unauthorized('Your session has ended. Sign in again.')
    await ctx.caller?.verify(tx)
    const expiresIn = days * 86_400
    const key = await auth.within(withOwnNames(tx)).createApiKey({ userId: actor.id, name, expiresIn })
    await tx
      .insertInto('apiKeys')
      .values({ id: key.id, name, ownerId: actor.id, createdAt: timestamp(ctx) })
      .execute()
    for (const grant of grants) {
      await insertMembership(ctx, tx, { kind: 'key', id: key.id, name: 'The key' }, grant)
      await audit(ctx, tx, actor, 'api-key.create', grant.projectId, {
        apiKeyId: key.id,
        name,
        role: grant.role,
        scopes: grant.scopes,
      })
    }
    return key
  })
  const [apiKey] = await describeKeys(
    ctx,
    await ctx.db.selectFrom('apiKeys').where('id', '=', id).selectAll().execute(),
  )
  if (!apiKey) throw new Error('the created key does not exist')
  return { apiKey, token }
}

/** It stops working at once. Throws `NotFound`. */
export async function revokeApiKey(
  ctx: Context,
  actor: Actor,
  { apiKeyId, everybody }: { apiKeyId: string; everybody: boolean },
): Promise<ApiKey> {
  const row = await ctx.db
    .selectFrom('apiKeys')
    .where('id', '=', apiKeyId)
    .$if(!everybody, (query) => query.where('ownerId', '=', actor.id))
    .selectAll()
    .executeTakeFirst()
  const [shown] = await describeKeys(ctx, row ? [row] : [])
  if (!shown) throw noSuchKey(apiKeyId)
  const afterCommit = await transactChecked(ctx, async (tx) => {
    if (!(await removeKey(tx, apiKeyId))) throw noSuchKey(apiKeyId)
    await audit(ctx, tx, actor, 'api-key.revoke', null, { apiKeyId, name: shown.name, owner: shown.owner })
    return ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit()
  return shown
}

/** Whether an API key with this id is listed. One that is in no list has no owner to be capped by, and is refused. */
export async function isKey(db: Context['db'], id: string): Promise<boolean> {
  const [listed, kept] = await Promise.all([
    db.selectFrom('apiKeys').where('id', '=', id).select('id').executeTakeFirst(),
    stored(db).selectFrom('apikey').where('id', '=', id).select('id').executeTakeFirst(),
  ])
  return listed !== undefined && kept !== undefined
}

/** The person behind an API key; null when it is none. */
export async function ownerOfKey(db: Context['db'], id: string): Promise<string | null> {
  const row = await db.selectFrom('apiKeys').where('id', '=', id).select('ownerId').executeTakeFirst()
  return row?.ownerId ?? null
}

/** All keys of a person; answers their names. */
export async function removeKeysOf(tx: Tx, ownerId: string): Promise<string[]> {
  const keys = await tx.selectFrom('apiKeys').where('ownerId', '=', ownerId).select(['id', 'name']).execute()
  for (const { id } of keys) await removeKey(tx, id)
  return keys.map(({ name }) => name)
}

const noSuchKey = (apiKeyId: string): NotFound => new NotFound(`API key with ID ${apiKeyId} not found`)

/** False when there is no such key by now. */
async function removeKey(tx: Tx, id: string): Promise<boolean> {
  await stored(tx).deleteFrom('apikey').where('id', '=', id).execute()
  await tx.deleteFrom('memberships').where('principalId', '=', id).execute()
  await tx.deleteFrom('instanceAdmins').where('principalId', '=', id).execute()
  const { numDeletedRows } = await tx.deleteFrom('apiKeys').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

async function describeKeys(ctx: Context, rows: readonly Selectable<ApiKeyTable>[]): Promise<ApiKey[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const owners = new Map(
    (
      await usersOf(
        ctx.db,
        rows.map((row) => row.ownerId),
      )
    ).map(({ id, email }) => [id, email]),
  )
  const keys = await stored(ctx.db)
    .selectFrom('apikey')
    .where('id', 'in', ids)
    .select(['id', 'start', 'expiresAt', 'lastRequest'])
    .execute()
  const kept = new Map(keys.map((key) => [key.id, key]))
  const memberships = await ctx.db.selectFrom('memberships').where('principalId', 'in', ids).selectAll().execute()
  const unlimited = await ctx.db
    .selectFrom('instanceAdmins')
    .where('principalId', 'in', ids)
    .select('principalId')
    .execute()
  const admins = new Set(unlimited.map(({ principalId }) => principalId))
  const granted = await grantsOf(ctx.db, memberships)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    owner: owners.get(row.ownerId) ?? 'unknown',
    start: kept.get(row.id)?.start ?? null,
    instanceAdmin: admins.has(row.id),
    grants: memberships.flatMap(({ principalId, projectId }, index) => {
      const grant = granted[index]
      if (principalId !== row.id || !grant) return []
      return [{ projectId, role: grant.role, scopes: grant.scopes === null ? null : [...grant.scopes] }]
    }),
    expiresAt: isoOrNull(kept.get(row.id)?.expiresAt),
    lastUsedAt: isoOrNull(kept.get(row.id)?.lastRequest),
    createdAt: row.createdAt,
  }))
}

const isoOrNull = (time: Date | string | null | undefined): string | null =>
  time ? new Date(time).toISOString() : null
