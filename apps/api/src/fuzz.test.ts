/**
 * Malformed requests over every way in: each procedure over REST, tRPC, its batches and its live events, sign-in,
 * files, metrics. Whatever comes, the answer is a documented one, at once, and nothing is left half-done. A failure
 * prints its seed, the smallest request that shows it and what was logged; `FUZZ_SEED` replays one or, as `random`,
 * makes others, `FUZZ_REQUESTS` makes more of them.
 */
import dns from 'node:dns'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { withOwnNames } from '@keyferry/db'
import { onEveryDatabase, statement, type OpenStore } from '@keyferry/db/testing'
import { verifyAudit } from '@keyferry/kernel'
import type { AuditAction } from '@keyferry/schemas'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Route } from './rest/route.ts'
import { ACCOUNT, emptyApi, type TestApi } from './testing.ts'
import { machine, newTarget, seedFixtures, type Principal } from './request-matrix/seed-fixtures.ts'
import { inputFor, procedures, readBy, type Procedure } from './request-matrix/inputs.ts'
import { bodyOf, brokenCredentials, queryOf, segment, spoiled, type Malformed } from './request-matrix/malformed.ts'

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000)
/** Milliseconds after which a request counts as hung: far beyond what the slowest takes on a busy machine. */
const HUNG_MS = 25_000
/**
 * Each door is tried in both: in the second everything is loaded and compiled, and what still grows is what requests
 * leave behind.
 */
const ROUNDS = 2
/** Bytes: what V8 compiles, forgets and compiles again moves the heap by three million either way. */
const NOISE = 8_000_000
/** Bytes of the heap that each request of the second round may have left. */
const KEPT_PER_REQUEST = 300

type Who = 'instance admin' | 'admin' | 'developer' | 'viewer' | 'session' | 'nobody' | 'broken'
const WHO: readonly Who[] = ['instance admin', 'admin', 'developer', 'viewer', 'session', 'nobody', 'broken']

/** One way in, and what may be sent there. */
interface Door {
  name: string
  /** What the inputs are pointed at may be gone afterwards. */
  destroys: boolean
  requests(known: ReadonlyMap<string, unknown>): fc.Arbitrary<Malformed>
}

onEveryDatabase('malformed requests', (open, dialect) => {
  // Both databases get all of them together.
  const doors = doorsOf()
  const perDoor = Math.ceil((REQUESTS * (dialect === 'sqlite' ? 0.8 : 0.2)) / doors.length / ROUNDS)
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage(open)
  })
  afterAll(() => stage.close())

  it(
    `are answered with a documented body by every one of ${doors.length} doors (FUZZ_SEED=${SEED})`,
    { timeout: 600_000 },
    async () => {
      const collect = garbageCollector()
      const left: number[] = []
      let sent = 0
      const failures: string[] = []
      for (let round = 0; round < ROUNDS; round++) {
        for (const [n, door] of doors.entries()) {
          const known = await stage.fixture()
          const request = fc.tuple(fc.constantFrom(...WHO), brokenCredentials(stage.api.token), door.requests(known))
          const failure = await fc.check(
            fc.asyncProperty(request, async ([who, broken, malformed]) => {
              sent++
              await stage.ask(door, who, broken, malformed)
            }),
            {
              seed: SEED + round * doors.length + n,
              numRuns: perDoor,
              endOnFailure: false,
              interruptAfterTimeLimit: 120_000,
            },
          )
          if (failure.failed) failures.push(`${fc.defaultReportMessage(failure)}\n${String(failure.errorInstance)}`)
        }
        left.push(collect())
      }
      expect(failures).toEqual([])
      expect(sent).toBeGreaterThanOrEqual(ROUNDS * perDoor * doors.length)
      const [warm = 0, end = 0] = left
      expect(end - warm).toBeLessThan(NOISE + (KEPT_PER_REQUEST * sent) / ROUNDS)
      await stage.expectConsistent()
    },
  )
})

