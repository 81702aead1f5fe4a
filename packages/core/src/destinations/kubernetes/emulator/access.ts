/** Tokens of service accounts, their roles, and the reviews by which one asks what it may do. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { asObject, parsed } from './objects.ts'
import { badRequest, failure } from './status.ts'

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete'

/** A rule of a role; left out is any. `create` and `list` know no names. */
export interface Rule {
  resource: string
  verbs: readonly Verb[]
  namespace?: string
  names?: readonly string[]
}

export interface User {
  name: string
  rules: readonly Rule[]
}

export interface Access {
  /** A token of a service account. Answers it. */
  add(serviceAccount: string, rules: readonly Rule[]): string
  /** Who sends this request: anonymous without a token, null with one that is wrong or has ended. */
  userOf(request: ServedRequest): User | null
  /** `TokenRequest`: a token of the account that ends. Null for an unknown account. */
  request(serviceAccount: string, body: unknown): ServedAnswer | null
  /** Ends every token that was requested. */
  endTokens(): void
}

const ANONYMOUS: User = { name: 'system:anonymous', rules: [] }

export function createAccess(): Access {
  const tokens = new Map<string, User & { expiresAt: number }>()
  const accounts = new Map<string, User>()
  const issue = (user: User, expiresAt: number): string => {
    const token = `eyJhbGciOiJSUzI1NiJ9.${randomBytes(30).toString('base64url')}.${randomBytes(30).toString('base64url')}`
    tokens.set(token, { ...user, expiresAt })
    return token
  }
  return {
    add(serviceAccount, rules) {
      const user = { name: `system:serviceaccount:apps:${serviceAccount}`, rules }
      accounts.set(serviceAccount, user)
      return issue(user, Number.POSITIVE_INFINITY)
    },
    userOf({ headers }) {
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
      if (token === undefined) return ANONYMOUS
      const user = tokens.get(token)
      return user && user.expiresAt > Date.now() ? user : null
    },
    request(serviceAccount, body) {
      const user = accounts.get(serviceAccount)
      if (!user) return null
      const seconds = Number(asObject(asObject(body)?.spec)?.expirationSeconds ?? 3_600)
      if (!(seconds >= 600)) {
        const message =
          'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes'
        return failure(422, 'Invalid', message)
      }
      const expirationTimestamp = new Date(Date.now() + seconds * 1_000).toISOString()
      const status = { token: issue(user, Date.parse(expirationTimestamp)), expirationTimestamp }
      const metadata = { name: serviceAccount, namespace: 'apps' }
      return created({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata, status })
    },
    endTokens() {
      for (const [token, { expiresAt }] of tokens) if (Number.isFinite(expiresAt)) tokens.delete(token)
    },
  }
}

export interface Attempt {
  verb: Verb
  resource: string
  namespace?: string
  name?: string
}

export const isAllowed = (user: User, { verb, resource, namespace, name }: Attempt): boolean =>
  user.rules.some(
    (rule) =>
      rule.resource === resource &&
      rule.verbs.includes(verb) &&
      (rule.namespace === undefined || rule.namespace === namespace) &&
      // The name of an object that is still to be created is not known to authorization.
      (rule.names === undefined || (verb !== 'create' && name !== undefined && rule.names.includes(name))),
  )

export function forbidden(user: User, { verb, resource, namespace, name }: Attempt): ServedAnswer {
  const what = name === undefined ? resource : `${resource} "${name}"`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const message = `${what} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "" ${where}`
  return failure(403, 'Forbidden', message, { name, kind: resource })
}

/** `SelfSubjectAccessReview`: one attempt. */
export function reviewAttempt(user: User, request: ServedRequest): ServedAnswer {
  const body = asObject(parsed(request.text))
  const attributes = asObject(asObject(body?.spec)?.resourceAttributes)
  if (!body || !attributes) return badRequest('spec.resourceAttributes is required')
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  const verb = VERBS.find((one) => one === attributes.verb)
  const attempt = {
    resource: text(attributes.resource) ?? '',
    namespace: text(attributes.namespace),
    name: text(attributes.name),
  }
  const allowed = verb !== undefined && isAllowed(user, { verb, ...attempt })
  const status = allowed ? { allowed, reason: `RBAC: allowed by RoleBinding "keyferry/apps"` } : { allowed }
  return created({ ...review('SelfSubjectAccessReview', 'authorization'), spec: body.spec, status })
}

/** `SelfSubjectRulesReview`: all rules in a namespace. */
export function reviewRules(user: User, request: ServedRequest): ServedAnswer {
  const namespace = asObject(asObject(parsed(request.text))?.spec)?.namespace
  if (typeof namespace !== 'string') return badRequest('no namespace on request')
  const resourceRules = user.rules
    .filter((rule) => rule.namespace === undefined || rule.namespace === namespace)
    .map(({ resource, verbs, names }) => ({ apiGroups: [''], resources: [resource], verbs, resourceNames: names }))
  const status = { incomplete: false, nonResourceRules: [], resourceRules }
  return created({ ...review('SelfSubjectRulesReview', 'authorization'), spec: {}, status })
}

/** `SelfSubjectReview` (1.28 and later): who the token belongs to. */
export const reviewSelf = (user: User): ServedAnswer =>
  created({
    ...review('SelfSubjectReview', 'authentication'),
    status: { userInfo: { username: user.name, uid: randomUUID(), groups: ['system:serviceaccounts'] } },
  })

const VERBS: readonly Verb[] = ['get', 'list', 'create', 'update', 'patch', 'delete']

const review = (kind: string, group: string): Record<string, unknown> => ({
  kind,
  apiVersion: `${group}.k8s.io/v1`,
  metadata: { creationTimestamp: null },
})

const created = (body: Record<string, unknown>): ServedAnswer => ({ status: 201, body })
