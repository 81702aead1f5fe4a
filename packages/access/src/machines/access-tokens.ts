/**
 * The tokens that machines sign in for: issued, renewed, ended, and turned into an actor. Each way to sign in keeps its
 * own in a table of its own.
 */
import { randomUUID } from 'node:crypto'
import {
  amend,
  batchLoader,
  inList,
  keptQuery,
  REQUEST_TURNS,
  type AccessTokenTable,
  type Db,
  type Selectable,
  type Slot,
} from '@keyferry/db'
import {
  anonymous,
  audit,
  auditRepeated,
  timestamp,
  transact,
  Unauthorized,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { accessTokenSettings } from '@keyferry/schemas'
import type * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { isTrusted } from './addresses.ts'
import { findIdentity } from './identities.ts'
import { FEDERATED_TOKEN_PREFIX, randomToken } from './tokens.ts'

export type IssuedToken = z.output<typeof schemas.accessToken>
/** What the tables of tokens have in common. */
type Token = Omit<Selectable<AccessTokenTable>, 'clientSecretId'>

/** Milliseconds between two notes of a token's last use: one write per request would cost more than it is worth. */
const NOTED_EVERY_MS = 60_000

const tableOf = (accessToken: string) =>
  accessToken.startsWith(FEDERATED_TOKEN_PREFIX) ? ('federatedTokens' as const) : ('accessTokens' as const)

const settingsOfTokens = z.object(accessTokenSettings)
type TokenSettings = Pick<
  z.output<typeof settingsOfTokens>,
  'accessTokenTTL' | 'accessTokenMaxTTL' | 'accessTokenNumUsesLimit'
>

/** A token of `identityId` as it is kept, and as its machine gets it. */
export function newToken(
  ctx: Context,
  prefix: string,
  identityId: string,
  { accessTokenTTL, accessTokenMaxTTL, accessTokenNumUsesLimit }: TokenSettings,
): { token: Token; issued: IssuedToken } {
  const endsAt = later(ctx.now(), accessTokenMaxTTL)
  const accessToken = randomToken(prefix)
  const token: Token = {
    id: randomUUID(),
    identityId,
    hash: ctx.authority.hashToken(accessToken),
    ttl: accessTokenTTL,
    uses: 0,
    usesLimit: accessTokenNumUsesLimit,
    expiresAt: earlier(later(ctx.now(), accessTokenTTL), endsAt),
    endsAt,
    lastUsedAt: null,
    createdAt: timestamp(ctx),
  }
  return { token, issued: answer(ctx, accessToken, token) }
}

/** Nobody else tidies up after tokens that are over. */
export const removeOverTokens = (ctx: Context, tx: Tx, table: ReturnType<typeof tableOf>, identityId: string) =>
  tx.deleteFrom(table).where('identityId', '=', identityId).where('expiresAt', '<=', timestamp(ctx)).execute()

/**
 * Notes in the audit log that `token`, an access token or another bearer token, was refused: why, and whose it was as
 * far as that is known. Costs the store one reading, or two for one that it knows.
 */
export async function auditRefusedToken(ctx: Context, token: string, address: string | null): Promise<void> {
  const kept = await ctx.db
    .selectFrom(tableOf(token))
    .where('hash', 'in', ctx.authority.hashesOf(token))
    .select(['identityId', 'expiresAt', 'uses', 'usesLimit'])
    .executeTakeFirst()
  const machine =
    kept && (await ctx.db.selectFrom('identities').where('id', '=', kept.identityId).select('name').executeTakeFirst())
  const found = kept && machine && { ...kept, ...machine }
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

/** A machine as the audit log names it. */
export async function identityActor(
  db: Context['db'] | Tx,
  identityId: string,
  address: string | null,
): Promise<Actor> {
  const { name } = await findIdentity(db, identityId)
  return { kind: 'identity', id: identityId, name, ...(address === null ? {} : { address }) }
}

const notValid = (): Unauthorized => new Unauthorized('Token is not valid')

/** Longer life for a token that is still good, never past the longest. Throws `Unauthorized`. */
export async function renewToken(
  ctx: Context,
  { accessToken }: { accessToken: string },
  address: string | null,
): Promise<IssuedToken> {
  const token = await findToken(ctx, accessToken, address)
  if (!token) throw notValid()
  const expiresAt = earlier(later(ctx.now(), token.ttl), token.endsAt)
  await transact(ctx, async (tx) => {
    if (!(await amend(tx, tableOf(accessToken), token.id, { expiresAt }))) throw notValid()
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
      .deleteFrom(tableOf(accessToken))
      .where('hash', 'in', ctx.authority.hashesOf(accessToken))
      .returning('identityId')
      .executeTakeFirst()
    if (!ended) throw notValid()
    const { identityId } = ended
    await audit(ctx, tx, await identityActor(tx, identityId, address), 'identity.token-revoke', null, { identityId })
  })
  return { message: 'Successfully revoked access token' }
}

/**
 * Who sent `accessToken`; null when it is unknown, expired, used up or comes from an address it may not. `uses`: how
 * many it counts as.
 */
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
    if (!(await countUse(ctx, tableOf(accessToken), token.id))) return null
  } else if (token.lastUsedAt === null || ctx.now().getTime() - Date.parse(token.lastUsedAt) > NOTED_EVERY_MS) {
    await ctx.db
      .updateTable(tableOf(accessToken))
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', token.id)
      .execute()
  }
  return { kind: 'identity', id: token.identityId, name: token.name }
}

