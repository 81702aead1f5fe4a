/** How Vault and OpenBao are reached, and who calls (Vault's API documents and OpenBao's source, 2026-11-28). */
import { z } from 'zod'
import { fixedHeaders } from '../shared/http/authorization.ts'
import { type CredentialsOf, defineConnection, type Meaning, type Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import { field } from '../destination.ts'
import { addressField, caField, tokenField } from '../fields.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { pathText } from './path-text.ts'
import { tokenAuthorization } from '../shared/http/token-source.ts'

const place = {
  instanceUrl: addressField('https://vault.example.com:8200', { label: 'Instance URL' }),
  namespace: z
    .string()
    .trim()
    .max(255, 'Namespace must be at most 255 characters')
    .regex(/^[\x21-\x7e]*$/, 'Namespace must not contain white space or characters outside ASCII')
    .overwrite((text) => text.replaceAll(/^\/+|\/+$/g, ''))
    .default('')
    .meta(
      field({
        label: 'Namespace',
        placeholder: 'team/sub',
        help: 'Only for Vault Enterprise, HCP Vault (admin) and OpenBao with namespaces.',
      }),
    ),
  caCertificate: caField,
}

const methods = {
  'access-token': {
    title: 'Token',
    help: 'Create a token whose policy grants create, read, update and patch on the path of the secret, such as secret/data/app.',
    credentials: z.object({ ...place, accessToken: tokenField({ label: 'Token', placeholder: 'hvs.…' }) }),
  },
  'app-role': {
    title: 'AppRole',
    help: 'Create a role of the auth method AppRole whose policy grants create, read, update and patch on the path of the secret. A secret ID for one use only ends with the first run.',
    credentials: z.object({
      ...place,
      roleId: tokenField({ label: 'Role ID', secret: false }),
      secretId: tokenField({ label: 'Secret ID' }),
      authMount: pathText('Auth mount')
        .default('approle')
        .meta(field({ label: 'Auth mount', help: 'Where the auth method AppRole is mounted.' })),
    }),
  },
}

export type VaultCredentials = CredentialsOf<typeof methods>

export const vaultConnection = defineConnection({
  app: 'hashicorp-vault',
  title: 'HashiCorp Vault',
  methods,
  baseUrl: ({ instanceUrl }) => instanceUrl,
  ca: ({ caCertificate }) => caCertificate || undefined,
  authorization: (credentials, door) =>
    credentials.method === 'access-token'
      ? fixedHeaders({ 'x-vault-token': credentials.accessToken })
      : tokenAuthorization(
          credentials,
          () => login(door, credentials),
          (token) => ({ 'x-vault-token': token }),
        ),
  classify,
  check: checkVault,
})

/** Headers that say where and how, beside the token. Agents and proxies insist on the second. */
export const vaultHeaders = ({ namespace }: { namespace: string }): Record<string, string> => ({
  'x-vault-request': 'true',
  ...(namespace === '' ? {} : { 'x-vault-namespace': namespace }),
})

const failed = z.object({ errors: z.array(z.string()) })

/** The words of an error body, or null where the answer is not Vault's. An absent document has none: `[]`. */
export const errorsOf = (body: unknown): readonly string[] | null => failed.safeParse(body).data?.errors ?? null

/** A policy that lacks the right; a wrong or ended token has other words. */
export const isPolicyDenial = (status: number, body: unknown): boolean =>
  status === 403 && errorsOf(body)?.[0]?.startsWith('1 error occurred:') === true

/** Vault never answers 401: a token that is wrong, has ended or is of another namespace is a 403. */
function classify({ status, body }: HttpAnswer): Meaning | null {
  const words = errorsOf(body)?.join(' ') ?? ''
  if (isPolicyDenial(status, body)) return { kind: 'auth', code: DENIED }
  // Half of a body: which of the two it is isn't known.
  if (status === 403 && typeof body === 'string' && body.startsWith('{')) return { kind: 'unavailable' }
  if (status === 403) {
    return {
      kind: 'expired',
      message: 'Vault does not accept the token: it is wrong, has ended, or is of another namespace',
    }
  }
  // A read replica that is behind (Vault Enterprise).
  if (status === 412) return { kind: 'unavailable' }
  if (status === 503) return { message: 'Vault is sealed, or has no active node' }
  if (status === 400 && words.startsWith('Upgrading from non-versioned')) return { kind: 'unavailable' }
  if (words.includes('value being too large')) {
    return {
      kind: 'rejected',
      code: TOO_LARGE,
      message: 'the document would be larger than Vault stores; split the folder',
    }
  }
  return null
}

/** The code of a refusal by a policy, where the token itself is good. */
export const DENIED = 'denied'

/** The code of a document that Vault's storage refuses for its size. */
export const TOO_LARGE = 'too-large'

const loggedIn = z.object({ auth: z.object({ client_token: z.string().min(1), lease_duration: z.number() }) })

type AppRole = Extract<VaultCredentials, { method: 'app-role' }>

/** `lease_duration` 0: the token doesn't end; it is fetched again after an hour all the same. */
async function login(door: Http, { roleId, secretId, authMount, namespace }: AppRole) {
  const answer = await door.request({
    method: 'POST',
    path: `/v1/auth/${authMount}/login`,
    headers: vaultHeaders({ namespace }),
    body: { role_id: roleId, secret_id: secretId },
    repeatable: true,
    classify: ({ status, body }) => ({
      quotesValues: true,
      ...(errorsOf(body) !== null && [400, 403, 404].includes(status)
        ? {
            kind: 'auth',
            message: `Vault refuses the AppRole login at auth/${authMount}: the role ID, the secret ID, the mount or the namespace is wrong, or the secret ID has ended or is used up`,
          }
        : {}),
    }),
  })
  const { success, data } = loggedIn.safeParse(answer.body)
  if (!success) throw notUnderstood('of a login')
  const { client_token: value, lease_duration: seconds } = data.auth
  return { value, expiresInMs: (seconds > 0 ? seconds : 3_600) * 1_000 }
}

const self = z.object({ data: z.object({ display_name: z.string() }) })

async function checkVault({ http, credentials }: Session<VaultCredentials>) {
  const answer = await http.request({
    method: 'GET',
    path: '/v1/auth/token/lookup-self',
    headers: vaultHeaders(credentials),
    repeatable: true,
    classify: ({ status, body }) =>
      isPolicyDenial(status, body)
        ? { message: 'the token is wrong, or lacks the policy "default", by which it can look itself up' }
        : null,
  })
  const { success, data } = self.safeParse(answer.body)
  if (!success) throw notVault(answer.status)
  const { namespace } = credentials
  return {
    label: [data.data.display_name || 'token', namespace].filter(Boolean).join(' · '),
    // A mount of the same name in another namespace is another target.
    ...(namespace === '' ? {} : { id: namespace }),
  }
}

export const notUnderstood = (what: string): DestinationError =>
  new DestinationError('unavailable', `Vault returned ${what} in an unknown format`)

const notVault = (status: number): DestinationError =>
  new DestinationError('missing', 'this host does not respond like Vault; check the instance URL', { status })