interface Stage {
  api: TestApi
  /** What the inputs are pointed at; whole, whatever the requests before did. */
  fixture(): Promise<ReadonlyMap<string, unknown>>
  ask(door: Door, who: Who, broken: Record<string, string>, request: Malformed): Promise<void>
  expectConsistent(): Promise<void>
  close(): Promise<void>
}

async function setStage(open: OpenStore): Promise<Stage> {
  const webDir = await mkdtemp(join(tmpdir(), 'keyferry-fuzz-'))
  await mkdir(join(webDir, 'assets'))
  await writeFile(join(webDir, 'index.html'), '<!doctype html>')
  await writeFile(join(webDir, 'assets/app-1.js'), '')
  // No request may leave for the world: whatever host a malformed input names does not exist.
  const real = dns.lookup
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((host: string, ...rest: unknown[]) => {
    if (isIP(host) !== 0) return Reflect.apply(real, dns, [host, ...rest])
    const done = rest.at(-1)
    if (typeof done === 'function') done(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }))
  }) as typeof dns.lookup)
  const api = await emptyApi(open, webDir)
  const setUp = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
  api.token = String(setUp.body.identity.credentials.token)
  const vendor = await startEmulator()
  const people: Principal[] = []
  const tokens = new Map<Who, string>([['instance admin', api.token]])
  for (const role of ['viewer', 'developer', 'admin'] as const) {
    const { identityId, token } = await machine(api, role)
    tokens.set(role, token)
    people.push({ id: identityId, kind: 'identity', role, scopes: null })
  }
  const person = await api.auth
    .within(withOwnNames(api.ctx.db))
    .createUser({ email: 'dev@example.com', password: ACCOUNT.password, name: 'Dev' })
  people.push({ id: person.id, kind: 'user', role: 'developer', scopes: null })
  const signedIn = await api.send('POST', '/api/auth/sign-in/email', {
    email: person.email,
    password: ACCOUNT.password,
  })
  const cookie = [signedIn.headers['set-cookie'] ?? ''].flat()[0]?.split(';', 1)[0] ?? ''

  let known: ReadonlyMap<string, unknown> | null = null
  let addresses = 0

  return {
    api,
    async fixture() {
      known ??= await seedFixtures(api, vendor, people, {
        environment: 'dev',
        path: '/api',
        target: newTarget(vendor),
      })
      return known
    },
    async ask({ name: door, destroys }, who, broken, { method, url, headers, payload }) {
      const token = tokens.get(who)
      const credentials: Record<string, string> =
        token !== undefined
          ? { authorization: `Bearer ${token}` }
          : who === 'session'
            ? { cookie, 'sec-fetch-site': 'same-origin' }
            : who === 'broken'
              ? broken
              : {}
      const before = await written(api)
      api.logged.length = 0
      const stop = new AbortController()
      const answer = await within(
        HUNG_MS,
        api.app.inject({
          method,
          url,
          headers: { ...headers, ...credentials },
          ...(payload === undefined ? {} : { payload }),
          // Each from somewhere else: how many end at the rate limit would depend on the time of day.
          remoteAddress: `10.0.${(addresses++ >> 8) & 255}.${addresses & 255}`,
          payloadAsStream: true,
          signal: stop.signal,
        }),
        door,
      )
      const status = answer.statusCode
      const endless = String(answer.headers['content-type']).startsWith('text/event-stream')
      const text = endless ? '' : await within(HUNG_MS, textOf(answer.stream()), door)
      if (endless) {
        answer.stream().on('error', () => {})
        stop.abort()
      }
      const seen = `${door} as ${who}: ${method} ${url.slice(0, 300)} ${status} ${text.slice(0, 600)} ${api.logged.join('')}`
      expect(status, seen).toBeLessThan(500)
      expect(text, seen).not.toMatch(/node_modules|\bat .+\.ts:\d|SQLITE_|sqlite error/i)
      if (status >= 400 && method !== 'HEAD' && text !== '') expectDocumented(url, status, text, seen)
      if (status < 300 && destroys) known = null
      if (status >= 400) expect(await written(api), `${seen} left something behind`).toBe(before)
    },
    async expectConsistent() {
      expect((await verifyAudit(api.ctx)).problem).toBeNull()
      if (api.ctx.db.dialect === 'sqlite') {
        expect(await statement(api.ctx.db, 'pragma integrity_check')).toEqual([{ integrityCheck: 'ok' }])
        expect(await statement(api.ctx.db, 'pragma foreign_key_check')).toEqual([])
      }
      for (const orphans of ORPHANS) expect(await statement(api.ctx.db, orphans), orphans).toEqual([])
      expect((await api.send('GET', '/api/v1/projects')).status).toBe(200)
      expect((await api.send('GET', '/api/ready')).status).toBe(200)
    },
    async close() {
      await vendor.close()
      await api.close()
      lookup.mockRestore()
      await rm(webDir, { recursive: true, force: true })
    },
  }
}

