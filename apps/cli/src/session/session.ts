import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { looksPrivate } from '@keyferry/kernel/private-hosts'
import { instanceUrl } from '../http-url.ts'
import { Failure } from '../failure.ts'
import type { Env, Settings } from './settings.ts'

/** The plan of a large sync takes as long as its provider takes to list the keys. */
const LIMIT_MS = 300_000

export interface Credential {
  token?: string
  session?: string
}

/** What shows who is calling. */
export function headersOf({ token, session }: Credential): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  return session === undefined ? {} : { cookie: session }
}

/** A client that signs in with a token or, without one, with the session of `keyferry login`. */
export function clientWith(url: string, credential: Credential): KeyferryClient {
  const { token, session } = credential
  if (token !== undefined || session === undefined) return createKeyferryClient({ url, token, timeoutMs: LIMIT_MS })
  return createKeyferryClient({
    url,
    timeoutMs: LIMIT_MS,
    fetch: (address, init) => {
      const headers = new Headers(init?.headers)
      for (const [name, value] of Object.entries(headersOf(credential))) headers.set(name, value)
      return fetch(address, { ...init, headers })
    },
  })
}

interface SignedIn {
  url: string
  credential: Credential
  client: KeyferryClient
}

/**
 * `KEYFERRY_URL` and `KEYFERRY_TOKEN` win over what was stored. Throws `Failure` when there is nothing to sign in with.
 */
export function signedIn(env: Env, settings: Settings): SignedIn {
  const named = env['KEYFERRY_URL'] || settings.url
  if (!named)
    throw new Failure(
      'No instance to talk to',
      'Run `keyferry login --url <url>`, or set KEYFERRY_URL and KEYFERRY_TOKEN.',
    )
  const url = instanceUrl(named)
  refusePlainHttp(url, settings.insecure === true && plain(url) === plain(settings.url ?? ''))
  const token = env['KEYFERRY_TOKEN']
  if (token) return { url, credential: { token }, client: clientWith(url, { token }) }
  // What was stored for one instance is never shown to another.
  if (!settings.url || plain(url) !== plain(settings.url)) {
    throw new Failure(
      `Not signed in at ${url}`,
      `Run \`keyferry login --url ${url}\`, or set KEYFERRY_TOKEN beside KEYFERRY_URL.`,
    )
  }
  return { url, credential: settings, client: clientWith(url, settings) }
}

/**
 * A token or password over plain http is read by everybody on the way. Throws `Failure` unless the host is this
 * machine, private, or `accepted`.
 */
export function refusePlainHttp(url: string, accepted: boolean): void {
  if (accepted) return
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || looksPrivate(hostname)) return
  throw new Failure(
    `${url} would get your credentials without TLS`,
    'Use https://, or pass --insecure to `keyferry login` if the network is private.',
  )
}

const plain = (url: string): string => url.replace(/\/+$/, '')
