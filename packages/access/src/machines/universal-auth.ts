/** How an identity signs in: a client id, and client secrets that are shown once and kept as hashes. */
import { randomUUID } from 'node:crypto'
import { amend, endRowsBefore, type ClientSecretTable, type Selectable, type UniversalAuthTable } from '@keyferry/db'
import {
  audit,
  backOffWindow,
  BadRequest,
  isBackOffOver,
  NotFound,
  refuseStale,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { LONGEST_LOCK_OUT_SECONDS, universalAuthSetting } from '@keyferry/schemas'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { findIdentity, lockIdentity } from './identities.ts'
import { makerOf, revokeClientSecrets } from './made-by-person.ts'
import { randomToken } from './tokens.ts'

type UniversalAuth = z.output<typeof schemas.universalAuth>
type ClientSecret = z.output<typeof schemas.clientSecret>
type Settings = z.output<typeof universalAuthSetting>
type Row = Selectable<UniversalAuthTable>

/** The stored settings of an identity. */
export const settingsOf = (row: Pick<Row, 'settings'>): Settings => universalAuthSetting.parse(JSON.parse(row.settings))

/** Until when nobody signs in with it; null while it is not locked out. */
export const lockedOutUntil = (ctx: Pick<Context, 'now'>, { lockedUntil }: Pick<Row, 'lockedUntil'>): string | null =>
  isBackOffOver(lockedUntil, backOffWindow(ctx, LONGEST_LOCK_OUT_SECONDS * 1000)) ? null : lockedUntil

/** Throws `NotFound`, and `BadRequest` when it has one, or when a token would outlive its longest life. */
export async function attachUniversalAuth(
  ctx: Context,
  actor: Actor,
  { identityId, ...settings }: z.output<typeof schemas.attachUniversalAuth>,
): Promise<UniversalAuth> {
  refuseTooLong(settings)
  const at = timestamp(ctx)
  await transactChecked(ctx, async (tx) => {
    const { name } = await lockIdentity(tx, identityId)
    const present = await tx
      .selectFrom('universalAuths')
      .where('identityId', '=', identityId)
      .select('clientId')
      .executeTakeFirst()
    if (present) throw new BadRequest(`Identity "${name}" has universal auth already; change it instead`)
    // What was taken out of the database meanwhile is not valid beside the new one.
    for (const table of ['accessTokens', 'clientSecrets', 'universalAuths'] as const)
      endRowsBefore(ctx.authority, table, { identityId })
    await tx
      .insertInto('universalAuths')
      .values({
        identityId,
        clientId: randomUUID(),
        settings: JSON.stringify(settings),
        failures: 0,
        failedAt: null,
        lockedUntil: null,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    await audit(ctx, tx, actor, 'identity.universal-auth.attach', null, { identityId, name })
  })
  return getUniversalAuth(ctx, actor, { identityId })
}

/** Throws `NotFound`. */
export async function getUniversalAuth(
  ctx: Context,
  _actor: Actor,
  { identityId }: { identityId: string },
): Promise<UniversalAuth> {
  const row = await findUniversalAuth(ctx.db, identityId)
  return {
    id: row.identityId,
    identityId,
    clientId: row.clientId,
    ...settingsOf(row),
    lockedUntil: lockedOutUntil(ctx, row),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}

/**
 * Holds for the next sign-in, and where tokens may come from at once. Throws like `attachUniversalAuth`, and `Conflict`
 * when it was changed since the caller read it.
 */
export async function updateUniversalAuth(
  ctx: Context,
  actor: Actor,
  { identityId, ifUpdatedAt, ...patch }: z.output<typeof schemas.updateUniversalAuth>,
): Promise<UniversalAuth> {
  await transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    const row = await findUniversalAuth(tx, identityId)
    refuseStale(ifUpdatedAt, row.updatedAt)
    const settings = universalAuthSetting.parse({ ...settingsOf(row), ...patch })
    refuseTooLong(settings)
    await amend(tx, 'universalAuths', identityId, { settings: JSON.stringify(settings) })
    await tx
      .updateTable('universalAuths')
      .set({ updatedAt: timestamp(ctx) })
      .where('identityId', '=', identityId)
      .execute()
    await audit(ctx, tx, actor, 'identity.universal-auth.update', null, { identityId, fields: Object.keys(patch) })
  })
  return getUniversalAuth(ctx, actor, { identityId })
}

/** With its client secrets and tokens. Throws `NotFound`. */
export async function detachUniversalAuth(
  ctx: Context,
  actor: Actor,
  { identityId }: { identityId: string },
): Promise<UniversalAuth> {
  const shown = await getUniversalAuth(ctx, actor, { identityId })
  await transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    await findUniversalAuth(tx, identityId)
    for (const table of ['accessTokens', 'clientSecrets', 'universalAuths'] as const) {
      await tx.deleteFrom(table).where('identityId', '=', identityId).execute()
    }
    await audit(ctx, tx, actor, 'identity.universal-auth.detach', null, { identityId })
  })
  return shown
}