/** Rows without what they belong to: a write that stopped half-way. */
const ORPHANS = [
  'select id from secrets where id not in (select secret_id from secret_versions)',
  'select id from folders where environment_id not in (select id from environments)',
  'select id from environments where project_id not in (select id from projects)',
  'select id from memberships where project_id not in (select id from projects)',
  'select id from client_secrets where identity_id not in (select identity_id from universal_auths)',
  'select id from access_tokens where identity_id not in (select id from identities)',
  'select id from api_keys where id not in (select id from apikey)',
]

/** What the audit log says of a request that was refused: the only thing such a request leaves. */
const REFUSALS: AuditAction[] = [
  'access.refused',
  'access.token-refused',
  'identity.lock-out',
  'identity.sign-in-failed',
  'person.lock-out',
  'person.password-reset-request',
  'person.sign-in-failed',
]

/** How far the audit log is, without refusals: it moves with everything that is written. */
async function written({ ctx }: TestApi): Promise<number> {
  const row = await ctx.db
    .selectFrom('audit')
    .where('action', 'not in', REFUSALS)
    // Follows, up to a second later, what an earlier request ended.
    .where('action', '!=', 'integrity.rows-ended')
    .orderBy('seq', 'desc')
    .limit(1)
    .select('seq')
    .executeTakeFirst()
  return Number(row?.seq ?? 0)
}

const restBody = z.object({
  reqId: z.string(),
  statusCode: z.number(),
  error: z.string(),
  message: z.union([z.string(), z.array(z.object({ message: z.string() }))]),
})
const trpcError = z.object({
  error: z.object({
    message: z.string(),
    code: z.number(),
    data: z.object({ httpStatus: z.number(), code: z.string() }),
  }),
})
const trpcBody = z.union([trpcError, z.array(z.union([trpcError, z.object({ result: z.unknown() })])).min(1)])

