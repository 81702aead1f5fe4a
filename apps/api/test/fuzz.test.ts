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
import { ACCOUNT, emptyApi, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'
import { newTarget, seedFixtures, type Principal } from './request-matrix/seed-fixtures.ts'
import { auditReader } from './request-matrix/audit-reader.ts'
import { doorsOf, type Door } from './request-matrix/doors.ts'
import { brokenCredentials, type Malformed } from './request-matrix/malformed.ts'

/** Four for each door on SQLite, one on Postgres: each value that breaks something is sent dozens of times. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_500)
/** Milliseconds after which a request counts as hung: far beyond what the slowest takes on a busy machine. */
const HUNG_MS = 25_000
/**
 * Each door is tried in both: in the second everything is loaded and compiled, and what still grows is what requests
 * leave behind. The process is the same on Postgres, which has one round, for what only it refuses.
 */
const ROUNDS = { sqlite: 2, postgres: 1 }
const SHARE = { sqlite: 0.8, postgres: 0.2 }
/** Bytes: what V8 compiles, forgets and compiles again moves the heap by three million either way. */
const NOISE = 8_000_000
/** Bytes of the heap that each request of the second round may have left. */
const KEPT_PER_REQUEST = 300

type Who = 'instance admin' | 'admin' | 'developer' | 'viewer' | 'session' | 'nobody' | 'broken'
const WHO: readonly Who[] = ['instance admin', 'admin', 'developer', 'viewer', 'session', 'nobody', 'broken']

onEveryDatabase('malformed requests', (open, dialect) => {
  const doors = doorsOf()
  const rounds = ROUNDS[dialect]
  const perDoor = Math.round((REQUESTS * SHARE[dialect]) / doors.length / rounds)
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
      for (let round = 0; round < rounds; round++) {
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
        if (rounds > 1) left.push(collect())
      }
      expect(failures).toEqual([])
      expect(sent).toBeGreaterThanOrEqual(rounds * perDoor * doors.length)
      const [warm = 0, end = 0] = left
      expect(end - warm).toBeLessThan(NOISE + (KEPT_PER_REQUEST * sent) / rounds)
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
  const passwordHash = await api.auth.hashNewPassword(ACCOUNT.password)
  const person = await api.auth
    .within(withOwnNames(api.ctx.db))
    .createUser({ email: 'dev@example.com', passwordHash, name: 'Dev' })
  people.push({ id: person.id, kind: 'user', role: 'developer', scopes: null })
  const signedIn = await api.send('POST', '/api/auth/sign-in/email', {
    email: person.email,
    password: ACCOUNT.password,
  })
  const cookie = [signedIn.headers['set-cookie'] ?? ''].flat()[0]?.split(';', 1)[0] ?? ''

  const written = auditPosition(api)
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
      const before = await written()
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
      if (status >= 400) expect(await written(), `${seen} left something behind`).toBe(before)
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
const LEFT_BY_REFUSALS: readonly string[] = [
  'access.refused',
  'access.token-refused',
  'identity.lock-out',
  'identity.sign-in-failed',
  'person.lock-out',
  'person.password-reset-request',
  'person.sign-in-failed',
  // Follows, up to a second later, what an earlier request ended.
  'integrity.rows-ended',
] satisfies AuditAction[]

/** How far the audit log is, without refusals: it moves with everything that is written. */
function auditPosition(api: TestApi): () => Promise<number> {
  const newRows = auditReader(api)
  let written = 0
  return async () => {
    written = (await newRows()).findLast(({ action }) => !LEFT_BY_REFUSALS.includes(action))?.seq ?? written
    return written
  }
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
