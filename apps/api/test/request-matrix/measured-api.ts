/**
 * An API in a process of its own, which measures itself: started by the adversarial run, which asks for its figures.
 * Its store is the Postgres of the first argument, or SQLite. For tests only.
 */
import { subscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { openPostgres, openSqlite } from '@keyferry/db'
import type { OpenStore } from '@keyferry/db/testing'
import { bootstrapped } from '@keyferry/schemas'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import { ACCOUNT, emptyApi } from '../../src/testing.ts'
import { machine } from './machine.ts'
import { seedFixtures, type Principal } from './seed-fixtures.ts'
import { seedLargeProject } from './large-project.ts'

/** What the process says of itself, in milliseconds and bytes. */
export interface Figures {
  /** The longest time that the main thread computed before anything else got its turn. */
  stallMs: number
  /** What a fixed piece of work takes it: as much longer as the machine is slower, or busier. */
  yardstickMs: number
  /** What was being answered then. */
  stalledBy: string[]
  /** By the clock: on a busy machine, other processes are in it. */
  delayMs: number
  /** The most memory the process had, beyond what it had before. */
  grownBytes: number
  /** What of it is left after the garbage was collected. */
  leftBytes: number
  /** Routes of the API that nobody requested. */
  unasked: string[]
}

/** The worst of one part of the run, and the processor time that it took the process. */
export type Lap = Pick<Figures, 'stallMs' | 'stalledBy' | 'grownBytes'> & { cpuMs: number }

/** Headers that say who asks. */
export type Credential = Record<string, string>

/** What the run needs to begin. */
export interface Started {
  url: string
  credentials: [who: string, headers: Credential][]
  /** By the name of a field. */
  known: [name: string, value: unknown][]
}

const SAMPLE_MS = 5

/** By server: the routes that it has, and those that were requested. */
const routes = new Map<FastifyInstance, { registered: Set<string>; asked: Set<string> }>()
const created = z.object({ fastify: z.custom<FastifyInstance>() })
subscribe('fastify.initialization', (message) => {
  const { fastify } = created.parse(message)
  const [registered, asked] = [new Set<string>(), new Set<string>()]
  routes.set(fastify, { registered, asked })
  fastify.addHook('onRoute', ({ method, url }) => {
    // Of a GET, Fastify makes the HEAD; tRPC's path takes any method, and answers two of them.
    const methods = Array.isArray(method) ? ['GET', 'POST'] : [method]
    for (const one of methods) if (one !== 'HEAD') registered.add(`${one} ${url}`)
  })
  fastify.addHook('onRequest', async ({ method, routeOptions }) => void asked.add(`${method} ${routeOptions.url}`))
})

const [, , databaseUrl = null] = process.argv
// In a file: a store in memory would be counted as the memory of the process.
const folder = await mkdtemp(join(tmpdir(), 'keyferry-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('disconnect', () => process.exit())
const db = databaseUrl === null ? openSqlite(join(folder, 'keyferry.db')) : openPostgres(databaseUrl, 5)
if (databaseUrl === null) await sql`pragma synchronous = off`.execute(db)
const open: OpenStore = async (template) => {
  await template?.make(db)
  return { db, close: () => db.destroy(), databaseUrl }
}
const api = await emptyApi(open, null, { readerWindowMs: 1500 })
const setUp = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
const bearer = (token: string): Credential => ({ authorization: `Bearer ${token}` })
const { token: first } = bootstrapped.parse(setUp.body).identity.credentials
const signIn = await api.send('POST', '/api/auth/sign-in/email', ACCOUNT, { token: null })
const cookie = [signIn.headers['set-cookie'] ?? '']
  .flat()
  .map((one) => one.split(';', 1)[0])
  .join('; ')
const credentials: [string, Credential][] = [
  ['nobody', {}],
  ['a wrong token', bearer(`kfa_${'x'.repeat(43)}`)],
  ['instance admin', bearer(first)],
  ['session', { cookie, origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }],
]
const people: Principal[] = []
for (const role of ['viewer', 'developer', 'admin', 'narrowed developer']) {
  const { identityId, token } = await machine(api, role)
  credentials.push([role, bearer(token)])
  const narrowed = role === 'narrowed developer'
  const scopes = narrowed ? [{ environment: 'dev', secretPath: '/api/**' }] : null
  people.push({ id: identityId, kind: 'identity', role: narrowed ? 'developer' : role, scopes })
}
const vendor = await startEmulator()
const known = await seedFixtures(api, vendor, people, { environment: 'dev', path: '/api' })
const projectId = String(known.get('projectId'))
const key = await api.send(
  'POST',
  '/api/v1/api-keys',
  { name: 'adversarial', grants: [{ projectId, role: 'admin', scopes: null }] },
  { token: null, headers: { cookie, origin: 'http://127.0.0.1:4400' } },
)
credentials.push(['API key', bearer(z.object({ token: z.string() }).parse(key.body).token)])
await seedLargeProject(api, projectId, databaseUrl === null ? 4_000 : 2_000)
const url = await api.app.listen({ host: '127.0.0.1', port: 0 })

/** Requests on their way: what a stall is put down to. */
const answering = new Map<object, string>()
const answers = new EventEmitter()
api.app.server.on('request', ({ method, url }, response) => {
  answering.set(response, `${method} ${url?.slice(0, 120)}`)
  response.once('close', () => {
    answering.delete(response)
    answers.emit('closed')
  })
})

const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS })
delay.enable()
type Stall = Pick<Figures, 'stallMs' | 'stalledBy'>
let worst: Stall = { stallMs: 0, stalledBy: [] }
let ofRun = worst
let used = process.threadCpuUsage()
setInterval(() => {
  const { user, system } = process.threadCpuUsage(used)
  used = process.threadCpuUsage()
  const ms = (user + system) / 1000
  if (ms > worst.stallMs) worst = { stallMs: ms, stalledBy: [...answering.values()] }
}, SAMPLE_MS)
let [highest, highestOfPart] = [0, 0]
// More often, to ask for it would be much of what the thread does.
setInterval(() => {
  highestOfPart = Math.max(highestOfPart, process.memoryUsage.rss())
  highest = Math.max(highest, highestOfPart)
}, SAMPLE_MS * 20)

const ROWS = Array.from({ length: 20_000 }, (_, i) => ({ id: `${i}`, key: `KEY_${i}`, value: 'x'.repeat(40) }))
const yards: number[] = []

/** Measures the yardstick once more. */
function measure(): void {
  const before = process.threadCpuUsage()
  JSON.parse(JSON.stringify(ROWS))
  const { user, system } = process.threadCpuUsage(before)
  yards.push((user + system) / 1000)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Bytes that are still referred to. */
async function held(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.()
    await setTimeout(50)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let before = { rss: 0, held: 0 }
async function begin(): Promise<string> {
  before = { held: await held(), rss: process.memoryUsage.rss() }
  highest = before.rss
  used = process.threadCpuUsage()
  worst = ofRun = { stallMs: 0, stalledBy: [] }
  delay.reset()
  return 'began'
}

let usedByParts = process.cpuUsage()
/** The worst since the last lap. */
function lap(): Promise<Lap> {
  const seen = worst
  for (let round = 0; round < 5; round++) measure()
  used = process.threadCpuUsage()
  if (seen.stallMs > ofRun.stallMs) ofRun = seen
  worst = { stallMs: 0, stalledBy: [] }
  const grownBytes = highestOfPart - before.rss
  highestOfPart = 0
  const { user, system } = process.cpuUsage(usedByParts)
  usedByParts = process.cpuUsage()
  return Promise.resolve({ ...seen, grownBytes, cpuMs: (user + system) / 1000 })
}

async function figures(): Promise<Figures> {
  // Collecting garbage is not part of the run.
  await lap()
  const seen = { ...ofRun, yardstickMs: median(yards), delayMs: delay.max / 1e6, grownBytes: highest - before.rss }
  const { registered, asked } = routes.get(api.app) ?? { registered: new Set(['none']), asked: new Set() }
  return { ...seen, leftBytes: (await held()) - before.held, unasked: [...registered].filter((one) => !asked.has(one)) }
}

/** Resolves when every request has its answer, or was cut off. */
async function answered(): Promise<string> {
  while (answering.size > 0) await once(answers, 'closed')
  return 'answered'
}

const REPLIES = new Map<unknown, () => Promise<unknown>>(Object.entries({ begin, lap, answered, figures }))
process.on('message', (message) => {
  void REPLIES.get(message)?.().then((answer) => process.send?.(answer))
})
const started: Started = { url, credentials, known: [...known] }
process.send?.(started)
