/** An API in a process of its own, which measures itself: started by the adversarial run, which asks for its figures. For tests only. */
import { EventEmitter, once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { startEmulator } from '@keyferry/core/destinations/trigger-dev/emulator/index'
import { migrate, openSqlite } from '@keyferry/db'
import { bootstrapped } from '@keyferry/schemas'
import { ACCOUNT, emptyApi } from '../testing.ts'
import { furnish, machine, type Principal } from './furnish.ts'

/** What the process says of itself, in milliseconds and bytes. */
export interface Figures {
  /** The longest time that the main thread computed before anything else got its turn. */
  stallMs: number
  /** What was being answered then. */
  stalledBy: string[]
  /** By the clock: on a busy machine, other processes are in it. */
  delayMs: number
  /** The most memory the process had, beyond what it had before. */
  grownBytes: number
  /** What of it is left after the garbage was collected. */
  leftBytes: number
}

/** What the run needs to begin. */
export interface Started {
  url: string
  tokens: [who: string, token: string][]
  /** By the name of a field. */
  known: [name: string, value: unknown][]
}

const SAMPLE_MS = 5

const db = openSqlite(':memory:')
await migrate(db)
const api = await emptyApi(() => Promise.resolve({ db, close: () => db.destroy(), databaseUrl: null }), null, {
  readerWindowMs: 1500,
})
const setUp = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
const tokens: [string, string][] = [['instance admin', bootstrapped.parse(setUp.body).identity.credentials.token]]
const people: Principal[] = []
for (const role of ['viewer', 'developer', 'admin', 'narrowed developer']) {
  const { identityId, token } = await machine(api, role)
  tokens.push([role, token])
  const narrowed = role === 'narrowed developer'
  const scopes = narrowed ? [{ environment: 'dev', secretPath: '/api/**' }] : null
  people.push({ id: identityId, kind: 'identity', role: narrowed ? 'developer' : role, scopes })
}
const vendor = await startEmulator()
const known = await furnish(api, vendor, people, { environment: 'dev', path: '/api' })
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
let stallMs = 0
let stalledBy: string[] = []
let used = process.threadCpuUsage()
setInterval(() => {
  const { user, system } = process.threadCpuUsage(used)
  used = process.threadCpuUsage()
  const ms = (user + system) / 1000
  if (ms <= stallMs) return
  stallMs = ms
  stalledBy = [...answering.values()]
}, SAMPLE_MS)
let highest = 0
setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), SAMPLE_MS * 4)

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
  stallMs = 0
  delay.reset()
  return 'began'
}

async function figures(): Promise<Figures> {
  // Collecting garbage is not part of the run.
  const seen = { stallMs, stalledBy, delayMs: delay.max / 1e6, grownBytes: highest - before.rss }
  return { ...seen, leftBytes: (await held()) - before.held }
}

/** Resolves when every request has its answer, or was cut off. */
async function answered(): Promise<string> {
  while (answering.size > 0) await once(answers, 'closed')
  return 'answered'
}

const REPLIES = new Map<unknown, () => Promise<unknown>>(Object.entries({ begin, answered, figures }))
process.on('message', (message) => {
  void REPLIES.get(message)?.().then((answer) => process.send?.(answer))
})
const started: Started = { url, tokens, known: [...known] }
process.send?.(started)
