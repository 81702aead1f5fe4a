/** Machines: each has a name, what it may do, and a way to sign in. */
import { randomUUID } from 'node:crypto'
import { amend, type IdentityTable, type Selectable } from '@keyferry/db'
import { audit, NotFound, timestamp, transactChecked, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { isInstanceAdmin } from '../grants/grants.ts'

type Identity = z.output<typeof schemas.identity>
type Row = Selectable<IdentityTable>

/** By name. */
export async function listIdentities(ctx: Context): Promise<Identity[]> {
  const rows = await ctx.db.selectFrom('identities').selectAll().orderBy('name').orderBy('id').execute()
  return Promise.all(rows.map((row) => describeIdentity(ctx, row)))
}

type Search = z.output<typeof schemas.searchIdentities>
type Filter = Omit<Search['search'], '$or'>

/** A page of the machines that `search` finds; letters compare whatever their case, as in Infisical. */
export async function searchIdentities(
  ctx: Context,
  _actor: Actor,
  { search: { anyOf, ...all }, orderBy, orderDirection, limit, offset }: Search,
): Promise<z.output<typeof schemas.foundIdentities>> {
  const found = (await listIdentities(ctx)).filter(
    (identity) => matches(identity, all) && (!anyOf || anyOf.some((one) => matches(identity, one))),
  )
  // They come by name, and sorting keeps that where roles are the same.
  const ordered =
    orderBy === 'role' ? found.toSorted((a, b) => (a.role < b.role ? -1 : Number(a.role > b.role))) : found
  const page = (orderDirection === 'desc' ? ordered.toReversed() : ordered).slice(offset, offset + limit)
  return { identities: page, totalCount: found.length }
}

function matches(identity: Identity, { name, role }: Filter): boolean {
  return fits(identity.name, name) && fits(identity.role, role)
}

function fits(text: string, wanted: Filter['name']): boolean {
  if (wanted === undefined) return true
  const { is, isOneOf, contains } = wanted
  const low = text.toLowerCase()
  return (
    (is === undefined || low === is.toLowerCase()) &&
    (isOneOf === undefined || isOneOf.some((one) => low === one.toLowerCase())) &&
    (contains === undefined || low.includes(contains.toLowerCase()))
  )
}

/** Throws `NotFound`. */
export async function getIdentity(ctx: Context, _actor: Actor, input: { identityId: string }): Promise<Identity> {
  return describeIdentity(ctx, await findIdentity(ctx.db, input.identityId))
}

/** Where an identity belongs: an instance has one organization. */
export async function getIdentityDetails({
  db,
}: Pick<Context, 'db'>): Promise<z.output<typeof schemas.identityDetails>> {
  const organization = await db.selectFrom('organizations').select(['id', 'name', 'slug']).executeTakeFirstOrThrow()
  return { organization }
}

/** Throws `NotFound`. */
export async function findIdentity(db: Context['db'] | Tx, identityId: string): Promise<Row> {
  const row = await db.selectFrom('identities').where('id', '=', identityId).selectAll().executeTakeFirst()
  if (!row) throw noSuchIdentity(identityId)
  return row
}

/**
 * The same, for a writer of the identity or of how it signs in: held until the transaction ends, so that of two who
 * delete or attach the same thing at once, the second sees what the first did. Throws `NotFound`.
 */
export async function lockIdentity(tx: Tx, identityId: string): Promise<Row> {
  const query = tx.selectFrom('identities').where('id', '=', identityId).selectAll()
  const row = await query.forNoKeyUpdate().executeTakeFirst()
  if (!row) throw noSuchIdentity(identityId)
  return row
}

const noSuchIdentity = (identityId: string): NotFound => new NotFound(`Identity with ID ${identityId} not found`)

/** A machine that may nothing yet, unless its role is `admin`. */
export async function createIdentity(
  ctx: Context,
  actor: Actor,
  { name, role }: z.output<typeof schemas.createIdentity>,
): Promise<Identity> {
  const at = timestamp(ctx)
  const row: Row = { id: randomUUID(), name, createdAt: at, updatedAt: at }
  await transactChecked(ctx, async (tx) => {
    await tx.insertInto('identities').values(row).execute()
    if (role === 'admin') await tx.insertInto('instanceAdmins').values({ principalId: row.id, createdAt: at }).execute()
    await audit(ctx, tx, actor, 'identity.create', null, { identityId: row.id, name, role })
  })
  return describeIdentity(ctx, row)
}

/** Throws `NotFound`. */
export async function updateIdentity(
  ctx: Context,
  actor: Actor,
  { identityId, name, role }: z.output<typeof schemas.updateIdentity>,
): Promise<Identity> {
  const at = timestamp(ctx)
  const afterCommit = await transactChecked(ctx, async (tx) => {
    const before = await lockIdentity(tx, identityId)
    if (name !== undefined) await amend(tx, 'identities', identityId, { name })
    await tx.updateTable('identities').set({ updatedAt: at }).where('id', '=', identityId).execute()
    if (role === 'admin') {
      await tx
        .insertInto('instanceAdmins')
        .values({ principalId: identityId, createdAt: at })
        .onConflict((conflict) => conflict.column('principalId').doNothing())
        .execute()
    } else if (role !== undefined) {
      await tx.deleteFrom('instanceAdmins').where('principalId', '=', identityId).execute()
    }
    await audit(ctx, tx, actor, 'identity.update', null, { identityId, from: before.name, name, role })
    return role === undefined || role === 'admin' ? null : ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit?.()
  return getIdentity(ctx, actor, { identityId })
}

/** With its client secrets, tokens and memberships: whatever it holds stops working at once. Throws `NotFound`. */
export async function deleteIdentity(
  ctx: Context,
  actor: Actor,
  { identityId }: { identityId: string },
): Promise<Identity> {
  const shown = await getIdentity(ctx, actor, { identityId })
  const afterCommit = await transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    await tx.deleteFrom('identities').where('id', '=', identityId).execute()
    await tx.deleteFrom('memberships').where('principalId', '=', identityId).execute()
    await tx.deleteFrom('instanceAdmins').where('principalId', '=', identityId).execute()
    await audit(ctx, tx, actor, 'identity.delete', null, { identityId, name: shown.name })
    return ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit()
  return shown
}

async function describeIdentity(ctx: Context, row: Row): Promise<Identity> {
  const { id: orgId } = await ctx.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
  const role = (await isInstanceAdmin(ctx.db, row.id)) ? 'admin' : 'no-access'
  const authMethods = (await authMethodsOf(ctx.db, [row.id])).get(row.id) ?? []
  return { ...row, orgId, role, authMethods }
}

/** How each identity signs in, by its id. */
export async function authMethodsOf(db: Context['db'], ids: readonly string[]): Promise<Map<string, string[]>> {
  const universal = await db.selectFrom('universalAuths').where('identityId', 'in', ids).select('identityId').execute()
  const federated = await db
    .selectFrom('federatedAuths')
    .where('identityId', 'in', ids)
    .select(['identityId', 'method'])
    .orderBy('method')
    .execute()
  const all = [...universal.map(({ identityId }) => ({ identityId, method: 'universal-auth' })), ...federated]
  const byIdentity = Map.groupBy(all, ({ identityId }) => identityId)
  return new Map([...byIdentity].map(([id, rows]) => [id, rows.map(({ method }) => method)]))
}
