/**
 * The three calls on secrets that Devin has, and what its errors mean (docs.devin.ai and its OpenAPI document,
 * 2026-11-22).
 */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'

/** One organization as one API key sees it. */
export interface DevinApi {
  http: Http
  orgId: string
}

/** The most a page may have. */
const PAGE = 200

/**
 * Lenient: a new field or a new kind of secret must not stop a sync. `key` may be null, and is then not ours to name.
 */
const secret = z.object({
  secret_id: z.string().min(1),
  key: z.string().nullish(),
  secret_type: z.string().default('key-value'),
  access_type: z.string().default('unknown'),
})
export type DevinSecret = z.infer<typeof secret>

const page = z
  .object({
    items: z.array(secret),
    end_cursor: z.string().nullish(),
    has_next_page: z.boolean().nullish(),
  })
  .refine(({ has_next_page: hasMore, end_cursor: cursor }) => !hasMore || cursor, 'does not say where it continues')

export const secretsPath = (orgId: string): string => `/v3/organizations/${encodeURIComponent(orgId)}/secrets`

/** Every secret that the key may see. Complete, or it throws: a half-read list would make keys look absent. */
export async function listSecrets({ http, orgId }: DevinApi): Promise<DevinSecret[]> {
  const rows = await readPages(async (from) => {
    const path = `${secretsPath(orgId)}?first=${PAGE}${from === null ? '' : `&after=${encodeURIComponent(from)}`}`
    const answer = await http.request({ method: 'GET', path, repeatable: true, accept: REFUSED })
    if (answer.status !== 200) throw await whyRefused(http, orgId, answer.status)
    const { items, has_next_page, end_cursor } = understood(page, answer.body, 'Devin returned the list of secrets')
    return { rows: items, next: has_next_page ? end_cursor : null }
  })
  return [...new Map(rows.map((row) => [row.secret_id, row])).values()]
}

/**
 * Id of the new secret, or null on 409: the name is taken. Throws `rejected` when Devin refuses the name or the value,
 * and `unavailable` when it is not clear whether there is a new secret.
 */
export async function createSecret({ http, orgId }: DevinApi, key: string, value: string): Promise<string | null> {
  const body = { type: 'key-value', key, value, is_sensitive: true, note: 'Synced by Keyferry' }
  // Not repeatable: Devin has no idempotency key, and its own client says that a repeated create can make a second
  // secret.
  const answer = await http.request({
    method: 'POST',
    path: secretsPath(orgId),
    body,
    repeatable: false,
    accept: [...REFUSED, 409],
  })
  if (answer.status === 409) return null
  if (REFUSED.includes(answer.status)) throw await whyRefused(http, orgId, answer.status)
  const created = secret.safeParse(answer.body)
  if (created.success) return created.data.secret_id
  throw new DestinationError('unavailable', `Devin did not confirm that "${key}" was created`)
}

/**
 * True when the secret is deleted. False on 403 and 404, which mean that it is gone or that the key lacks the right.
 */
export async function deleteSecret({ http, orgId }: DevinApi, secretId: string): Promise<boolean> {
  const path = `${secretsPath(orgId)}/${encodeURIComponent(secretId)}`
  const answer = await http.request({ method: 'DELETE', path, repeatable: true, accept: REFUSED })
  if (answer.status === 401) throw await whyRefused(http, orgId, 401)
  // A vanished id is answered with 403 (Devin's Terraform provider, 2026-06), with 404 as its general documents say.
  if (REFUSED.includes(answer.status)) return false
  const isClear = answer.status === 204 || (answer.status === 200 && secret.safeParse(answer.body).success)
  // The next run's listing shows.
  if (!isClear) throw new DestinationError('unavailable', 'Devin did not confirm that a secret was deleted')
  return true
}

/** Answers about the key, the right or the organization, which `whyRefused` puts into words. */
const REFUSED = [401, 403, 404]

const self = z
  .object({
    org_id: z.string().nullish(),
    service_user_name: z.string().nullish(),
    user_name: z.string().nullish(),
    principal_type: z.string().nullish(),
  })
  .refine((answer) => Object.keys(answer).length > 0, 'nothing in it is known')
export interface Self {
  /** The organization that the key is bound to; null for an enterprise key. */
  orgId: string | null
  name: string | null
}

/** Who the key belongs to. Throws `auth` when it is not valid. */
export async function whoAmI(http: Http): Promise<Self> {
  const answer = await http.request({ method: 'GET', path: '/v3/self', repeatable: true, accept: REFUSED })
  if (answer.status === 401) throw notValid()
  if (answer.status === 403)
    throw new DestinationError('auth', 'this API key can’t use version 3 of the Devin API', { status: 403 })
  const { success, data } = self.safeParse(answer.body)
  if (answer.status === 404 || !success) {
    throw new DestinationError('missing', 'this host does not respond like the Devin API; check the instance URL', {
      status: answer.status,
    })
  }
  return { orgId: data.org_id ?? null, name: data.service_user_name ?? data.user_name ?? null }
}

/**
 * 403 and 404 on an organization's secrets each mean "wrong organization" or "lacks the right"; Devin does not say
 * which. So the key's owner is looked up before a person gets a remedy.
 */
export async function whyRefused(http: Http, orgId: string, status: number): Promise<DestinationError> {
  if (status === 401) return notValid()
  const { orgId: own } = await whoAmI(http)
  if (own !== null && own !== orgId) {
    return new DestinationError(
      'auth',
      `this API key belongs to the organization ${own}, not to ${orgId}; use a key of ${orgId} or correct the organization ID`,
      { status },
    )
  }
  if (own === orgId) {
    return new DestinationError(
      'auth',
      `this API key lacks the right ManageOrgSecrets in ${orgId}; give it to the service user in Devin`,
      { status },
    )
  }
  return new DestinationError(
    status === 404 ? 'missing' : 'auth',
    `Devin shows no organization ${orgId} to this API key; check the organization ID, and that the service user has ManageOrgSecrets in it`,
    { status },
  )
}

const notValid = (): DestinationError =>
  new DestinationError(
    'auth',
    'the API key is not valid or has expired; create a new one in Devin under Settings > Service users',
    { status: 401 },
  )
