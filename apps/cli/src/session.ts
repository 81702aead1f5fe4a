import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { looksPrivate } from '@keyferry/kernel/private-hosts'
import { Failure } from './failure.ts'
import type { Env, Settings } from './settings.ts'

/** The plan of a large sync takes as long as its provider takes to list the keys. */
const LIMIT_MS = 300_000

export interface Credential {
  token?: string
  session?: string
}

export function clientWith(url: string, { token, session }: Credential): KeyferryClient {
  if (token !== undefined || session === undefined) return createKeyferryClient({ url, token, timeoutMs: LIMIT_MS })
  return createKeyferryClient({
    url,
    timeoutMs: LIMIT_MS,
    fetch: (address, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', session)
      return fetch(address, { ...init, headers })
    },
  })
}

/**
 * `KEYFERRY_URL` and `KEYFERRY_TOKEN` win over what was stored. Throws `Failure` when there is nothing to sign in with.
 */
export function signedIn(env: Env, settings: Settings): { url: string; client: KeyferryClient } {
  const url = env['KEYFERRY_URL'] || settings.url
  if (!url)
    throw new Failure(
      'No instance to talk to',
      'Run `keyferry login --url <url>`, or set KEYFERRY_URL and KEYFERRY_TOKEN.',
    )
  refusePlainHttp(url, settings.insecure === true && plain(url) === plain(settings.url ?? ''))
  const token = env['KEYFERRY_TOKEN']
  if (token) return { url, client: clientWith(url, { token }) }
  // What was stored for one instance is never shown to another.
  if (!settings.url || plain(url) !== plain(settings.url)) {
    throw new Failure(
      `Not signed in at ${url}`,
      `Run \`keyferry login --url ${url}\`, or set KEYFERRY_TOKEN beside KEYFERRY_URL.`,
    )
  }
  return { url, client: clientWith(url, settings) }
}

/**
 * A token or password over plain http is read by everybody on the way. Throws `Failure` unless the host is this
 * machine, private, or `accepted`.
 */
export function refusePlainHttp(url: string, accepted: boolean): void {
  if (accepted || !URL.canParse(url)) return
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || looksPrivate(hostname)) return
  throw new Failure(
    `${url} would get your credentials without TLS`,
    'Use https://, or pass --insecure to `keyferry login` if the network is private.',
  )
}

const plain = (url: string): string => url.replace(/\/+$/, '')
