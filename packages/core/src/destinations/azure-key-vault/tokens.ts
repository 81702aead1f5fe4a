/**
 * Tokens of Microsoft Entra ID for an application: OAuth 2.0 client credentials, with a secret or with an assertion
 * that its certificate signs (Microsoft identity platform, 2026-11-28).
 */
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { noAuthorization } from '../shared/http/authorization.ts'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import type { Token } from '../shared/http/token-source.ts'
import { cloudOf } from './clouds.ts'

interface App {
  tenantId: string
  clientId: string
  authorityHost: string
}

export type AppCredentials =
  | (App & { method: 'client-secret'; clientSecret: string })
  | (App & { method: 'certificate'; certificateBody: string; privateKey: string })

const granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

/** A fresh token for the vaults of the tenant. Throws `auth` with what is wrong with the credential. */
export async function fetchToken(credentials: AppCredentials, door: Http): Promise<Token> {
  const { tenantId, clientId, authorityHost } = credentials
  const path = `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`
  const answer = await door.request({
    method: 'POST',
    path,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${cloudOf(authorityHost).resource}/.default`,
      ...(await proofOf(credentials, `${authorityHost}${path}`)),
    }),
    repeatable: true,
    authorization: noAuthorization,
    classify: meaningOf,
  })
  const { success, data } = granted.safeParse(answer.body)
  if (!success) throw new DestinationError('unavailable', 'Microsoft Entra ID returned no token')
  return { value: data.access_token, expiresInMs: data.expires_in * 1_000 }
}

async function proofOf(credentials: AppCredentials, audience: string): Promise<Record<string, string>> {
  if (credentials.method === 'client-secret') return { client_secret: credentials.clientSecret }
  const { clientId, certificateBody, privateKey } = credentials
  const { raw } = new X509Certificate(certificateBody)
  const thumbprint = Buffer.from(await crypto.subtle.digest('SHA-256', raw)).toString('base64url')
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setNotBefore('0 s')
    .setExpirationTime('5 m')
    .sign(createPrivateKey(privateKey))
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

const refusal = z.object({ error_codes: z.array(z.number()).min(1) })

const REMEDIES = new Map([
  [7000215, "the client secret is not valid; use the secret's value, not its ID"],
  [7000222, 'the client secret has expired; create a new one for the application'],
  [700016, 'the tenant has no application with this client ID'],
  [90002, 'there is no tenant with this ID'],
  [700027, 'the certificate is not one of the application; upload it in Microsoft Entra ID'],
  [700024, "the assertion is outside its time; check this server's clock"],
])

/** None of the answer's own words is shown: the request carried the credential. */
function meaningOf({ status, body }: HttpAnswer): Meaning {
  const [code] = refusal.safeParse(body).data?.error_codes ?? []
  if (code === undefined || status >= 500 || status === 429) return { quotesValues: true }
  const message = REMEDIES.get(code) ?? `Microsoft Entra ID refuses the application (AADSTS${code})`
  return { kind: 'auth', message, code: `AADSTS${code}`, quotesValues: true }
}
