/** How an identity signs in with tokens that somebody else issues: attached, read, changed and detached. */
import { randomUUID } from 'node:crypto'
import { amend, type FederatedAuthTable, type Selectable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  Invalid,
  NotFound,
  refuseStale,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { jwtAuthSetting, kubernetesAuthSetting, oidcAuthSetting, type FederatedMethod } from '@keyferry/schemas'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { findIdentity, lockIdentity } from './identities.ts'
import { sealReviewerToken } from './reviewer-token.ts'
import { parseKeys } from './signing-keys.ts'

type Row = Selectable<FederatedAuthTable>
type OidcSettings = z.output<typeof oidcAuthSetting>
type JwtSettings = z.output<typeof jwtAuthSetting>
type KubernetesSettings = z.output<typeof kubernetesAuthSetting>

/** Whose tokens, which of them, and the access tokens that they get; by the way to sign in. */
export type FederatedSettings =
  | ({ method: 'oidc-auth' } & OidcSettings)
  | ({ method: 'jwt-auth' } & JwtSettings)
  | ({ method: 'kubernetes-auth' } & KubernetesSettings)

/** For people. */
const NAMES: Record<FederatedMethod, string> = {
  'oidc-auth': 'OIDC auth',
  'jwt-auth': 'JWT auth',
  'kubernetes-auth': 'Kubernetes auth',
}

/** As they are kept. Throws `Invalid` for a set that breaks a rule, which names the field. */
export function settingsOf(method: FederatedMethod, settings: unknown): FederatedSettings {
  switch (method) {
    case 'oidc-auth':
      return { method, ...checked(oidcAuthSetting, settings) }
    case 'jwt-auth': {
      const auth = checked(jwtAuthSetting, settings)
      parseKeys(auth.publicKeys)
      return { method, ...auth }
    }
    case 'kubernetes-auth': {
      const auth = checked(kubernetesAuthSetting, settings)
      if (auth.clusterJwks !== '') parseKeys([auth.clusterJwks], 'clusterJwks')
      return { method, ...auth }
    }
  }
}

function checked<T extends z.ZodType<{ accessTokenTTL: number; accessTokenMaxTTL: number }>>(
  schema: T,
  settings: unknown,
): z.output<T> {
  const { data, error } = schema.safeParse(settings)
  if (error) throw new Invalid(error.issues)
  if (data.accessTokenTTL > data.accessTokenMaxTTL)
    throw new BadRequest('Access token TTL cannot be greater than max TTL')
  return data
}

/** `reviewerToken`: what a cluster is asked with; null or empty for none. */
interface Change {
  identityId: string
  settings: Readonly<Record<string, unknown>>
  reviewerToken?: string | null | undefined
}

/** Throws `NotFound`, `Invalid`, and `BadRequest` when it has one. */
export async function attach(
  ctx: Context,
  actor: Actor,
  method: FederatedMethod,
  { identityId, settings, reviewerToken = null }: Change,
): Promise<Row> {
  const { method: _, ...kept } = settingsOf(method, settings)
  const id = randomUUID()
  const sealed = await sealReviewerToken(ctx, id, reviewerToken)
  const at = timestamp(ctx)
  await transactChecked(ctx, async (tx) => {
    const { name } = await lockIdentity(tx, identityId)
    const present = await rowOf(tx, method, identityId)
    if (present) throw new BadRequest(`Identity "${name}" has ${NAMES[method]} already; change it instead`)
    await tx
      .insertInto('federatedAuths')
      .values({
        id,
        identityId,
        method,
        settings: JSON.stringify(kept),
        reviewerToken: sealed,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    await audit(ctx, tx, actor, 'identity.federated-auth.attach', null, { identityId, name, method, ...shown(kept) })
  })
  return findFederatedAuth(ctx.db, method, identityId)
}

/**
 * Holds for the next sign-in, and where tokens may come from at once. Throws like `attach`, and `Conflict` when it was
 * changed since the caller read it.
 */
export async function update(
  ctx: Context,
  actor: Actor,
  method: FederatedMethod,
  { identityId, ifUpdatedAt, settings: patch, reviewerToken }: Change & { ifUpdatedAt?: string | undefined },
): Promise<Row> {
  const { id } = await findFederatedAuth(ctx.db, method, identityId)
  const sealed = reviewerToken === undefined ? undefined : await sealReviewerToken(ctx, id, reviewerToken)
  await transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    const row = await findFederatedAuth(tx, method, identityId)
    refuseStale(ifUpdatedAt, row.updatedAt)
    const { method: _, ...kept } = settingsOf(method, { ...settingsOf(method, JSON.parse(row.settings)), ...patch })
    const changed = { settings: JSON.stringify(kept), ...(sealed === undefined ? {} : { reviewerToken: sealed }) }
    await amend(tx, 'federatedAuths', row.id, changed)
    await tx
      .updateTable('federatedAuths')
      .set({ updatedAt: timestamp(ctx) })
      .where('id', '=', row.id)
      .execute()
    const fields = [...Object.keys(patch), ...(sealed === undefined ? [] : ['tokenReviewerJwt'])]
    await audit(ctx, tx, actor, 'identity.federated-auth.update', null, { identityId, method, fields, ...shown(kept) })
  })
  return findFederatedAuth(ctx.db, method, identityId)
}

/** With its access tokens. Throws `NotFound`. */
export async function detach(ctx: Context, actor: Actor, method: FederatedMethod, identityId: string): Promise<Row> {
  return transactChecked(ctx, async (tx) => {
    await lockIdentity(tx, identityId)
    const row = await findFederatedAuth(tx, method, identityId)
    await tx.deleteFrom('federatedTokens').where('authId', '=', row.id).execute()
    await tx.deleteFrom('federatedAuths').where('id', '=', row.id).execute()
    await audit(ctx, tx, actor, 'identity.federated-auth.detach', null, { identityId, method })
    return row
  })
}

/** Throws `NotFound`. */
export async function findFederatedAuth(
  db: Context['db'] | Tx,
  method: FederatedMethod,
  identityId: string,
): Promise<Row> {
  const row = await rowOf(db, method, identityId)
  if (row) return row
  const { name } = await findIdentity(db, identityId)
  throw new NotFound(`Identity "${name}" has no ${NAMES[method]}; attach it first`)
}

const rowOf = (db: Context['db'] | Tx, method: FederatedMethod, identityId: string): Promise<Row | undefined> =>
  db
    .selectFrom('federatedAuths')
    .where('identityId', '=', identityId)
    .where('method', '=', method)
    .selectAll()
    .executeTakeFirst()

/** What the audit log keeps of the settings: whose tokens, and which of them. */
const SHOWN = [
  'oidcDiscoveryUrl',
  'jwksUrl',
  'kubernetesHost',
  'boundIssuer',
  'boundAudiences',
  'boundSubject',
  'boundClaims',
  'allowedNamespaces',
  'allowedNames',
  'allowedAudience',
]
const shown = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => SHOWN.includes(name)))

const kept = ({ id, identityId, createdAt, updatedAt }: Row) => ({ id, identityId, createdAt, updatedAt })

export const describeOidcAuth = (row: Row): z.output<typeof schemas.oidcAuth> => ({
  ...kept(row),
  ...checked(oidcAuthSetting, JSON.parse(row.settings)),
})
export const describeJwtAuth = (row: Row): z.output<typeof schemas.jwtAuth> => ({
  ...kept(row),
  ...checked(jwtAuthSetting, JSON.parse(row.settings)),
})
export const describeKubernetesAuth = (row: Row): z.output<typeof schemas.kubernetesAuth> => ({
  ...kept(row),
  ...checked(kubernetesAuthSetting, JSON.parse(row.settings)),
  tokenReviewerJwt: null,
  hasTokenReviewerJwt: row.reviewerToken !== null,
})
