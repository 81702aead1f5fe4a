/** A whole API over a real, empty store, driven through its own door. For tests only. */
import { randomBytes } from 'node:crypto'
import { createAuth, migrateAuth, type Auth, type AuthOptions } from '@keyferry/access/sign-in'
import { testContext, type TestContext } from '@keyferry/core/testing'
import { migrate } from '@keyferry/db'
import type { OpenStore, StoreTemplate } from '@keyferry/db/testing'
import { DEFAULT_LIMITS, type Mailer } from '@keyferry/kernel'
import { hostCheck, monitoringOf, readinessOf } from '@keyferry/runtime'
import { createLog } from '@keyferry/runtime/log'
import { bootstrapped, project } from '@keyferry/schemas'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import { buildApp } from './app.ts'

export const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery', organization: 'Acme' }

export interface TestApi extends TestContext {
  app: FastifyInstance
  auth: Auth
  /** What sign-in derives its keys from. */
  authKey: Buffer
  /** Every failure that was logged, as the product logs it, oldest first. */
  logged: string[]
  /** The token that bootstrap gave out; empty for `emptyApi`. */
  token: string
  /** A request with the token and a JSON body; `token: null` sends none. */
  send(
    method: Method,
    url: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string>; address?: string },
  ): Promise<Answer>
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'OPTIONS'

export interface Answer {
  status: number
  headers: LightMyRequestResponse['headers']
  text: string
  /** The JSON body; `undefined` when it is none. Tests read into it freely. */
  // oxlint-disable-next-line no-explicit-any -- what a client without types sees.
  body: any
}

interface TestApiOptions {
  oidc?: AuthOptions['oidc']
  mail?: Mailer | null
  baseUrl?: string
  trustedProxies?: readonly string[]
  allowedHosts?: readonly string[]
  readerWindowMs?: number
  hstsSeconds?: number
  bannedWords?: readonly string[]
  answerBytes?: number
}

/** With the tables of sign-in, which has migrations of its own. */
const WITH_ACCOUNTS: StoreTemplate = {
  name: 'with_accounts',
  async make(db) {
    await migrate(db)
    await migrateAuth(db, createLog('silent'))
  },
}

/** As on the first start: nothing set up. */
export async function emptyApi(
  open: OpenStore,
  webDir: string | null = null,
  {
    oidc = null,
    mail = null,
    baseUrl = 'http://127.0.0.1:4400',
    trustedProxies = [],
    allowedHosts = [],
    readerWindowMs,
    hstsSeconds,
    bannedWords = [],
    answerBytes = DEFAULT_LIMITS.answerBytes,
  }: TestApiOptions = {},
): Promise<TestApi> {
  const made = await testContext(() => open(WITH_ACCOUNTS), { isSetUp: false })
  const logged: string[] = []
  const log = createLog('error', { write: (line) => void logged.push(line) })
  const test = { ...made, ctx: { ...made.ctx, mail, log, limits: { ...made.ctx.limits, answerBytes } } }
  const authKey = randomBytes(32)
  const auth = createAuth({
    ctx: test.ctx,
    rootKey: authKey,
    baseUrl,
    oidc,
    bannedWords,
  })
  const readiness = readinessOf(test.ctx, { problem: () => Promise.resolve(null) })
  const monitoring = monitoringOf(test.ctx, readiness, undefined)
  const app = await buildApp({
    ctx: test.ctx,
    auth,
    monitoring,
    webDir,
    version: '0.0.0',
    profile: 'embedded',
    trustedProxies,
    isKnownHost: hostCheck({ listening: '127.0.0.1', url: baseUrl, allowed: allowedHosts }),
    ...(readerWindowMs === undefined ? {} : { readerWindowMs }),
    ...(hstsSeconds === undefined ? {} : { hstsSeconds }),
  })
  const api: TestApi = {
    ...test,
    app,
    auth,
    authKey,
    logged,
    token: '',
    async send(method, url, body, { token = api.token, headers = {}, address = '127.0.0.1' } = {}) {
      const answer = await app.inject({
        method,
        url,
        remoteAddress: address,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: parsed(answer.body) }
    },
    async close() {
      await app.close()
      await test.close()
    },
  }
  return api
}

/** Set up, with a token. */
export async function readyApi(open: OpenStore, options: TestApiOptions = {}): Promise<TestApi> {
  const api = await emptyApi(open, null, options)
  const { body } = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
  api.token = bootstrapped.parse(body).identity.credentials.token
  return api
}

/** A project as REST answers it. */
export async function newProject(api: TestApi, projectName = 'Shop'): Promise<z.output<typeof project>> {
  const { body } = await api.send('POST', '/api/v1/projects', { projectName })
  return z.object({ project }).parse(body).project
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