function expectDocumented(url: string, status: number, text: string, seen: string): void {
  if (url.startsWith('/metrics')) return
  const body: unknown = JSON.parse(text)
  const rest = restBody.safeParse(body)
  if (rest.success) return expect(rest.data.statusCode, seen).toBe(status)
  expect(url, seen).toMatch(/^\/api\/trpc\//)
  expect(trpcBody.safeParse(body).error, seen).toBeUndefined()
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

async function within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${what} did not answer within ${ms / 1000} s`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Collects all garbage; the bytes that are left. */
function garbageCollector(): () => number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('no garbage collector to call')
  return () => {
    for (let round = 0; round < 3; round++) collect()
    return process.memoryUsage().heapUsed
  }
}

const DESTROYS = /\.(delete|remove|revoke|detach|move)/

/** Every way in. */
function doorsOf(): Door[] {
  const rest = procedures.flatMap((procedure) =>
    procedure.meta.routes.map((route) => restDoor(readBy(route, procedure), route)),
  )
  return [...rest, ...procedures.map(trpcDoor), ...AUTH.map(authDoor), filesDoor]
}

const optionalOf = ({ inputs: [schema] }: Procedure): string[] =>
  schema ? Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {}) : []

function restDoor(procedure: Procedure, route: Route): Door {
  const optional = optionalOf(procedure)
  return {
    name: `${route.method} ${route.path}`,
    destroys: DESTROYS.test(procedure.name),
    requests(known) {
      const good = new Map(Object.entries(Object(inputFor(procedure, known))))
      const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
      const parts = fc.tuple(...names.map((name) => segment(String(good.get(name) ?? 'x'))))
      for (const name of names) good.delete(name)
      const methods = fc.constantFrom(
        route.method,
        route.method,
        route.method,
        route.method,
        'PUT' as const,
        'HEAD' as const,
      )
      return fc.tuple(parts, methods, spoiled(Object.fromEntries(good), optional)).chain(([values, method, input]) => {
        const path = names.reduce((path, name, n) => path.replace(`:${name}`, () => values[n] ?? ''), route.path)
        const asQuery = queryOf(input).map((query): Malformed => ({
          method,
          url: `${path}?${query}`,
          headers: {},
          payload: undefined,
        }))
        const asBody = bodyOf(input).map(({ payload, type }): Malformed => ({
          method,
          url: path,
          headers: typed(type),
          payload,
        }))
        return route.method === 'GET'
          ? asQuery
          : fc.oneof({ weight: 5, arbitrary: asBody }, { weight: 1, arbitrary: asQuery })
      })
    },
  }
}

const typed = (type: string | null): Record<string, string> => (type === null ? {} : { 'content-type': type })

function trpcDoor(procedure: Procedure): Door {
  const { name, type } = procedure
  const optional = optionalOf(procedure)
  const paths = fc.constantFrom(
    ...Array.from({ length: 10 }, () => name),
    `${name},${name}`,
    `${name},instance.status`,
    `${name},__proto__`,
    `${name}.`,
    name.toUpperCase(),
    `${name},`.repeat(60),
  )
  return {
    name: `tRPC ${name}`,
    destroys: DESTROYS.test(name),
    requests: (known) =>
      fc
        .tuple(paths, spoiled(inputFor(procedure, known) ?? {}, optional), fc.boolean())
        .chain(([path, input, wrongMethod]) => {
          const batch = path.includes(',')
          const whole = batch ? { 0: input, 1: input } : input
          const base = `/api/trpc/${path}`
          const last = fc.constantFrom('', '&lastEventId=1', '&connectionParams=%7B', '&Last-Event-Id=%00')
          const asQuery = fc.tuple(queryOf({ input: whole }), last).map(([query, more]): Malformed => ({
            method: 'GET',
            url: `${base}?${query}${batch ? '&batch=1' : ''}${more}`,
            headers: {},
            payload: undefined,
          }))
          const asBody = bodyOf(whole).map(({ payload, type: contentType }): Malformed => ({
            method: 'POST',
            url: `${base}${batch ? '?batch=1' : ''}`,
            headers: typed(contentType),
            payload,
          }))
          const mutates = type === 'mutation'
          return mutates !== (wrongMethod && batch) ? asBody : asQuery
        }),
  }
}

/** What sign-in asks for. */
const AUTH: readonly (readonly [method: 'GET' | 'POST', path: string, input: object])[] = [
  ['POST', 'sign-in/email', { email: ACCOUNT.email, password: 'wrong password' }],
  ['POST', 'sign-in/social', { provider: 'oidc', callbackURL: '/' }],
  ['GET', 'callback/oidc', { code: 'x', state: 'y' }],
  ['GET', 'get-session', {}],
  ['POST', 'request-password-reset', { email: ACCOUNT.email, redirectTo: '/reset-password' }],
  ['POST', 'reset-password', { token: 'x', newPassword: 'correct horse battery' }],
  ['POST', 'change-password', { currentPassword: 'x', newPassword: 'correct horse battery' }],
  ['POST', 'two-factor/enable', { password: 'x' }],
  ['POST', 'two-factor/disable', { password: 'x' }],
  ['POST', 'two-factor/get-totp-uri', { password: 'x' }],
  ['POST', 'two-factor/verify-totp', { code: '000000' }],
  ['POST', 'two-factor/verify-backup-code', { code: 'aaaaa-bbbbb' }],
  ['POST', 'two-factor/generate-backup-codes', { password: 'x' }],
  ['GET', 'list-sessions', {}],
  ['GET', 'list-accounts', {}],
  ['POST', 'revoke-session', { token: 'x' }],
  ['POST', 'update-user', { name: 'Dev' }],
  // Not open.
  ['POST', 'sign-up/email', { email: 'eve@example.com', password: 'correct horse battery', name: 'Eve' }],
  ['POST', 'api-key/create', { name: 'x' }],
  ['GET', 'error', { error: '<script>' }],
  ['GET', 'reset-password/x', { callbackURL: 'https://evil.example' }],
]

const authDoor = ([method, path, input]: (typeof AUTH)[number]): Door => ({
  name: `${method} /api/auth/${path}`,
  destroys: false,
  requests: () =>
    fc
      .tuple(
        spoiled(input, ['callbackURL', 'rememberMe', 'trustDevice', 'disableSession']),
        fc.constantFrom(path, path, path, `${path}/`, `/${path}`, `${path}%00`, path.toUpperCase()),
      )
      .chain(([spoilt, at]) =>
        method === 'GET'
          ? queryOf(spoilt).map((query): Malformed => ({
              method,
              url: `/api/auth/${at}?${query}`,
              headers: {},
              payload: undefined,
            }))
          : fc
              .tuple(
                bodyOf(spoilt),
                fc.constantFrom<Record<string, string>>({}, { origin: 'null' }, { origin: '%' }, { host: 'a b' }),
              )
              .map(([{ payload, type }, more]): Malformed => ({
                method,
                url: `/api/auth/${at}`,
                headers: { ...typed(type), ...more },
                payload,
              })),
      ),
})

const filesDoor: Door = {
  name: 'files and monitoring',
  destroys: false,
  requests: () =>
    fc
      .tuple(
        fc.constantFrom(
          'GET' as const,
          'GET' as const,
          'HEAD' as const,
          'POST' as const,
          'OPTIONS' as const,
          'DELETE' as const,
        ),
        fc.constantFrom(
          '/',
          '/index.html',
          '/assets/app-1.js',
          '/assets/',
          '/assets/../../../../etc/passwd',
          '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
          '/assets/..%5c..%5cetc%5cpasswd',
          '/assets/%00',
          '/%',
          '/%E0%A4%A',
          '//evil.example',
          '/.env',
          '/projects/x',
          '/api',
          '/api/',
          '/api/nothing',
          '/api/trpc',
          '/api/trpc/',
          '/api/docs',
          '/api/docs/',
          '/api/docs/json',
          '/api/docs/js/../../x',
          '/api/ready',
          '/api/status',
          '/healthcheck',
          '/metrics',
          '/metrics/',
          '/api/v1/audit/export',
          `/${'x'.repeat(7000)}`,
          `/${'a/'.repeat(3000)}`,
        ),
        queryOf({ projectId: 'x', limit: '1', from: 'y' }),
        fc.constantFrom<Record<string, string>>(
          {},
          { accept: 'text/html' },
          { accept: 'text/html', range: 'bytes=9999999-' },
          { range: 'bytes=-1,0-,5-1', 'if-none-match': '*' },
          { 'accept-encoding': 'br;q=x, *;q=0' },
          { 'if-modified-since': 'never', 'x-forwarded-for': '1, 2, %00' },
          { host: '' },
          { authorization: 'Bearer', 'content-type': 'application/json', 'content-length': '-1' },
        ),
      )
      .map(([method, path, query, headers]): Malformed => ({
        method,
        url: `${path}?${query}`,
        headers,
        payload: undefined,
      })),
}
