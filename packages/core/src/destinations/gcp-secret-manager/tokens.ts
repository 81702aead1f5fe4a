/**
 * Tokens of a Google service account: the exchange of an assertion that its key signs, and impersonation of another
 * account with it (Google's OAuth 2.0 and IAM Credentials references, 2026-11-28). An assertion is always exchanged:
 * whether regional hosts take one as it is, is not documented.
 */
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { bearer, noAuthorization } from '../shared/http/authorization.ts'
import type { CredentialsOf, Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import type { Token } from '../shared/http/token-source.ts'
import type { gcpMethods } from './credentials.ts'
import { endpointOf } from './hosts.ts'
import { readKey } from './key-file.ts'

type Credentials = CredentialsOf<typeof gcpMethods>

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const LIFETIME_S = 3_600

/** A fresh token. Throws `auth` with what is wrong with the key, or with the right to impersonate. */
export async function fetchToken(credentials: Credentials, door: Http): Promise<Token> {
  const own = await exchange(credentials, door)
  return credentials.method === 'service-account-key' ? own : impersonate(credentials, own, door)
}

const exchanged = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

async function exchange(credentials: Credentials, door: Http): Promise<Token> {
  const key = readKey(credentials.serviceAccountKey)
  const host = endpointOf(credentials, 'oauth2')
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id })
    .setIssuer(key.client_email)
    .setAudience(`${host}/token`)
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_S} s`)
    .sign(createPrivateKey(key.private_key))
  const answer = await door.at(host).request({
    method: 'POST',
    path: '/token',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    repeatable: true,
    authorization: noAuthorization,
    classify: exchangeMeaning,
  })
  const { success, data } = exchanged.safeParse(answer.body)
  if (!success) throw new DestinationError('unavailable', 'Google returned no token')
  return { value: data.access_token, expiresInMs: data.expires_in * 1_000 }
}

const refusal = z.object({ error: z.string() })

/** None of the answer's own words is shown: the request carried a proof. */
function exchangeMeaning({ status, body }: HttpAnswer): Meaning {
  const code = refusal.safeParse(body).data?.error
  if (status !== 400 || code === undefined || !CREDENTIAL_PROBLEMS.has(code)) return { quotesValues: true }
  const message =
    "Google does not accept the key of the service account: it was deleted or disabled, or this server's clock is wrong"
  return { kind: 'auth', message, code, quotesValues: true }
}

const CREDENTIAL_PROBLEMS = new Set(['invalid_grant', 'invalid_client', 'invalid_scope', 'unauthorized_client'])

const impersonated = z.object({ accessToken: z.string().min(1), expireTime: z.iso.datetime() })

async function impersonate(
  credentials: Extract<Credentials, { method: 'service-account-impersonation' }>,
  own: Token,
  door: Http,
): Promise<Token> {
  const { serviceAccountEmail: email } = credentials
  const answer = await door.at(endpointOf(credentials, 'iamcredentials')).request({
    method: 'POST',
    path: `/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`,
    body: { delegates: [], scope: [SCOPE], lifetime: `${LIFETIME_S}s` },
    repeatable: true,
    authorization: bearer(own.value),
    classify: ({ status }) => {
      if (status !== 403 && status !== 404) return { quotesValues: true }
      const message = `the service account of the key can’t impersonate ${email}, or that account doesn’t exist. Grant it the role Service Account Token Creator on that account`
      return { kind: 'auth', message, quotesValues: true }
    },
  })
  const { success, data } = impersonated.safeParse(answer.body)
  if (!success) throw new DestinationError('unavailable', 'Google returned no token')
  return { value: data.accessToken, expiresInMs: Math.max(Date.parse(data.expireTime) - Date.now(), 0) }
}
