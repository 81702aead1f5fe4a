import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createAuth, migrateAuth, removeUnconfirmed, type AuthOptions } from '@keyferry/access/sign-in'
import { guardFetch } from '@keyferry/kernel/network'
import { DAY_MS, HOUR_MS, isInitialized, repeat, type Context, type Network, type Repeated } from '@keyferry/kernel'
import { VERSION, hostCheck, refusedPort, type Env, type Runtime, type Service } from '@keyferry/runtime'
import { buildApp } from './app.ts'
import { watchNewestVersion } from './newest-version.ts'
import { CONSOLE_FILES } from './http/console-files.ts'

export interface Serving extends Service {
  /** Where it serves, such as `http://127.0.0.1:4400`. */
  url: string
  version: string
  /** How an empty instance is set up; null once it was. */
  setup: { code: string; link: string } | null
}

/** Serves API and console of an open instance. Throws `StartupError` when the port cannot be had. */
export async function serve(instance: Runtime, env: Env): Promise<Serving> {
  const { ctx, authKey, profile, monitoring, withStartupRetry } = instance
  // Sign-in is bound to the address, so it has to be known before there is a server.
  const port = env.PORT === 0 ? await freePort(env.HOST) : env.PORT
  const url = `http://${hostOf(env.HOST)}:${port}`
  const baseUrl = env.KEYFERRY_URL ?? url
  await withStartupRetry(() => migrateAuth(ctx.db, ctx.log))
  const unguard = env.OIDC_ISSUER === undefined ? null : guardFetch(providerNetwork(env.OIDC_ISSUER, ctx.network))
  const auth = createAuth({
    ctx,
    rootKey: authKey,
    baseUrl,
    oidc: oidcOf(env),
    bannedWords: env.PASSWORD_BANNED_WORDS,
    sessions: {
      maxMs: env.SESSION_MAX_HOURS * HOUR_MS,
      idleMs: env.SESSION_IDLE_MINUTES * 60_000,
      providerMs: env.OIDC_SESSION_MAX_HOURS * HOUR_MS,
    },
  })
  const newestVersion = watchNewestVersion(ctx, { url: env.KEYFERRY_RELEASES_URL, version: VERSION })
  const app = await buildApp({
    ctx,
    auth,
    monitoring,
    webDir: existsSync(CONSOLE_FILES) ? CONSOLE_FILES : null,
    version: VERSION,
    newerVersion: newestVersion.newer,
    profile,
    trustedProxies: env.KEYFERRY_TRUSTED_PROXIES,
    requestsPerMinute: env.KEYFERRY_REQUESTS_PER_MINUTE,
    isKnownHost: hostCheck({ listening: env.HOST, url: env.KEYFERRY_URL, allowed: env.KEYFERRY_ALLOWED_HOSTS }),
    signInTriesPerMinute: env.KEYFERRY_SIGN_IN_TRIES_PER_MINUTE,
    hstsSeconds: env.KEYFERRY_HSTS_SECONDS,
    security: { contacts: env.SECURITY_CONTACT, policy: env.SECURITY_POLICY, baseUrl },
  })
  try {
    await app.listen({ host: env.HOST, port })
  } catch (error) {
    newestVersion.stop()
    await app.close()
    unguard?.()
    // Between finding it free and listening, another program may have taken it.
    if (env.PORT === 0 && codeOf(error) === 'EADDRINUSE') return serve(instance, env)
    throw refusedPort(error, { setting: 'PORT', port, host: env.HOST })
  }
  const setup = (await isInitialized(ctx))
    ? null
    : { code: auth.setupCode, link: `${baseUrl}/first-run#code=${auth.setupCode}` }
  const groups = env.OIDC_ISSUER === undefined ? null : keepGroupsConfirmed(ctx, env.OIDC_GROUPS_MAX_DAYS)
  const stop = async (): Promise<void> => {
    newestVersion.stop()
    await groups?.stop()
    await app.close()
    unguard?.()
  }
  return { url, version: VERSION, setup, stop }
}

/** Ends roles of groups that no sign-in confirmed for `days`: now, and every hour. */
const keepGroupsConfirmed = (ctx: Context, days: number): Repeated =>
  repeat(HOUR_MS, () => removeUnconfirmed(ctx, days * DAY_MS), {
    failed: (error) => ctx.log.warn({ err: error }, 'roles of groups were not checked; tried again in an hour'),
  })

/** How far the calls to the provider may reach: the operator named its host, and its metadata may name any other. */
function providerNetwork(issuer: string, { allowPrivate }: Network): Network {
  if (allowPrivate === true) return { allowPrivate }
  const { hostname, port, protocol } = new URL(issuer)
  const own = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'http:' ? 80 : 443)) }
  return { allowPrivate: [own, ...(allowPrivate === false ? [] : allowPrivate)] }
}

/** The provider that people sign in with, as the environment names it. */
export function oidcOf(env: Env): AuthOptions['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null
  const { OIDC_GROUPS_CLAIM: claim, OIDC_GROUP_ROLES: roles } = env
  return {
    issuer,
    clientId,
    clientSecret,
    allowedDomains: env.OIDC_ALLOWED_DOMAINS,
    only: env.OIDC_ONLY,
    groups: roles ? { claim, roles } : null,
    strength: { acr: env.OIDC_REQUIRED_ACR, amr: env.OIDC_REQUIRED_AMR },
  }
}

/** What a browser on this machine would type for the address that is listened on. */
function hostOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port')),
      )
    })
  })
}
