/**
 * The token of an issuer becomes an access token. It is not used up: a pod's token is sent at every start of every
 * container.
 */
import type { FederatedAuthTable, Selectable } from '@keyferry/db'
import {
  anonymous,
  audit,
  auditRepeated,
  MAX_NAME_BYTES,
  shortened,
  transact,
  Unauthorized,
  Unavailable,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type { FederatedMethod } from '@keyferry/schemas'
import type * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { identityActor, newToken, removeOverTokens, type IssuedToken } from './access-tokens.ts'
import { settingsOf, type FederatedSettings } from './federated-auths.ts'
import { openReviewerToken } from './reviewer-token.ts'
import { checkIssuerToken, TokenRefused } from './issuer-token.ts'
import { NoAnswer } from './request-json.ts'
import { checkServiceAccount } from './service-account.ts'
import { FEDERATED_TOKEN_PREFIX } from './tokens.ts'

/**
 * Throws `Unauthorized`. An identity that does not sign in so and a token that its issuer did not sign get the same
 * words; for a token that the issuer signed, they name the claim. Throws `Unavailable` when the issuer or the cluster
 * does not answer. The audit log has the reason.
 */
export async function signInFederated(
  ctx: Context,
  method: FederatedMethod,
  { identityId, jwt }: z.output<typeof schemas.federatedLogin>,
  address: string | null,
): Promise<IssuedToken> {
  const auth = await ctx.db
    .selectFrom('federatedAuths')
    .innerJoin('identities', 'identities.id', 'federatedAuths.identityId')
    .where('federatedAuths.identityId', '=', identityId)
    .where('method', '=', method)
    .selectAll('federatedAuths')
    .select('identities.name')
    .executeTakeFirst()
  if (!auth) {
    // What has another form may be a token in the wrong field.
    const known = z.uuid().safeParse(identityId).success ? { identityId } : {}
    await auditFailure(ctx, method, 'unknown identity', known, address)
    throw new Unauthorized('Invalid credentials')
  }
  const settings = settingsOf(method, JSON.parse(auth.settings))
  let subject: string
  try {
    subject = await subjectOf(ctx, auth, settings, jwt)
  } catch (error) {
    if (!(error instanceof TokenRefused) && !(error instanceof NoAnswer)) throw error
    const problem = error instanceof NoAnswer ? error.message : error.problem
    await auditFailure(ctx, method, problem, { identityId: auth.identityId, name: auth.name }, address)
    if (error instanceof TokenRefused) throw new Unauthorized(error.message)
    ctx.log.warn({ part: 'sign-in', identityId: auth.identityId, method, problem }, 'a token could not be checked')
    throw new Unavailable('The token cannot be checked just now: its issuer does not answer. The audit log says why.')
  }
  const issued = await transact(ctx, (tx) => issue(ctx, tx, { auth, settings, subject, address }))
  if (issued) return issued
  await auditFailure(ctx, method, 'changed meanwhile', { identityId: auth.identityId, name: auth.name }, address)
  throw new Unauthorized('Invalid credentials')
}

type Auth = Selectable<FederatedAuthTable>

async function subjectOf(ctx: Context, auth: Auth, settings: FederatedSettings, jwt: string): Promise<string> {
  switch (settings.method) {
    case 'kubernetes-auth':
      return checkServiceAccount(ctx, settings, await openReviewerToken(ctx, auth), jwt)
    case 'oidc-auth': {
      const keys = { discovery: settings.oidcDiscoveryUrl, ca: settings.caCert }
      const expected = { keys, issuer: settings.boundIssuer, bounds: settings }
      return (await checkIssuerToken(ctx, jwt, expected)).sub ?? ''
    }
    case 'jwt-auth': {
      const keys =
        settings.configurationType === 'static'
          ? { given: settings.publicKeys }
          : { jwks: settings.jwksUrl, ca: settings.jwksCaCert }
      const expected = { keys, issuer: settings.boundIssuer, bounds: settings }
      return (await checkIssuerToken(ctx, jwt, expected)).sub ?? ''
    }
  }
}

interface Signed {
  auth: Auth
  settings: FederatedSettings
  subject: string
  address: string | null
}

/** Null when it was changed or detached while the issuer was asked. */
async function issue(
  ctx: Context,
  tx: Tx,
  { auth: { id, identityId, method, settings: checked }, settings, subject, address }: Signed,
): Promise<IssuedToken | null> {
  const now = await tx
    .selectFrom('federatedAuths')
    .where('id', '=', id)
    .select('settings')
    // It may be changed or detached at this moment.
    .forShare()
    .executeTakeFirst()
  if (now?.settings !== checked) return null
  const { token, issued } = newToken(ctx, FEDERATED_TOKEN_PREFIX, identityId, settings)
  await removeOverTokens(ctx, tx, 'federatedTokens', identityId)
  await tx
    .insertInto('federatedTokens')
    .values({ ...token, authId: id })
    .execute()
  await audit(ctx, tx, await identityActor(tx, identityId, address), 'identity.sign-in', null, {
    identityId,
    method,
    subject: shortened(subject, MAX_NAME_BYTES),
  })
  return issued
}

const auditFailure = (
  ctx: Context,
  method: FederatedMethod,
  problem: string,
  tried: { identityId?: string; name?: string },
  address: string | null,
): Promise<void> =>
  auditRepeated(ctx, {
    actor: anonymous(address),
    action: 'identity.sign-in-failed',
    subject: `${method} ${problem} ${tried.identityId ?? ''}`,
    known: tried.name !== undefined,
    details: { problem, method, ...tried },
  })