type TokenContext = Pick<Context, 'db' | 'authority' | 'now'>

/** Of several uses at once, no more than the limit are counted. */
function countUse(ctx: TokenContext, table: ReturnType<typeof tableOf>, tokenId: string): Promise<boolean> {
  return transact(ctx, async (tx) => {
    const token = await tx
      .selectFrom(table)
      .where('id', '=', tokenId)
      .select(['uses', 'usesLimit'])
      .forUpdate()
      .executeTakeFirst()
    if (!token || token.uses >= token.usesLimit) return false
    await tx
      .updateTable(table)
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', tokenId)
      .execute()
    return amend(tx, table, tokenId, { uses: token.uses + 1 })
  })
}

async function findToken(ctx: TokenContext, accessToken: string, address: string | null) {
  // The key of the hashes may have been rotated a moment ago.
  const token =
    (await tokenRow(ctx, accessToken)) ??
    ((await ctx.authority.refresh()) ? await tokenRow(ctx, accessToken) : undefined)
  if (!token || !isTrusted(settingsOfTokens.parse(JSON.parse(token.settings)).accessTokenTrustedIps, address))
    return null
  return token
}

function tokenRow(ctx: TokenContext, accessToken: string) {
  const rows = tableOf(accessToken) === 'federatedTokens' ? federatedToken : universalToken
  return rows(ctx.db, { hashes: ctx.authority.hashesOf(accessToken), now: timestamp(ctx) })
}

type Presented = { hashes: readonly string[]; now: string }

const universalRows = keptQuery((db, slot: Slot<Presented>) =>
  db
    .selectFrom('accessTokens')
    .innerJoin('identities', 'identities.id', 'accessTokens.identityId')
    .innerJoin('universalAuths', 'universalAuths.identityId', 'accessTokens.identityId')
    .where((eb) => inList(db, eb.ref('accessTokens.hash'), slot('hashes')))
    .where('accessTokens.expiresAt', '>', slot('now'))
    .select([
      'accessTokens.hash',
      'accessTokens.id',
      'accessTokens.identityId',
      'accessTokens.ttl',
      'accessTokens.usesLimit',
    ])
    .select(['accessTokens.endsAt', 'accessTokens.lastUsedAt', 'accessTokens.createdAt'])
    .select(['identities.name', 'universalAuths.settings']),
)

const federatedRows = keptQuery((db, slot: Slot<Presented>) =>
  db
    .selectFrom('federatedTokens')
    .innerJoin('identities', 'identities.id', 'federatedTokens.identityId')
    .innerJoin('federatedAuths', 'federatedAuths.id', 'federatedTokens.authId')
    .where((eb) => inList(db, eb.ref('federatedTokens.hash'), slot('hashes')))
    .where('federatedTokens.expiresAt', '>', slot('now'))
    .whereRef('federatedAuths.identityId', '=', 'federatedTokens.identityId')
    .select([
      'federatedTokens.hash',
      'federatedTokens.id',
      'federatedTokens.identityId',
      'federatedTokens.ttl',
      'federatedTokens.usesLimit',
    ])
    .select(['federatedTokens.endsAt', 'federatedTokens.lastUsedAt', 'federatedTokens.createdAt'])
    .select(['identities.name', 'federatedAuths.settings']),
)

const SHARED = { turns: REQUEST_TURNS }

/** Tokens that are presented at about the same time are found by one statement. */
const together = <R extends { hash: string }>(find: (db: Db, presented: Presented) => Promise<R[]>) =>
  batchLoader(async (db: Db, presented: readonly Presented[]) => {
    const rows = await find(db, {
      hashes: presented.flatMap(({ hashes }) => hashes),
      // The latest: none of them was presented later.
      now:
        presented
          .map(({ now }) => now)
          .sort()
          .at(-1) ?? '',
    })
    const byHash = new Map(rows.map((row) => [row.hash, row]))
    return ({ hashes }) => hashes.map((hash) => byHash.get(hash)).find((row) => row !== undefined)
  }, SHARED)

const universalToken = together(universalRows)
const federatedToken = together(federatedRows)

const answer = (
  ctx: Context,
  accessToken: string,
  { expiresAt, endsAt, createdAt }: Pick<Token, 'expiresAt' | 'endsAt' | 'createdAt'>,
): IssuedToken => ({
  accessToken,
  expiresIn: Math.round((Date.parse(expiresAt) - ctx.now().getTime()) / 1000),
  accessTokenMaxTTL: Math.round((Date.parse(endsAt) - Date.parse(createdAt)) / 1000),
  tokenType: 'Bearer',
})

/** ISO text, `seconds` after `time`. */
export const later = (time: Date, seconds: number): string => new Date(time.getTime() + seconds * 1000).toISOString()
const earlier = (a: string, b: string): string => (a < b ? a : b)
