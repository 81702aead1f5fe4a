/** Tokens and AppRole logins of the emulated Vault. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { noContent, ok, refuse } from './answers.ts'
import { DEFAULT_POLICY, type Policy } from './policies.ts'

export interface Token {
  id: string
  accessor: string
  /** The name that `lookup-self` shows. */
  displayName: string
  /** The namespace it was made in, without slashes at its ends; `''` is the root namespace. */
  namespace: string
  policies: readonly Policy[]
  /** Seconds it lives; 0 never ends. */
  ttl: number
  expiresAt: number
  /** Batch tokens can be neither renewed nor revoked. */
  type: 'service' | 'batch'
}

interface AppRole {
  /** Where the auth method is mounted. */
  mount: string
  namespace: string
  roleId: string
  secretId: string
  /** Logins left to the secret ID; Infinity is `secret_id_num_uses = 0`. */
  uses: number
  policies: readonly Policy[]
}

export interface Tokens {
  /** A token made behind the product's back. Answers its id. */
  add(token: Pick<Token, 'displayName' | 'policies'> & Partial<Token>): string
  addAppRole(role: Pick<AppRole, 'policies'> & Partial<AppRole>): AppRole
  /** The live token of a request, or null: Vault tells an absent, a wrong and an ended one apart in no answer. */
  of(request: ServedRequest): Token | null
  login(mount: string, namespace: string, body: Readonly<Record<string, unknown>>): ServedAnswer
  /** `auth/token/<call>` for the token itself. */
  self(call: string, token: Token): ServedAnswer
  /** Tokens of logins that were neither revoked nor have ended. */
  loggedIn(): number
  /** Logins left to every secret ID. */
  setSecretIdUses(uses: number): void
  /** Ends every token of a login now. */
  endLogins(): void
}

/** Seconds a token of a login lives. */
const LOGIN_TTL = 1_200

export function createTokens(): Tokens {
  const tokens = new Map<string, Token>()
  const logins = new Set<Token>()
  const roles: AppRole[] = []

  const add: Tokens['add'] = (given) => {
    const kind = given.type ?? 'service'
    const id = `${kind === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(24).toString('base64url')}`
    const token: Token = {
      id,
      accessor: randomBytes(18).toString('base64url'),
      namespace: '',
      ttl: 0,
      expiresAt: Number.POSITIVE_INFINITY,
      type: kind,
      ...given,
      policies: [DEFAULT_POLICY, ...given.policies],
    }
    tokens.set(id, token)
    return id
  }
  const isLive = (token: Token): boolean => tokens.has(token.id) && token.expiresAt > Date.now()

  return {
    add,
    addAppRole(given) {
      const role: AppRole = {
        mount: 'approle',
        namespace: '',
        roleId: randomUUID(),
        secretId: randomUUID(),
        uses: Number.POSITIVE_INFINITY,
        ...given,
      }
      roles.push(role)
      return role
    },
    of({ headers }) {
      const sent = headers['x-vault-token'] ?? headers.authorization?.replace(/^Bearer /, '')
      const token = typeof sent === 'string' ? tokens.get(sent) : undefined
      return token && isLive(token) ? token : null
    },
    login(mount, namespace, { role_id, secret_id }) {
      const role = roles.find((one) => one.mount === mount && one.namespace === namespace && one.roleId === role_id)
      if (!role || role.secretId !== secret_id || role.uses < 1) return refuse(400, 'invalid role or secret ID')
      role.uses -= 1
      const expiresAt = Date.now() + LOGIN_TTL * 1_000
      const id = add({ displayName: mount, policies: role.policies, namespace, ttl: LOGIN_TTL, expiresAt })
      const token = tokens.get(id)
      if (token) logins.add(token)
      return ok(null, { auth: token && authOf(token) })
    },
    self(call, token) {
      if (call === 'lookup-self') return ok(described(token))
      if (token.type === 'batch')
        return refuse(400, `batch tokens cannot be ${call === 'renew-self' ? 'renewed' : 'revoked'}`)
      if (call === 'renew-self') {
        token.expiresAt = token.ttl === 0 ? token.expiresAt : Date.now() + token.ttl * 1_000
        return ok(null, { auth: authOf(token) })
      }
      tokens.delete(token.id)
      return noContent()
    },
    loggedIn: () => [...logins].filter(isLive).length,
    setSecretIdUses: (uses) => roles.forEach((role) => (role.uses = uses)),
    endLogins: () => logins.forEach((token) => tokens.delete(token.id)),
  }
}

const authOf = ({ id, accessor, ttl, type }: Token): Record<string, unknown> => ({
  client_token: id,
  accessor,
  policies: ['default', 'emulated'],
  token_policies: ['default', 'emulated'],
  metadata: {},
  lease_duration: ttl,
  renewable: ttl > 0,
  entity_id: '',
  token_type: type,
  orphan: true,
  num_uses: 0,
})

const described = (token: Token): Record<string, unknown> => ({
  accessor: token.accessor,
  display_name: token.displayName,
  entity_id: '',
  expire_time: token.ttl === 0 ? null : new Date(token.expiresAt).toISOString(),
  explicit_max_ttl: 0,
  id: token.id,
  meta: null,
  namespace_path: token.namespace === '' ? '' : `${token.namespace}/`,
  num_uses: 0,
  orphan: true,
  path: token.ttl === 0 ? 'auth/token/create' : `auth/${token.displayName}/login`,
  policies: ['default', 'emulated'],
  renewable: token.ttl > 0,
  ttl: token.ttl === 0 ? 0 : Math.ceil((token.expiresAt - Date.now()) / 1_000),
  type: token.type,
})