/** The secret itself is in this answer only. Throws `NotFound`. */
export async function createClientSecret(
  ctx: Context,
  actor: Actor,
  { identityId, description, numUsesLimit, ttl }: z.output<typeof schemas.createClientSecret>,
): Promise<{ clientSecret: string; clientSecretData: ClientSecret }> {
  const secret = randomToken()
  const at = timestamp(ctx)
  const made = {
    id: randomUUID(),
    identityId,
    description,
    prefix: secret.slice(0, 4),
    hash: ctx.authority.hashToken(secret),
    uses: 0,
    usesLimit: numUsesLimit,
    ttl,
    revoked: 0,
    lastUsedAt: null,
    createdAt: at,
    updatedAt: at,
  }
  const row = await transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    await findUniversalAuth(tx, identityId)
    const row: Selectable<ClientSecretTable> = { ...made, createdBy: await makerOf(tx, actor) }
    await tx.insertInto('clientSecrets').values(row).execute()
    await audit(ctx, tx, actor, 'identity.client-secret.create', null, {
      identityId,
      clientSecretId: row.id,
      description,
    })
    return row
  })
  return { clientSecret: secret, clientSecretData: describeClientSecret(row) }
}

/** Newest first, those that are revoked too. Throws `NotFound`. */
export async function listClientSecrets(
  ctx: Context,
  _actor: Actor,
  { identityId }: { identityId: string },
): Promise<ClientSecret[]> {
  await findUniversalAuth(ctx.db, identityId)
  const rows = await ctx.db
    .selectFrom('clientSecrets')
    .where('identityId', '=', identityId)
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(describeClientSecret)
}

interface OneSecret {
  identityId: string
  clientSecretId: string
}

/** Throws `NotFound`. */
export async function getClientSecret(ctx: Context, _actor: Actor, input: OneSecret): Promise<ClientSecret> {
  return describeClientSecret(await findClientSecret(ctx.db, input))
}

/** The tokens it gave out stop working at once. Throws `NotFound`. */
export async function revokeClientSecret(ctx: Context, actor: Actor, input: OneSecret): Promise<ClientSecret> {
  await transactChecked(ctx, async (tx) => {
    await findClientSecret(tx, input)
    await revokeClientSecrets(ctx, tx, actor, [input])
  })
  return getClientSecret(ctx, actor, input)
}

async function findUniversalAuth(db: Context['db'] | Tx, identityId: string): Promise<Row> {
  const row = await db.selectFrom('universalAuths').where('identityId', '=', identityId).selectAll().executeTakeFirst()
  if (row) return row
  const { name } = await findIdentity(db, identityId)
  throw new NotFound(`Identity "${name}" has no universal auth; attach it first`)
}

async function findClientSecret(db: Context['db'] | Tx, { identityId, clientSecretId }: OneSecret) {
  const row = await db
    .selectFrom('clientSecrets')
    .where('identityId', '=', identityId)
    .where('id', '=', clientSecretId)
    .selectAll()
    .executeTakeFirst()
  if (!row) throw new NotFound(`Client secret with ID ${clientSecretId} not found`)
  return row
}

function refuseTooLong({ accessTokenTTL, accessTokenMaxTTL }: Settings): void {
  if (accessTokenTTL > accessTokenMaxTTL) throw new BadRequest('Access token TTL cannot be greater than max TTL')
}

const describeClientSecret = (row: Selectable<ClientSecretTable>): ClientSecret => ({
  id: row.id,
  identityUAId: row.identityId,
  description: row.description,
  clientSecretPrefix: row.prefix,
  clientSecretNumUses: row.uses,
  clientSecretNumUsesLimit: row.usesLimit,
  clientSecretTTL: row.ttl,
  isClientSecretRevoked: row.revoked === 1,
  clientSecretLastUsedAt: row.lastUsedAt,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
})
