/** Tokens of the emulated GitLab, and what each may do. */
import { randomBytes } from 'node:crypto'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { notFound, refuse } from './answers.ts'
import type { Resource } from './variables.ts'

export interface Token {
  kind: 'personal' | 'project' | 'group' | 'oauth'
  username: string
  scopes: readonly string[]
  /** 30 is Developer, 40 Maintainer, 50 Owner. */
  accessLevel: number
  /** Paths below which it sees projects and groups. */
  sees: readonly string[]
  isRevoked: boolean
}

export interface Accounts {
  /** Adds a token. Answers its text. */
  add(token: Partial<Token>): string
  /** The token of a request, or GitLab's refusal. */
  of(request: ServedRequest): Token | ServedAnswer
}

export function createAccounts(): Accounts {
  const tokens = new Map<string, Token>()
  return {
    add(given) {
      const text = `${given.kind === 'oauth' ? '' : 'glpat-'}${randomBytes(20).toString('base64url')}`
      tokens.set(text, {
        kind: 'personal',
        username: 'ada',
        scopes: ['api'],
        accessLevel: 50,
        sees: ['acme'],
        isRevoked: false,
        ...given,
      })
      return text
    },
    of({ headers }) {
      const own = headers['private-token']
      const borne = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
      const token = tokens.get(typeof own === 'string' ? own : (borne ?? ''))
      // An OAuth token counts as a bearer only.
      if (!token || (token.kind === 'oauth' && borne === undefined)) return refuse(401, '401 Unauthorized')
      if (!token.isRevoked) return token
      const error_description = 'Token was revoked. You have to re-authorize from the user.'
      return { status: 401, body: { error: 'invalid_token', error_description } }
    },
  }
}

export const canSee = (token: Token, { path }: Pick<Resource, 'path'>): boolean =>
  token.sees.some((root) => path === root || path.startsWith(`${root}/`))

/** GitLab's refusal of a call on variables, or null. What a token does not see does not exist for it. */
export function whyForbidden(token: Token, resource: Resource, method: string): ServedAnswer | null {
  if (!canSee(token, resource)) return notFound(resource.kind === 'project' ? 'Project' : 'Group')
  const isRead = method === 'GET'
  if (!token.scopes.includes('api') && !(isRead && token.scopes.includes('read_api'))) {
    const error_description = 'The request requires higher privileges than provided by the access token.'
    return { status: 403, body: { error: 'insufficient_scope', error_description, scope: 'api' } }
  }
  const needed = resource.kind === 'project' ? 40 : 50
  return token.accessLevel < needed ? refuse(403, '403 Forbidden') : null
}
