/**
 * The tenant of the emulated vault in Microsoft Entra ID: its applications, and the endpoint that gives them tokens
 * (OAuth 2.0 client credentials with a secret or a signed assertion, 2026-11-28).
 */
import { createHash, randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'

/** What an access policy may allow. */
export type Right = 'list' | 'get' | 'set' | 'delete' | 'recover' | 'purge'

export interface App {
  clientId: string
  clientSecret: string
  rights: readonly Right[]
}

export interface Tenant {
  tenantId: string
  apps: {
    /** Everything, as the role Key Vault Secrets Officer gives it. */
    officer: App
    /** All that a sync needs except to read values. */
    writer: App
    reader: App
    stranger: App
  }
  /** The answer of `POST /{tenant}/oauth2/v2.0/token`. */
  token(request: ServedRequest, origin: string): Promise<ServedAnswer>
  /** Who a token is, or what is wrong with it: there is none, it is too old, or it is for another resource. */
  holderOf(header: string | undefined): App | 'missing' | 'expired' | 'audience'
  /** From now on the app proves itself with this certificate too. */
  trust(app: App, certificatePem: string): void
  /** Makes all tokens too old. */
  expireTokens(): void
}

export const RESOURCE = 'https://vault.azure.net'
const LIFETIME_S = 3599
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export function createTenant(): Tenant {
  const tenantId = randomUUID()
  const app = (rights: readonly Right[]): App => ({
    clientId: randomUUID(),
    // Real ones look like `abc8Q~…`, 40 characters.
    clientSecret: `emu8Q~${randomBytes(17).toString('hex')}`,
    rights,
  })
  const apps = {
    officer: app(['list', 'get', 'set', 'delete', 'recover', 'purge']),
    writer: app(['list', 'set', 'delete', 'recover']),
    reader: app(['list', 'get']),
    stranger: app([]),
  }
  const tokens = new Map<string, { app: App; audience: string; until: number }>()
  const certificates = new Map<App, X509Certificate>()

  const give = (holder: App, audience: string): ServedAnswer => {
    const token = randomBytes(24).toString('base64url')
    tokens.set(token, { app: holder, audience, until: Date.now() + LIFETIME_S * 1000 })
    const body = { token_type: 'Bearer', expires_in: LIFETIME_S, ext_expires_in: LIFETIME_S, access_token: token }
    return { status: 200, headers: { 'cache-control': 'no-store, no-cache' }, body }
  }

  return {
    tenantId,
    apps,
    async token(request, origin) {
      const form = new URLSearchParams(request.text)
      const wrong = refusalOf(request, form, tenantId)
      if (wrong) return wrong
      const clientId = form.get('client_id')
      const holder = Object.values(apps).find((one) => one.clientId === clientId)
      if (!holder)
        return refuse(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${clientId}' was not found in the directory 'Keyferry'.`,
        )
      if (form.get('client_assertion_type') === ASSERTION) {
        const isProved = await provesCertificate(form.get('client_assertion') ?? '', {
          clientId: holder.clientId,
          audience: `${origin}${request.path}`,
          certificate: certificates.get(holder),
        })
        if (!isProved)
          return refuse(
            401,
            'invalid_client',
            700027,
            'The certificate with identifier used to sign the client assertion is not registered on application.',
          )
      } else if (form.get('client_secret') !== holder.clientSecret) {
        return refuse(
          401,
          'invalid_client',
          7000215,
          `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
        )
      }
      return give(holder, audienceOf(form) ?? '')
    },
    holderOf(header) {
      const known = tokens.get(/^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '')
      if (!known) return 'missing'
      if (known.until <= Date.now()) return 'expired'
      return known.audience === RESOURCE ? known.app : 'audience'
    },
    trust: (holder, pem) => void certificates.set(holder, new X509Certificate(pem)),
    expireTokens() {
      for (const token of tokens.values()) token.until = 0
    },
  }
}

const audienceOf = (form: URLSearchParams): string | undefined =>
  /^(https:\/\/[^/]+)\/\.default$/.exec(form.get('scope') ?? '')?.[1]

/** What is wrong with a request for a token before the app is looked up; null for nothing. */
function refusalOf({ path, headers }: ServedRequest, form: URLSearchParams, tenantId: string): ServedAnswer | null {
  const [, tenant = ''] = path.split('/')
  if (tenant !== tenantId)
    return refuse(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    )
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  if (!isForm || !form.has('grant_type'))
    return refuse(
      400,
      'invalid_request',
      900144,
      "The request body must contain the following parameter: 'grant_type'.",
    )
  if (form.get('grant_type') !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.')
  if (audienceOf(form) === undefined)
    return refuse(
      400,
      'invalid_scope',
      1002012,
      'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
    )
  return null
}

async function provesCertificate(
  assertion: string,
  about: { clientId: string; audience: string; certificate: X509Certificate | undefined },
): Promise<boolean> {
  const { clientId, audience, certificate } = about
  if (!certificate) return false
  try {
    const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
    if (decodeProtectedHeader(assertion)['x5t#S256'] !== thumbprint) return false
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['RS256', 'PS256'],
      issuer: clientId,
      subject: clientId,
      audience,
      requiredClaims: ['exp', 'nbf', 'jti'],
    })
    return true
  } catch {
    return false
  }
}

function refuse(status: number, error: string, code: number, sentence: string): ServedAnswer {
  const [traceId, correlationId] = [randomUUID(), randomUUID()]
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`
  const description = `AADSTS${code}: ${sentence} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`
  return {
    status,
    body: {
      error,
      error_description: description,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  }
}
