/**
 * Everything that costs much, against a process of its own: each procedure over tRPC and each REST route with inputs up
 * to their limits and beyond, as every kind of principal, sign-in, odd bodies and headers, graphs that multiply, large
 * folders, readers that don't read, streams that are opened and dropped. Whatever comes, the process answers, computes
 * for no more than a moment at a time, and has its memory back afterwards. On Postgres runs what depends on the store.
 * `FUZZ_SEED` replays a run or, as `random`, makes another; `ADVERSARIAL_ROUNDS` makes more of them.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { createDatabase } from '@keyferry/db/testing'
import { SEED } from '@keyferry/vitest/seed'
import { afterEach, expect, inject, it } from 'vitest'
import { SMALL_BODY } from '../src/http/large-bodies.ts'
import { adversary, type Adversary } from './request-matrix/adversary.ts'
import { inputFor, procedures } from './request-matrix/inputs.ts'
import type { Figures, Lap, Started } from './request-matrix/measured-api.ts'
import { everyRequest, oddRequests, type Sending } from './request-matrix/requests.ts'

const ROUNDS = Number(process.env.ADVERSARIAL_ROUNDS ?? 1)
/**
 * In yardsticks, since a slow or busy machine takes longer for everything: 232 ms, with a yardstick of 29 ms, beside a
 * browser's test on 2026-11-29.
 */
const MOST_STALL = 12
const MB = 1_000_000
/**
 * 222 MB on 2026-11-29, of which 21 stay. Without the limit to how far the heap grows before garbage is collected it
 * was 560 to 620 MB: on a machine with much memory, V8 waits until the heap has four times what is in use.
 */
const MOST_GROWN = 512 * MB
const AT_A_TIME = 4

let child: ChildProcess | null = null
afterEach(() => child?.disconnect())

/** A process, what it said it is, and how to ask it. */
async function start(databaseUrl: string | null) {
  const started = fork(
    join(import.meta.dirname, 'request-matrix/measured-api.ts'),
    databaseUrl === null ? [] : [databaseUrl],
    {
      // As `start` has it, and with a way to collect the garbage.
      execArgv: [
        '--liftoff-only',
        '--max-semi-space-size=8',
        '--heap-growing-percent=50',
        '--no-incremental-marking-task',
        '--expose-gc',
      ],
      serialization: 'advanced',
      silent: true,
    },
  )
  child = started
  let output = ''
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(started, 'exit').then(() => {
    throw new Error(`the process ended: ${output.slice(-4000)}`)
  })
  ended.catch(() => {})
  const reply = async <T>(message?: string): Promise<T> => {
    const answer = once(started, 'message')
    if (message !== undefined) started.send(message)
    const [value] = await Promise.race([answer, ended])
    return value as T
  }
  return { reply, ...(await reply<Started>()) }
}

type Process = Awaited<ReturnType<typeof start>>

/** The same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 8
}

/** Does `work` for each item, `most` at a time. */
async function together<T>(most: number, items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (let next = left.next(); !next.done; next = left.next()) await work(next.value)
    }),
  )
}

const bytesOf = (body: readonly Buffer[]): number => body.reduce((sum, { byteLength }) => sum + byteLength, 0)

/** Over a connection of its own. `fetch` copies each body three times, which was a third of the run. */
async function exchange(
  url: URL,
  { method, headers = {}, body = [] }: Omit<Sending, 'path'>,
): Promise<{ status: number; text: string }> {
  const length = body.length === 0 ? {} : { 'content-length': bytesOf(body) }
  const sending = request(url, { agent: false, method, headers: { ...headers, ...length, 'accept-encoding': 'gzip' } })
  const answered = once(sending, 'response')
  // What is refused early can be cut off while the rest of it is sent.
  sending.on('error', () => {})
  for (const piece of body) sending.write(piece)
  sending.end()
  const [answer]: IncomingMessage[] = await answered
  if (!answer) throw new Error('no answer')
  const isZipped = answer.headers['content-encoding'] === 'gzip'
  const content = isZipped ? pipeline(answer, createGunzip(), () => {}) : answer
  return { status: answer.statusCode ?? 0, text: await textOf(content) }
}

const isClosed = (error: unknown): boolean => ['EPIPE', 'ECONNRESET'].includes(String(Object(error).code))

