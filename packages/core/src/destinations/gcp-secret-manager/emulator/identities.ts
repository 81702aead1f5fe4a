/**
 * The service accounts of the emulated projects, and the two endpoints that give them tokens: the exchange of a signed
 * assertion, and impersonation (Google's OAuth 2.0 and IAM Credentials references, 2026-11-28).
 */
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { z } from 'zod'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { Refused } from './refused.ts'

export interface ServiceAccount {
  email: string
  /** The file of its key, as JSON. */
  key: string
  /** Such as `secretmanager.secrets.list`, in every project that it knows. */
  permissions: readonly string[]
  /** Emails of the accounts that it may impersonate. */
  impersonates: readonly string[]
}

export interface Identities {
  accounts: {
    manager: ServiceAccount
    /** All that a sync needs except to read values. */
    writer: ServiceAccount
    stranger: ServiceAccount
    /** May do nothing, and impersonate the manager. */
    deputy: ServiceAccount
  }
  /** Who a bearer token is. Throws `UNAUTHENTICATED`. */
  holderOf(header: string | undefined): Promise<ServiceAccount>
  /** The answer of `POST /token`. */
  exchange(request: ServedRequest, origin: string): Promise<ServedAnswer>
  /** The answer of `…:generateAccessToken`. */
  impersonate(email: string, request: ServedRequest, caller: ServiceAccount): ServedAnswer
  /** Makes all tokens too old. */
  expireTokens(): void
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const AUDIENCE = 'https://secretmanager.googleapis.com/'
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const LIFETIME_S = 3600
const PROJECT = 'keyferry-demo'

const WRITES = ['secrets.list', 'secrets.get', 'secrets.create', 'secrets.update', 'secrets.delete', 'versions.add']
const DESTROYS = ['versions.destroy', 'versions.disable', 'versions.enable', 'versions.list', 'versions.get']
const named = (permissions: readonly string[]): string[] => permissions.map((name) => `secretmanager.${name}`)
const PICKS = ['resourcemanager.projects.get', 'serviceusage.services.get', ...named(['locations.list'])]

/** Making one takes long, and which it is doesn't matter. */
let keys: { publicKey: string; privateKey: string } | undefined
const keyPair = () =>
  (keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }))

function serviceAccount(
  name: string,
  permissions: readonly string[],
  impersonates: readonly string[] = [],
): ServiceAccount {
  const email = emailOf(name)
  const key = {
    type: 'service_account',
    project_id: PROJECT,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: keyPair().privateKey,
    client_email: email,
    client_id: '100000000000000000001',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: TOKEN_URL,
    universe_domain: 'googleapis.com',
  }
  return { email, key: JSON.stringify(key), permissions, impersonates }
}

/** Verifies what an account signed: the signer and the claims, or null. */
function signatures(accounts: readonly ServiceAccount[]) {
  const byKeyId = new Map(accounts.map((one) => [keyFile.parse(JSON.parse(one.key)).private_key_id, one]))
  const publicKey = createPublicKey(keyPair().publicKey)
  return async (jwt: string, audience?: string[]) => {
    try {
      const signer = byKeyId.get(decodeProtectedHeader(jwt).kid ?? '')
      if (!signer) return null
      const { payload } = await jwtVerify(jwt, publicKey, {
        algorithms: ['RS256'],
        issuer: signer.email,
        requiredClaims: ['iat', 'exp'],
        ...(audience && { audience }),
      })
      const isShort = (payload.exp ?? 0) - (payload.iat ?? 0) <= LIFETIME_S
      return isShort ? { signer, payload } : null
    } catch {
      return null
    }
  }
}

/** Service accounts with different permissions, all with the same key. */
export function createIdentities(): Identities {
  const accounts = {
    manager: serviceAccount('manager', [...named([...WRITES, ...DESTROYS, 'versions.access']), ...PICKS]),
    writer: serviceAccount('writer', [...named([...WRITES, ...DESTROYS]), ...PICKS]),
    stranger: serviceAccount('stranger', []),
    deputy: serviceAccount('deputy', [], [emailOf('manager')]),
  }
  const tokens = new Map<string, { account: ServiceAccount; until: number }>()
  const signerOf = signatures(Object.values(accounts))

  const give = (holder: ServiceAccount, seconds: number): string => {
    const token = `ya29.${randomBytes(48).toString('base64url')}`
    tokens.set(token, { account: holder, until: Date.now() + seconds * 1000 })
    return token
  }
  return {
    accounts,
    async holderOf(header) {
      const token = /^Bearer (.+)$/.exec(header ?? '')?.[1] ?? ''
      const known = tokens.get(token)
      if (known && known.until > Date.now()) return known.account
      // Secret Manager takes what an account signs itself, for itself or for the usual scope.
      const signed = await signerOf(token)
      const isForUs = signed?.payload.scope === SCOPE || signed?.payload.aud === AUDIENCE
      if (signed && isForUs && signed.payload.sub === signed.signer.email) return signed.signer
      throw new Refused(
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
      )
    },
    async exchange({ text, headers }, origin) {
      const form = new URLSearchParams(text)
      const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
      if (!isForm || form.get('grant_type') !== GRANT)
        return oauthError('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`)
      const signed = await signerOf(form.get('assertion') ?? '', [TOKEN_URL, `${origin}/token`])
      if (!signed) return oauthError('invalid_grant', 'Invalid JWT Signature.')
      if (signed.payload.scope !== SCOPE)
        return oauthError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
      const body = {
        access_token: give(signed.signer, LIFETIME_S),
        expires_in: LIFETIME_S - 1,
        token_type: 'Bearer',
      }
      return { status: 200, body }
    },
    impersonate(email, request, caller) {
      const target = Object.values(accounts).find((one) => one.email === email)
      if (!target || !caller.impersonates.includes(email)) {
        throw new Refused(
          'PERMISSION_DENIED',
          "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        )
      }
      const { success, data } = wanted.safeParse(parsed(request.text))
      if (!success) throw new Refused('INVALID_ARGUMENT', 'Request contains an invalid argument.')
      const seconds = Number(data.lifetime.slice(0, -1))
      if (seconds > LIFETIME_S)
        throw new Refused('INVALID_ARGUMENT', 'The access token lifetime cannot exceed 3600 seconds.')
      const expireTime = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, '')
      return { status: 200, body: { accessToken: give(target, seconds), expireTime } }
    },
    expireTokens() {
      for (const token of tokens.values()) token.until = 0
    },
  }
}

const emailOf = (name: string): string => `${name}@${PROJECT}.iam.gserviceaccount.com`

const keyFile = z.object({ private_key_id: z.string() })
const wanted = z.strictObject({
  delegates: z.array(z.string()).max(0).default([]),
  scope: z.tuple([z.literal(SCOPE)]),
  lifetime: z
    .string()
    .regex(/^\d+s$/)
    .default('3600s'),
})

const oauthError = (error: string, description: string): ServedAnswer => ({
  status: 400,
  body: { error, error_description: description },
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
