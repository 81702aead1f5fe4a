/**
 * Sign-in of people for Infisical's command line and editors: the cookie of a session of theirs, in a signed token
 * whose end those clients can read.
 */
import { hkdfSync } from 'node:crypto'
import { SecondFactorRequired, TooManyRequests, Unauthorized } from '@keyferry/kernel'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { CLIENT_ADDRESS } from './audit/audit-sign-in.ts'

/** A token ends after this many seconds at the latest, and with its session. */
const LIFE = 12 * 3600
/** For entering the code of a second factor. */
const PENDING_LIFE = 600
const AUDIENCE = 'keyferry client'

export interface ClientSignIn {
  /** The token is pending for an account with a second factor. Throws what `handler` refuses with. */
  signIn(credentials: { email: string; password: string }, address: string | null): Promise<ClientToken>
  /** A code of the second factor, or a recovery code, for a pending token. Throws `Unauthorized`. */
  confirm(token: string, code: string, address: string | null): Promise<ClientToken>
  /** Throws `Unauthorized` for one that is not valid. */
  read(token: string): Promise<ClientToken>
  /** The cookie of its session; null for a token that is not valid. Throws `SecondFactorRequired` for a pending one. */
  cookieOf(token: string): Promise<string | null>
}

interface ClientToken {
  token: string
  /** The code of the second factor is still to be given. */
  isPending: boolean
}

interface Options {
  /** The sign-in key of the instance. */
  key: Buffer
  baseUrl: string
  handler: (request: Request) => Promise<Response>
}

const claims = z.object({ cookie: z.string(), isPending: z.boolean() })
const refusal = z.object({ message: z.string() })

/** Distinguishes these tokens from API keys and access tokens of machines. */
export const isClientToken = (token: string): boolean => token.startsWith('eyJ')

/** `handler`: of better-auth, which the sign-in is done with. */
export function clientSignIn({ key: rootKey, baseUrl, handler }: Options): ClientSignIn {
  const key = new Uint8Array(hkdfSync('sha256', rootKey, '', 'keyferry client tokens v1', 32))
  const { origin } = new URL(baseUrl)

  async function call(path: string, body: object, cookie: string, address: string | null): Promise<ClientToken> {
    const headers = new Headers({ 'content-type': 'application/json', origin, ...(cookie ? { cookie } : {}) })
    if (address !== null) headers.set(CLIENT_ADDRESS, address)
    const request = new Request(`${origin}/api/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await handler(request)
    const said: unknown = await answer.json().catch(() => null)
    if (answer.status === 429) throw new TooManyRequests(60)
    if (!answer.ok) throw new Unauthorized(refusal.safeParse(said).data?.message ?? 'Invalid credentials')
    const cookies = answer.headers.getSetCookie().map((text) => text.split(';', 1)[0] ?? '')
    const session = cookies.find((text) => /\.session_token=./.test(text))
    // Without a session yet, better-auth keeps who it is in a cookie of its own.
    return session === undefined
      ? sign({ cookie: cookies.filter((text) => !text.endsWith('=')).join('; '), isPending: true })
      : sign({ cookie: session, isPending: false })
  }

  async function sign(content: z.output<typeof claims>): Promise<ClientToken> {
    const token = await new SignJWT(content)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${content.isPending ? PENDING_LIFE : LIFE}s`)
      .sign(key)
    return { token, isPending: content.isPending }
  }

  async function open(token: string): Promise<z.output<typeof claims> | null> {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience: AUDIENCE })
      return claims.parse(payload)
    } catch {
      return null
    }
  }

  return {
    signIn: (credentials, address) => call('sign-in/email', credentials, '', address),
    async confirm(token, code, address) {
      const pending = await open(token)
      if (!pending?.isPending) throw new Unauthorized('Token is not valid')
      const given = code.replaceAll(' ', '')
      const path = /^\d{6}$/.test(given) ? 'two-factor/verify-totp' : 'two-factor/verify-backup-code'
      return call(path, { code: given }, pending.cookie, address)
    },
    async read(token) {
      const content = await open(token)
      if (!content) throw new Unauthorized('Token is not valid')
      return { token, isPending: content.isPending }
    },
    async cookieOf(token) {
      const content = await open(token)
      if (content?.isPending) throw new SecondFactorRequired()
      return content?.cookie ?? null
    },
  }
}