/** Sends one request and judges its answer. */
async function ask(
  { url, credentials }: Process,
  failures: string[],
  who: string,
  { method, path, body, headers = {} }: Sending,
): Promise<{ status: number; text: string }> {
  const what = `${method} ${path.slice(0, 200)} as ${who}`
  try {
    const answer = await exchange(new URL(`${url}${path}`), {
      method,
      headers: {
        ...new Map(credentials).get(who),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    const { status, text } = answer
    if (status >= 500 && status !== 503) failures.push(`${what}: ${status} ${text.slice(0, 500)}`)
    if (status >= 400 && text.length > 8192) failures.push(`${what}: ${status} with ${text.length} bytes`)
    return answer
  } catch (error) {
    // What is too large is refused, and its connection closed, before all of it was sent: a body at once where nobody
    // is known. Of a known one, an earlier request may have ended the session or deleted the credential.
    const isCutOff = body !== undefined && bytesOf(body) > SMALL_BODY && isClosed(error)
    if (!isCutOff) failures.push(`${what}: ${String(error)} ${String(Object(error).cause)}`)
    return { status: 0, text: '' }
  }
}

/** Asks for large answers and reads no more than their beginning. Resolves when the process has ended all of them. */
async function slowReaders({ reply, url, credentials, known }: Process): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const query = new URLSearchParams({
    projectId: String(new Map(known).get('projectId')),
    environment: 'dev',
    secretPath: '/large',
  })
  const { authorization } = new Map(credentials).get('developer') ?? {}
  const sockets = Array.from({ length: 8 }, () => connect(Number(port), hostname).on('error', () => {}))
  await Promise.all(
    sockets.map((socket) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      // Without a reader, a socket takes in what fits into its buffer.
      socket.once('readable', resolve).once('close', () => resolve())
      const path = `/api/v4/secrets?${query.toString()}`
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`)
      return promise
    }),
  )
  await reply('answered')
  for (const socket of sockets) socket.destroy()
}

/** Opens each kind of live event stream and drops it at once, beside writes that they hear of. */
async function droppedStreams({ url, credentials, known }: Process, failures: string[]): Promise<void> {
  const streams = procedures
    .filter(({ type }) => type === 'subscription')
    .map((procedure) => ({ procedure, input: JSON.stringify(inputFor(procedure, new Map(known))) }))
  const ways: { path: string; body?: string }[] = streams.map(({ procedure, input }) => ({
    path: `/api/trpc/${procedure.name}?input=${encodeURIComponent(input)}`,
  }))
  for (const { procedure, input } of streams)
    if (procedure.name === 'syncs.folderChanges')
      ways.push({ path: '/api/v1/events/subscribe/project-events', body: input })
  const opened = Array.from({ length: 30 }, () => ways).flat()
  await together(20, opened, async ({ path, body }) => {
    const stop = new AbortController()
    const headers = { ...new Map(credentials).get('viewer'), 'content-type': 'application/json' }
    const sending = body === undefined ? {} : { method: 'POST', body }
    const answer = await fetch(`${url}${path}`, { ...sending, headers, signal: stop.signal })
    if (answer.status !== 200 && answer.status !== 429) failures.push(`${path.slice(0, 60)}: ${answer.status}`)
    stop.abort()
  })
}

async function run(
  store: string,
  databaseUrl: string | null,
  attack: (
    process: Process,
    adversary: Adversary,
    part: (name: string, work: Promise<unknown>) => Promise<void>,
    failures: string[],
  ) => Promise<void>,
): Promise<Figures> {
  const started = await start(databaseUrl)
  const failures: string[] = []
  const laps: [part: string, worst: string][] = []
  const part = async (name: string, work: Promise<unknown>): Promise<void> => {
    await work
    const { stallMs, grownBytes, cpuMs } = await started.reply<Lap>('lap')
    const cpu = `${Math.round(cpuMs / 1000)} s of the processor`
    laps.push([name, `${Math.round(stallMs)} ms, ${Math.round(grownBytes / MB)} MB, ${cpu}`])
  }
  const asking = (who: string, sending: Sending) => ask(started, failures, who, sending)
  await asking('developer', { method: 'GET', path: '/api/v1/projects' })
  await started.reply('begin')
  for (let round = 0; round < ROUNDS; round++)
    await attack(
      started,
      adversary(asking, new Map(started.known), (what) => failures.push(what)),
      part,
      failures,
    )
  const figures = await started.reply<Figures>('figures')
  // oxlint-disable-next-line no-console -- the figures of the run are what it is for.
  console.log(`adversarial run on ${store}:`, figures, Object.fromEntries(laps))
  expect(failures).toEqual([])
  expect(figures.stallMs / figures.yardstickMs, figures.stalledBy.join('\n')).toBeLessThan(MOST_STALL)
  expect(figures.grownBytes).toBeLessThan(MOST_GROWN)
  expect(figures.leftBytes).toBeLessThan(100 * MB)
  expect((await fetch(`${started.url}/api/status`)).status).toBe(200)
  return figures
}

it(`stays quick and small, whatever is sent (FUZZ_SEED=${SEED})`, { timeout: 1_200_000 * ROUNDS }, async () => {
  const { unasked } = await run('SQLite', null, async (started, { graphs, large, file }, part, failures) => {
    const known = new Map(started.known)
    const principals = started.credentials.map(([who]) => who)
    const roll = dice(SEED)
    const asAnybody = (sending: Sending) =>
      ask(started, failures, principals[roll() % principals.length] ?? '', sending)
    await part('a file', file())
    await part('every route', together(AT_A_TIME, everyRequest(known, roll), asAnybody))
    await part('slow readers, dropped streams', Promise.all([slowReaders(started), droppedStreams(started, failures)]))
    await part('graphs', graphs())
    await part('odd requests', together(AT_A_TIME, oddRequests(known), asAnybody))
    // At its end the project is deleted.
    await part('large folders', large())
  })
  // As the server itself has them: a new route that the run leaves out is named here.
  expect(unasked).toEqual([])
})

it.skipIf(!inject('postgresUrl'))('so it does on Postgres', { timeout: 1_200_000 * ROUNDS }, async () =>
  run('Postgres', await createDatabase(), async (_, { large }, part) => {
    await part('large folders', large())
  }),
)
