import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { Failure } from './failure.ts'
import type { Env, Settings } from './settings.ts'

export interface Credential {
  token?: string
  session?: string
}

export function clientWith(url: string, { token, session }: Credential): KeyferryClient {
  if (token !== undefined || session === undefined) return createKeyferryClient({ url, token })
  return createKeyferryClient({
    url,
    fetch: (address, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', session)
      return fetch(address, { ...init, headers })
    },
  })
}

/** `KEYFERRY_URL` and `KEYFERRY_TOKEN` win over what was stored. Throws `Failure` when there is nothing to sign in with. */
export function signedIn(env: Env, settings: Settings): { url: string; client: KeyferryClient } {
  const url = env['KEYFERRY_URL'] || settings.url
  if (!url)
    throw new Failure(
      'No instance to talk to',
      'Run `keyferry login --url <url>`, or set KEYFERRY_URL and KEYFERRY_TOKEN.',
    )
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

const plain = (url: string): string => url.replace(/\/+$/, '')
