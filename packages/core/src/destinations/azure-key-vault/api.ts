/** The calls on secrets that a sync needs, and what the errors mean (Azure's REST reference, 2026-11-28). */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'

/** One vault. */
export interface Vault {
  /** To the vault's origin. */
  http: Http
  /** `https://{name}.vault.azure.net` */
  origin: string
}

const VERSION = 'api-version=7.4'
/** The most names that a page may have. */
const PAGE = 25

const row = z.object({
  /** `https://{name}.vault.azure.net/secrets/{secret}` */
  id: z.string().regex(/^https?:\/\/[^/]+\/secrets\/[^/?#]+$/),
  contentType: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  managed: z.boolean().nullish(),
  attributes: z.object({
    enabled: z.boolean().default(true),
    updated: z.number().default(0),
    /** Seconds since 1970. */
    nbf: z.number().nullish(),
    exp: z.number().nullish(),
  }),
})
export type Row = z.infer<typeof row>

const page = z.object({ value: z.array(row), nextLink: z.string().nullish() })

/** Every secret of the vault, those of certificates and disabled ones included; none in the bin. No values. */
export function listSecrets({ http, origin }: Vault): Promise<Row[]> {
  return readPages(async (from) => {
    const path = from ?? `/secrets?${VERSION}&maxresults=${PAGE}`
    const answer = await http.request({ method: 'GET', path, repeatable: true })
    const { value, nextLink } = understood(page, answer.body, 'Key Vault returned the list of secrets')
    return { rows: value, next: nextLink ? pathWithin(origin, nextLink) : null }
  })
}

/** The token must not follow a link to another host. */
function pathWithin(origin: string, link: string): string {
  const url = URL.parse(link)
  if (url?.host !== new URL(origin).host)
    throw new DestinationError('unavailable', 'Key Vault continues the list of secrets at another host')
  return url.pathname + url.search
}

export const nameOf = ({ id }: Row): string => id.slice(id.lastIndexOf('/') + 1)

export interface NewVersion {
  value: string
  /** Those of this version only: what is left out is lost. */
  tags: Readonly<Record<string, string>>
  contentType?: string | undefined
  attributes: { enabled: true; nbf?: number | undefined; exp?: number | undefined }
}

/** Why a name can't be written now: it is in the bin, or on its way into it or out of it. */
export type Obstacle = 'in-bin' | 'settling'

const bundle = z.object({ id: z.string() })

/** Adds a version, and the secret where there is none. Null when it is stored. */
export async function setSecret({ http }: Vault, name: string, version: NewVersion): Promise<Obstacle | null> {
  const answer = await http.request({
    method: 'PUT',
    path: `/secrets/${encodeURIComponent(name)}?${VERSION}`,
    body: version,
    // A second version with the same value and tags does no harm.
    repeatable: true,
    accept: (status, body) => status === 409 && obstacleIn(body) !== null,
    bucket: 'set',
  })
  if (answer.status === 409) return obstacleIn(answer.body)
  if (bundle.safeParse(answer.body).success) return null
  throw new DestinationError('unavailable', `Key Vault did not confirm that "${name}" was stored`)
}

const deleted = z.object({ id: z.string(), recoveryId: z.string().optional() })

/**
 * Deletes it. True when it is on its way into the bin of the vault; false when there is no bin, or nothing to delete.
 */
export async function deleteSecret({ http }: Vault, name: string): Promise<boolean> {
  const answer = await http.request({
    method: 'DELETE',
    path: `/secrets/${encodeURIComponent(name)}?${VERSION}`,
    repeatable: true,
    accept: (_status, body) => ['SecretNotFound', 'ObjectIsBeingDeleted'].includes(codeIn(body) ?? ''),
  })
  if (answer.status >= 400) return answer.status === 409
  const { success, data } = deleted.safeParse(answer.body)
  if (success) return data.recoveryId !== undefined
  throw new DestinationError('unavailable', `Key Vault did not confirm that "${name}" was deleted`)
}

/** Takes it out of the bin with its old value, in a while. One that is no longer there is left alone. */
export async function recoverSecret({ http }: Vault, name: string): Promise<void> {
  await http.request({
    method: 'POST',
    path: `/deletedsecrets/${encodeURIComponent(name)}/recover?${VERSION}`,
    repeatable: true,
    accept: (status, body) => codeIn(body) === 'SecretNotFound' || (status === 409 && obstacleIn(body) === 'settling'),
  })
}

/** Deletes it from the bin. False when it is not in the bin yet. */
export async function purgeSecret({ http }: Vault, name: string): Promise<boolean> {
  const answer = await http.request({
    method: 'DELETE',
    path: `/deletedsecrets/${encodeURIComponent(name)}?${VERSION}`,
    repeatable: true,
    accept: (_status, body) => codeIn(body) === 'SecretNotFound',
    classify: ({ status }) => (status === 403 ? { kind: 'auth', message: NO_PURGE } : null),
  })
  if (answer.status === 204 || answer.status === 404) return answer.status === 204
  throw new DestinationError('unavailable', `Key Vault did not confirm that "${name}" was purged`)
}

const valued = z.object({ value: z.string() })

/** The value of the current version, or null when there is none to read: absent, or disabled. */
export async function getValue({ http }: Vault, name: string): Promise<string | null> {
  const answer = await http.request({
    method: 'GET',
    path: `/secrets/${encodeURIComponent(name)}?${VERSION}`,
    repeatable: true,
    accept: (_status, body) => ['SecretNotFound', 'SecretDisabled'].includes(codeIn(body) ?? ''),
  })
  if (answer.status !== 200) return null
  return understood(valued, answer.body, `Key Vault returned the value of "${name}"`).value
}

const problem = z.object({
  error: z.object({
    code: z.string(),
    innererror: z.object({ code: z.string() }).nullish(),
  }),
})

/** The inner code, which says more, or the outer one. */
function codeIn(body: unknown): string | null {
  const { data } = problem.safeParse(body)
  return data ? (data.error.innererror?.code ?? data.error.code) : null
}

function obstacleIn(body: unknown): Obstacle | null {
  const code = codeIn(body)
  if (code === 'ObjectIsDeletedButRecoverable') return 'in-bin'
  return code === 'ObjectIsBeingDeleted' || code === 'ObjectIsBeingRecovered' ? 'settling' : null
}

const NO_PURGE =
  'the application can’t purge secrets, or the vault has purge protection. Grant the permission, or turn off the option'

/** What a vault's error means where its status says less. */
export function meaningOf({ status, body }: HttpAnswer): Meaning | null {
  const { data } = problem.safeParse(body)
  const code = codeIn(body)
  if (!data || code === null) return null
  if (status === 404) return code === 'SecretNotFound' ? { kind: 'absent', code } : null
  if (status === 401)
    return { message: 'the vault does not accept the token: it belongs to another tenant, or to another cloud', code }
  if (status !== 403) return { code }
  // A missing right has an inner code; the secret of a certificate has none, and refuses every write (2026-11-28).
  if (!data.error.innererror || code === 'SecretDisabled') return { kind: 'rejected', code }
  if (code === 'ForbiddenByFirewall' || code === 'ForbiddenByConnection')
    return { message: 'the firewall of the vault does not let this server in; allow its address in Azure', code }
  return {
    message:
      'the application lacks a right in the vault; give it the role Key Vault Secrets Officer, and wait some minutes',
    code,
  }
}
