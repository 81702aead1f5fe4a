/** Tokens of the emulated GitHub, and what each may do. */
import { randomBytes } from 'node:crypto'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { notFound, refuse } from './answers.ts'
import type { Place } from './places.ts'

export interface Token {
  /** Empty for an installation of an app, which is no user. */
  login: string
  kind: 'classic' | 'fine-grained' | 'installation'
  /** Owners whose private repositories and organization it sees. */
  owners: readonly string[]
  /** Classic: scopes. Else permissions as `name=level`; `*=write` is all of them. */
  rights: readonly string[]
  expiresAt: number
  /** A classic token that the organization's single sign-on has not authorized. */
  lacksSso: boolean
}

export interface Accounts {
  /** Adds a token. Answers its text. */
  add(prefix: string, token: Pick<Token, 'kind' | 'owners' | 'rights'> & Partial<Token>): string
  /** The live token of a request, or GitHub's refusal. */
  of(request: ServedRequest): Token | ServedAnswer
  /** Ends every token of that kind now. */
  end(kind: Token['kind']): void
}

export function createAccounts(): Accounts {
  const tokens = new Map<string, Token>()
  return {
    add(prefix, given) {
      // Installation tokens are longer than 40 characters since 2026-04-27.
      const text = `${prefix}${randomBytes(given.kind === 'installation' ? 240 : 27).toString('base64url')}`
      tokens.set(text, { login: 'ada', expiresAt: Number.POSITIVE_INFINITY, lacksSso: false, ...given })
      return text
    },
    of({ headers }) {
      if (!headers['user-agent']) {
        return refuse(
          403,
          'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
        )
      }
      const version = headers['x-github-api-version']
      if (version !== undefined && version !== '2022-11-28') {
        return refuse(400, `The version ${String(version)} of the API does not exist`)
      }
      const sent = /^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? '')?.[1]
      if (sent === undefined) return refuse(401, 'Requires authentication')
      const token = tokens.get(sent)
      return token && token.expiresAt > Date.now() ? token : refuse(401, 'Bad credentials')
    },
    end(kind) {
      for (const [text, token] of tokens) if (token.kind === kind) tokens.delete(text)
    },
  }
}

/** GitHub's refusal of a call on a place, or null. A place that the token does not see does not exist for it. */
export function whyForbidden(token: Token, place: Place, method: string): ServedAnswer | null {
  if (!token.owners.includes(place.owner)) return notFound()
  if (token.lacksSso) {
    return refuse(
      403,
      'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
      {
        'x-github-sso': `required; url=https://github.com/orgs/${place.owner}/sso?authorization_request=A1`,
      },
    )
  }
  if (token.kind === 'classic') {
    if (token.rights.includes(place.scope === 'organization' ? 'admin:org' : 'repo')) return null
    return place.scope !== 'organization' && token.rights.includes('public_repo')
      ? refuse(403, 'Must have admin rights to Repository.')
      : notFound()
  }
  const level = method === 'GET' ? 'read' : 'write'
  const enough = level === 'read' ? ['read', 'write'] : ['write']
  const names = ['*', place.permission]
  if (names.some((name) => enough.some((one) => token.rights.includes(`${name}=${one}`)))) return null
  const who = token.kind === 'installation' ? 'integration' : 'personal access token'
  return refuse(403, `Resource not accessible by ${who}`, {
    'x-accepted-github-permissions': `${place.permission}=${level}`,
  })
}
