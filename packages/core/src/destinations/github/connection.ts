/**
 * An account at GitHub: a personal access token, or the installation of an app (docs.github.com and GitHub's OpenAPI
 * document 23.0.2, 2026-11-28).
 */
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { type Account, type CredentialsOf, defineConnection, type Meaning, type Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import { field } from '../destination.ts'
import { tokenField } from '../fields.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { isRsaKey } from '../shared/http/rsa-key.ts'
import { tokenAuthorization, type Token } from '../shared/http/token-source.ts'
import { HEADERS } from './headers.ts'

const HOST = /^(?:https?:\/\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?\/?$/i

const instance = {
  instanceType: z
    .enum(['cloud', 'server'], 'Instance type must be cloud or server')
    .default('cloud')
    .meta(
      field({
        label: 'Instance type',
        options: { cloud: 'GitHub.com or GHE.com', server: 'GitHub Enterprise Server' },
      }),
    ),
  host: z
    .string()
    .trim()
    .max(255, 'Host must be at most 255 characters')
    .refine((host) => host === '' || HOST.test(host), 'Host must be a host name such as github.example.com')
    .default('')
    .meta(
      field({
        label: 'Host',
        placeholder: 'github.example.com',
        help: 'Of an Enterprise Server, or SUBDOMAIN.ghe.com for data residency. Empty: github.com.',
      }),
    ),
}

/** An Enterprise Server has no host that everybody knows. */
const hasHost = ({ instanceType, host }: { instanceType: string; host: string }): boolean =>
  instanceType === 'cloud' || host !== ''
const NO_HOST = { path: ['host'], error: 'Host must not be empty for an Enterprise Server' }

const methods = {
  pat: {
    title: 'Personal access token',
    help: 'Create a token under Settings > Developer settings > Personal access tokens in GitHub. A classic token needs the scope repo, and admin:org for organizations. A fine-grained one needs read and write access to Secrets, Variables, Environments, or the organization permissions of the same names.',
    credentials: z
      .object({
        personalAccessToken: tokenField({ label: 'Personal access token', placeholder: 'github_pat_…' }),
        ...instance,
      })
      .refine(hasHost, NO_HOST),
  },
  'github-app': {
    title: 'GitHub App',
    help: 'Create a GitHub App with read and write access to Secrets, Variables, Environments or the organization permissions of the same names, install it, and generate a private key in its settings.',
    credentials: z
      .object({
        appId: z
          .string()
          .trim()
          .max(64, 'App ID must be at most 64 characters')
          .regex(/^[A-Za-z0-9.]+$/, 'App ID must be the number or the client ID of the app')
          .meta(field({ label: 'App ID', placeholder: '123456', help: 'The app ID or the client ID.' })),
        installationId: z
          .string()
          .trim()
          .max(20, 'Installation ID must be at most 20 digits')
          .regex(/^\d+$/, 'Installation ID must be a number')
          .meta(
            field({ label: 'Installation ID', help: 'The number at the end of the address of the installed app.' }),
          ),
        privateKey: z
          .string()
          .trim()
          .max(10_000, 'Private key must be at most 10,000 characters')
          .refine(isRsaKey, 'Private key must be the whole PEM file that GitHub generated')
          .meta(field({ label: 'Private key', secret: true, multiline: true })),
        ...instance,
      })
      .refine(hasHost, NO_HOST),
  },
} as const

export type GithubCredentials = CredentialsOf<typeof methods>

export const connection = defineConnection({
  app: 'github',
  title: 'GitHub',
  methods,
  baseUrl: apiUrl,
  authorization(credentials, door) {
    if (credentials.method === 'pat') return bearer(credentials.personalAccessToken)
    const { appId, installationId, privateKey } = credentials
    return tokenAuthorization({ api: apiUrl(credentials), appId, installationId, privateKey }, () =>
      installationToken(door, credentials),
    )
  },
  classify,
  check,
})

/** The address of the web pages, without a trailing slash. */
export function webUrl({ host }: Pick<GithubCredentials, 'host'>): string {
  if (host === '') return 'https://github.com'
  return (/^https?:\/\//i.test(host) ? host : `https://${host}`).replace(/\/$/, '')
}

function apiUrl(credentials: Pick<GithubCredentials, 'host' | 'instanceType'>): string {
  const web = webUrl(credentials)
  return credentials.instanceType === 'server' ? `${web}/api/v3` : web.replace('://', '://api.')
}

type AppCredentials = Extract<GithubCredentials, { method: 'github-app' }>

/** Proves the app for ten minutes at most, with a clock that may be a minute ahead (docs.github.com, 2026-11-28). */
function assertion({ appId, privateKey }: AppCredentials): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  return new SignJWT({ iss: appId, iat: now - 60, exp: now + 540 })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(createPrivateKey(privateKey))
}

const tokenAnswer = z.object({ token: z.string().min(1), expires_at: z.string() })

async function installationToken(door: Http, credentials: AppCredentials): Promise<Token> {
  const { installationId } = credentials
  const answer = await door.request({
    method: 'POST',
    path: `/app/installations/${installationId}/access_tokens`,
    headers: HEADERS,
    authorization: bearer(await assertion(credentials)),
    // Another token does no harm.
    repeatable: true,
    classify: ({ status }) => {
      if (status === 401)
        return { kind: 'auth', message: 'GitHub does not accept the app ID and the private key (401)' }
      if (status === 403) return { message: 'GitHub says that the installation of the app is suspended (403)' }
      if (status !== 404) return null
      return { kind: 'auth', message: `GitHub knows no installation ${installationId} of this app (404)` }
    },
  })
  const { data } = tokenAnswer.safeParse(answer.body)
  const until = Date.parse(data?.expires_at ?? '')
  if (!data || Number.isNaN(until)) throw new DestinationError('unavailable', 'GitHub returned no token')
  return { value: data.token, expiresInMs: Math.max(0, until - Date.now()) }
}

const user = z.object({ login: z.string().min(1) })
const app = z.object({ slug: z.string().min(1), owner: user.nullish() })

async function check({ http, credentials }: Session<GithubCredentials>): Promise<Account> {
  const get = { method: 'GET', headers: HEADERS, repeatable: true } as const
  if (credentials.method === 'pat') {
    const { data } = user.safeParse((await http.request({ ...get, path: '/user' })).body)
    if (data) return { label: data.login }
    throw noGithub()
  }
  // Proves the installation; the app itself is proven by its own assertion.
  await http.request({ ...get, path: '/installation/repositories?per_page=1' })
  const authorization = bearer(await assertion(credentials))
  const { data } = app.safeParse((await http.request({ ...get, path: '/app', authorization })).body)
  if (!data) throw noGithub()
  return { label: [data.slug, data.owner?.login].filter(Boolean).join(' · ') }
}

const noGithub = (): DestinationError =>
  new DestinationError('rejected', 'This does not look like the API of GitHub; check instance type and host')

const worded = z.object({ message: z.string() })

/** GitHub's limit of calls is refused with 403 as well as with 429; a missing right with 403 or 404. */
function classify({ status, headers, body }: HttpAnswer): Meaning | null {
  const words = worded.safeParse(body).data?.message ?? ''
  if (status === 403 || status === 429) {
    if (headers.get('x-ratelimit-remaining') === '0') return { kind: 'throttled', waitMs: untilReset(headers) }
    // Without a time, GitHub wants a minute of silence.
    if (headers.has('retry-after') || /secondary rate limit|abuse detection/i.test(words)) {
      return { kind: 'throttled', waitMs: 60_000 }
    }
  }
  if (status === 401) {
    return { message: 'GitHub does not accept this token (401); it is wrong, has expired or was revoked' }
  }
  if (status === 403) return { message: `GitHub refuses this to the token (403)${remedy(headers)}` }
  if (status === 451) return { kind: 'auth', message: 'GitHub has blocked this repository (451)' }
  return null
}

/** Milliseconds until the hourly limit is filled again: `http` alone believes no reset further away than a minute. */
function untilReset(headers: Headers): number | undefined {
  const reset = Number(headers.get('x-ratelimit-reset'))
  return reset > 0 ? Math.max(0, reset * 1_000 - Date.now()) : undefined
}

function remedy(headers: Headers): string {
  if (headers.get('x-github-sso')?.startsWith('required')) {
    return "; authorize it for the organization's single sign-on under Settings > Personal access tokens"
  }
  const needed = /^[a-z_=;, ]{1,100}$/.exec(headers.get('x-accepted-github-permissions') ?? '')?.[0]
  return needed === undefined ? '; check its scopes or permissions' : `; it needs the permission ${needed}`
}
