/** Client id and secret become a token that lives a while; the token becomes an actor. */
import { randomUUID } from 'node:crypto'
import {
  amend,
  type AccessTokenTable,
  type ClientSecretTable,
  type Selectable,
  type UniversalAuthTable,
} from '@keyferry/db'
import {
  anonymous,
  audit,
  auditRepeated,
  Forbidden,
  timestamp,
  transact,
  Unauthorized,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { isTrusted } from './addresses.ts'
import { findIdentity } from './identities.ts'
import { ACCESS_TOKEN_PREFIX, randomToken } from './tokens.ts'
import { settingsOf } from './universal-auth.ts'

type Answer = z.output<typeof schemas.accessToken>
type Token = Selectable<AccessTokenTable>

/** Milliseconds between two notes of a token's last use: one write per request would cost the store more than it tells. */
const NOTED_EVERY_MS = 60_000

/** The same words for every wrong pair, so that trying tells nothing. */
const wrong = () => new Unauthorized('Invalid credentials')

/** For a client id that nobody has the same is done as for one that somebody has. */
const NOBODY: Selectable<UniversalAuthTable> = {
  identityId: '',
  clientId: '',
  settings: '{}',
  failures: 0,
  failedAt: null,
  lockedUntil: null,
  createdAt: '',
  updatedAt: '',
}

/**
 * Throws `Unauthorized`, always with the same words: for every wrong pair, and, after as many wrong secrets as the identity allows, for every
 * pair until its lock-out ends, which the audit log and `getUniversalAuth` show. With the right pair, `Forbidden` from an address it may not
 * sign in from.
 */
export async function signIn(
  ctx: Context,
  { clientId, clientSecret }: z.output<typeof schemas.universalAuthLogin>,
  address: string | null,
): Promise<Answer> {
  const hash = ctx.authority.hashToken(clientSecret)
  // What a failed try leaves behind must be committed, so it is not thrown inside.
  const result = await transact(ctx, async (tx): Promise<Answer | Error> => {
    const found = await tx
      .selectFrom('universalAuths')
      .where('clientId', '=', clientId)
      .selectAll()
      .forUpdate()
      .executeTakeFirst()
    const auth = found ?? NOBODY
    const settings = settingsOf(auth)
    const locked = settings.lockoutEnabled && auth.lockedUntil !== null && auth.lockedUntil > timestamp(ctx)
    const trusted = isTrusted(settings.clientSecretTrustedIps, address)
    const secret = await tx
      .selectFrom('clientSecrets')
      .where('identityId', '=', auth.identityId)
      .where('hash', '=', hash)
      .selectAll()
      .executeTakeFirst()
    if (locked || !secret || !isUsable(ctx, secret)) {
      // Nobody locks an identity out from where it does not sign in anyway.
      if (settings.lockoutEnabled && trusted && !locked) await countFailure(ctx, tx, auth, address)
      return wrong()
    }
    if (!trusted) return new Forbidden('This identity may not sign in from your address')
    await amend(tx, 'clientSecrets', secret.id, { uses: secret.uses + 1 })
    await tx
      .updateTable('clientSecrets')
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', secret.id)
      .execute()
    await tx
      .updateTable('universalAuths')
      .set({ failures: 0, failedAt: null, lockedUntil: null })
      .where('identityId', '=', auth.identityId)
      .execute()
    await audit(ctx, tx, await identityActor(tx, auth.identityId, address), 'identity.sign-in', null, {
      identityId: auth.identityId,
      clientSecretId: secret.id,
    })
    return issue(ctx, tx, auth, secret)
  })
  if (!(result instanceof Error)) return result
  await auditFailure(ctx, clientId, result instanceof Forbidden ? 'address' : 'client secret', address)
  throw result
}

async function auditFailure(ctx: Context, clientId: string, problem: string, address: string | null): Promise<void> {
  const tried = await ctx.db
    .selectFrom('universalAuths')
    .innerJoin('identities', 'identities.id', 'universalAuths.identityId')
    .where('clientId', '=', clientId)
    .select(['identities.id as identityId', 'identities.name'])
    .executeTakeFirst()
  // What has another form may be a client secret in the wrong field.
  const isId = z.uuid().safeParse(clientId).success
  await auditRepeated(ctx, {
    actor: anonymous(address),
    action: 'identity.sign-in-failed',
    subject: `${problem} ${isId ? clientId : ''}`,
    known: tried !== undefined,
    details: { problem, ...(tried ?? (isId ? { clientId } : {})) },
  })
}

/**
 * Notes in the audit log that `token`, an access token or another bearer token, was refused: why, and whose it was as far as that is known. Costs
 * the store one reading.
 */
export async function auditRefusedToken(ctx: Context, token: string, address: string | null): Promise<void> {
  const found = await ctx.db
    .selectFrom('accessTokens')
    .innerJoin('identities', 'identities.id', 'accessTokens.identityId')
    .where('accessTokens.hash', 'in', ctx.authority.hashesOf(token))
    .select(['identities.id as identityId', 'identities.name', 'expiresAt', 'uses', 'usesLimit'])
    .executeTakeFirst()
  const problem = !found
    ? 'unknown'
    : found.expiresAt <= timestamp(ctx)
      ? 'expired'
      : found.usesLimit > 0 && found.uses >= found.usesLimit
        ? 'used up'
        : 'address'
  await auditRepeated(ctx, {
    actor: anonymous(address),
    action: 'access.token-refused',
    subject: `${problem} ${found?.identityId}`,
    known: found !== undefined,
    details: { problem, ...(found ? { identityId: found.identityId, name: found.name } : {}) },
  })
}

async function identityActor(db: Context['db'] | Tx, identityId: string, address: string | null): Promise<Actor> {
  const { name } = await findIdentity(db, identityId)
  return { kind: 'identity', id: identityId, name, ...(address === null ? {} : { address }) }
}

/** Longer life for a token that is still good, never past the longest. Throws `Unauthorized`. */
export async function renewToken(
  ctx: Context,
  { accessToken }: { accessToken: string },
  address: string | null,
): Promise<Answer> {
  const token = await findToken(ctx, accessToken, address)
  if (!token) throw new Unauthorized('Token is not valid')
  const expiresAt = earlier(later(ctx.now(), token.ttl), token.endsAt)
  await transact(ctx, async (tx) => {
    await amend(tx, 'accessTokens', token.id, { expiresAt })
    const { identityId } = token
    await audit(ctx, tx, await identityActor(tx, identityId, address), 'identity.token-renew', null, { identityId })
  })
  return answer(ctx, accessToken, { ...token, expiresAt })
}

/** Throws `Unauthorized` for one that is not good any more. */
export async function revokeToken(
  ctx: Context,
  { accessToken }: { accessToken: string },
  address: string | null,
): Promise<{ message: string }> {
  await transact(ctx, async (tx) => {
    const ended = await tx
      .deleteFrom('accessTokens')
      .where('hash', 'in', ctx.authority.hashesOf(accessToken))
      .returning('identityId')
      .executeTakeFirst()
    if (!ended) throw new Unauthorized('Token is not valid')
    const { identityId } = ended
    await audit(ctx, tx, await identityActor(tx, identityId, address), 'identity.token-revoke', null, { identityId })
  })
  return { message: 'Successfully revoked access token' }
}

/** Who sent `accessToken`; null when it is unknown, expired, used up or comes from an address it may not. `uses`: how many it counts as. */
export async function actorOfToken(
  ctx: TokenContext,
  accessToken: string,
  address: string | null,
  { uses }: { uses: 0 | 1 },
): Promise<Actor | null> {
  const token = await findToken(ctx, accessToken, address)
  if (!token) return null
  if (uses === 0) return { kind: 'identity', id: token.identityId, name: token.name }
  if (token.usesLimit > 0) {
    if (!(await countUse(ctx, token.id))) return null
  } else if (token.lastUsedAt === null || ctx.now().getTime() - Date.parse(token.lastUsedAt) > NOTED_EVERY_MS) {
    await ctx.db
      .updateTable('accessTokens')
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', token.id)
      .execute()
  }
  return { kind: 'identity', id: token.identityId, name: token.name }
}

type TokenContext = Pick<Context, 'db' | 'authority' | 'now'>

/** Of several uses at once, no more than the limit are counted. */
function countUse(ctx: TokenContext, tokenId: string): Promise<boolean> {
  return transact(ctx, async (tx) => {
    const token = await tx
      .selectFrom('accessTokens')
      .where('id', '=', tokenId)
      .select(['uses', 'usesLimit'])
      .forUpdate()
      .executeTakeFirst()
    if (!token || token.uses >= token.usesLimit) return false
    await tx
      .updateTable('accessTokens')
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', tokenId)
      .execute()
    return amend(tx, 'accessTokens', tokenId, { uses: token.uses + 1 })
  })
}

async function findToken(ctx: TokenContext, accessToken: string, address: string | null) {
  // The key of the hashes may have been rotated a moment ago.
  const token =
    (await tokenRow(ctx, accessToken)) ??
    ((await ctx.authority.refresh()) ? await tokenRow(ctx, accessToken) : undefined)
  if (!token || !isTrusted(settingsOf(token).accessTokenTrustedIps, address)) return null
  return token
}

const tokenRow = (ctx: TokenContext, accessToken: string) =>
  ctx.db
    .selectFrom('accessTokens')
    .innerJoin('identities', 'identities.id', 'accessTokens.identityId')
    .innerJoin('universalAuths', 'universalAuths.identityId', 'accessTokens.identityId')
    .where('accessTokens.hash', 'in', ctx.authority.hashesOf(accessToken))
    .where('accessTokens.expiresAt', '>', timestamp(ctx))
    .select(['accessTokens.id', 'accessTokens.identityId', 'accessTokens.ttl', 'accessTokens.usesLimit'])
    .select(['accessTokens.endsAt', 'accessTokens.lastUsedAt', 'accessTokens.createdAt'])
    .select(['identities.name', 'universalAuths.settings'])
    .executeTakeFirst()

function isUsable(ctx: Context, secret: Selectable<ClientSecretTable>): boolean {
  if (secret.revoked === 1) return false
  if (secret.usesLimit > 0 && secret.uses >= secret.usesLimit) return false
  return secret.ttl === 0 || later(new Date(secret.createdAt), secret.ttl) > timestamp(ctx)
}

async function countFailure(
  ctx: Context,
  tx: Tx,
  auth: Selectable<UniversalAuthTable>,
  address: string | null,
): Promise<void> {
  const { lockoutThreshold, lockoutDurationSeconds, lockoutCounterResetSeconds } = settingsOf(auth)
  const fresh = auth.failedAt !== null && later(new Date(auth.failedAt), lockoutCounterResetSeconds) > timestamp(ctx)
  const failures = (fresh ? auth.failures : 0) + 1
  const locked = failures >= lockoutThreshold
  await tx
    .updateTable('universalAuths')
    .set({
      failures: locked ? 0 : failures,
      failedAt: timestamp(ctx),
      lockedUntil: locked ? later(ctx.now(), lockoutDurationSeconds) : null,
    })
    .where('identityId', '=', auth.identityId)
    .execute()
  if (!locked) return
  await audit(ctx, tx, await identityActor(tx, auth.identityId, address), 'identity.lock-out', null, {
    identityId: auth.identityId,
    seconds: lockoutDurationSeconds,
  })
}

async function issue(
  ctx: Context,
  tx: Tx,
  auth: Selectable<UniversalAuthTable>,
  secret: Selectable<ClientSecretTable>,
): Promise<Answer> {
  const settings = settingsOf(auth)
  const endsAt = later(ctx.now(), settings.accessTokenMaxTTL)
  const accessToken = randomToken(ACCESS_TOKEN_PREFIX)
  const token: Token = {
    id: randomUUID(),
    identityId: auth.identityId,
    clientSecretId: secret.id,
    hash: ctx.authority.hashToken(accessToken),
    ttl: settings.accessTokenTTL,
    uses: 0,
    usesLimit: settings.accessTokenNumUsesLimit,
    expiresAt: earlier(later(ctx.now(), settings.accessTokenTTL), endsAt),
    endsAt,
    lastUsedAt: null,
    createdAt: timestamp(ctx),
  }
  // Nobody else tidies up after tokens that are over.
  await tx
    .deleteFrom('accessTokens')
    .where('identityId', '=', auth.identityId)
    .where('expiresAt', '<=', timestamp(ctx))
    .execute()
  await tx.insertInto('accessTokens').values(token).execute()
  return answer(ctx, accessToken, token)
}

const answer = (
  ctx: Context,
  accessToken: string,
  { expiresAt, endsAt, createdAt }: Pick<Token, 'expiresAt' | 'endsAt' | 'createdAt'>,
): Answer => ({
  accessToken,
  expiresIn: Math.round((Date.parse(expiresAt) - ctx.now().getTime()) / 1000),
  accessTokenMaxTTL: Math.round((Date.parse(endsAt) - Date.parse(createdAt)) / 1000),
  tokenType: 'Bearer',
})

/** ISO text, `seconds` after `time`. */
const later = (time: Date, seconds: number): string => new Date(time.getTime() + seconds * 1000).toISOString()
const earlier = (a: string, b: string): string => (a < b ? a : b)
