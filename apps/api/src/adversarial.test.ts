/**
 * Everything a member can send that costs much, against a process of its own: each procedure with inputs up to their limits and beyond, as
 * every kind of principal, beside readers that don't read, streams that are opened and dropped, and batches. Whatever comes, the process
 * answers, computes for no more than a moment at a time, and has its memory back afterwards. `FUZZ_SEED` replays a run or, as `random`,
 * makes another; `ADVERSARIAL_ROUNDS` makes more of them.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { SEED } from '@keyferry/vitest/seed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BODY_LIMIT } from './http/large-bodies.ts'
import { extremeInputs } from './walk/extremes.ts'
import { procedures, type Procedure } from './walk/inputs.ts'
import type { Figures, Started } from './walk/measured-api.ts'

const ROUNDS = Number(process.env.ADVERSARIAL_ROUNDS ?? 1)
const MOST_STALL_MS = 250
const MB = 1_000_000
const AT_A_TIME = 4

let child: ChildProcess
let started: Started
let output = ''
const failures: string[] = []

beforeAll(async () => {
  child = fork(join(import.meta.dirname, 'walk/measured-api.ts'), {
    execArgv: ['--liftoff-only', '--expose-gc'],
    serialization: 'advanced',
    silent: true,
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  started = await reply<Started>()
})
afterAll(() => void child.kill())

async function reply<T>(message?: string): Promise<T> {
  const answer = once(child, 'message')
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the process ended: ${output.slice(-4000)}`)))
  if (message !== undefined) child.send(message)
  const [value] = await Promise.race([answer, ended])
  return value as T
}

/** Sends one request and judges its answer. */
async function ask(what: string, token: string, path: string, input?: unknown): Promise<string> {
  const body = input === undefined ? undefined : JSON.stringify(input)
  try {
    return await judged(what, token, path, body)
  } catch (error) {
    // A body that is too large is refused, and its connection closed, before all of it was sent.
    if (body === undefined || body.length < BODY_LIMIT) failures.push(`${what}: ${String(error)}`)
    return ''
  }
}

async function judged(what: string, token: string, path: string, body: string | undefined): Promise<string> {
  const answer = await fetch(`${started.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  if (answer.status >= 500 && answer.status !== 503) failures.push(`${what}: ${answer.status} ${text.slice(0, 500)}`)
  if (answer.status >= 400 && text.length > 8192) failures.push(`${what}: ${answer.status} with ${text.length} bytes`)
  return text
}

/** Does `work` for each item, `most` at a time. */
async function together<T>(most: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (const item of left) await work(item)
    }),
  )
}

/** The same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 8
}

const token = (who: string): string => new Map(started.tokens).get(who) ?? ''

async function everyProcedure(roll: () => number): Promise<void> {
  const known = new Map(started.known)
  const requests = procedures
    .filter(({ type }) => type !== 'subscription')
    .flatMap((procedure: Procedure) => extremeInputs(procedure, known, roll).map((input) => ({ procedure, input })))
  await together(AT_A_TIME, requests, async ({ procedure: { name, type }, input }) => {
    const [who, credential] = started.tokens[roll() % started.tokens.length] ?? ['', '']
    const query = type === 'query' ? `?input=${encodeURIComponent(JSON.stringify(input).slice(0, 12_000))}` : ''
    await ask(`${name} as ${who}`, credential, `/api/trpc/${name}${query}`, type === 'query' ? undefined : input)
  })
}

/** References and imports that multiply what is stored, written and read by the developer of one folder. */
async function graphs(): Promise<void> {
  const known = new Map(started.known)
  const at = { projectId: known.get('projectId'), environment: 'dev', secretPath: '/api' }
  const narrowed = token('narrowed developer')
  const write = (secrets: { secretKey: string; secretValue: string }[]): Promise<string> =>
    ask(`write ${secrets.length} secrets`, narrowed, '/api/trpc/secrets.updateMany', { ...at, mode: 'upsert', secrets })
  const many = (count: number, value: (n: number) => string, prefix = 'K') =>
    Array.from({ length: count }, (_, n) => ({ secretKey: `${prefix}${n}`, secretValue: value(n) }))
  const read = (more: object): Promise<string> =>
    ask(
      `list ${JSON.stringify(more)}`,
      narrowed,
      `/api/trpc/secrets.list?input=${encodeURIComponent(JSON.stringify({ ...at, ...more }))}`,
    )
  const long = 'N'.repeat(240)
  await write(many(2000, (n) => `\${${long}${(n + 1) % 2000}}`, long))
  await write(many(1, () => '${KEY}'.repeat(10_000), 'REPEATED'))
  await write([{ secretKey: 'BIG', secretValue: 'x'.repeat(65_000) }, ...many(1500, () => '${BIG}')])
  await write(many(1500, (n) => `\${K${n}}`, 'L'))
  await write(many(60, () => 'é"\n'.repeat(16_000), 'WIDE'))
  await Promise.all([
    read({}),
    read({ expandSecretReferences: true }),
    read({ recursive: true, include_imports: true }),
  ])
  await Promise.all(Array.from({ length: 8 }, () => read({ expandSecretReferences: true })))
  const rows = encodeURIComponent(JSON.stringify(at))
  await ask('rows', narrowed, `/api/trpc/secrets.rows?input=${rows}`)
  await ask(
    'tree',
    narrowed,
    `/api/trpc/tree.referenceTree?input=${encodeURIComponent(JSON.stringify({ ...at, secretName: 'L1' }))}`,
  )
  for (const content of ['\n', '\r', 'A=', '#', ' ', '"', 'A="\n', 'A=1\n', '\\', '='])
    await ask('dotenv', narrowed, '/api/trpc/secrets.paste', {
      ...at,
      dryRun: true,
      content: content.repeat(2_000_000 / content.length),
    })
  const calls = Array.from({ length: 50 }, () => 'secrets.list')
  const inputs = Object.fromEntries(
    calls.map((_, n) => [n, { projectId: at.projectId, environment: 'dev', secretPath: '/api' }]),
  )
  await ask(
    'a batch',
    narrowed,
    `/api/trpc/${calls.join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
  )
  await ask('export', token('admin'), '/api/trpc/backup.exportProject', {
    projectId: at.projectId,
    passphrase: 'a long passphrase',
  })
}

/** Asks for large answers and reads no more than their beginning. Resolves when the process has ended all of them. */
async function slowReaders(): Promise<void> {
  const { hostname, port, host } = new URL(started.url)
  const query = new URLSearchParams({
    projectId: String(new Map(started.known).get('projectId')),
    environment: 'dev',
    secretPath: '/api',
    expandSecretReferences: 'true',
  })
  const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname).on('error', () => {}))
  await Promise.all(
    sockets.map((socket) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      // Without a reader, a socket takes in what fits into its buffer.
      socket.once('readable', resolve).once('close', () => resolve())
      const path = `/api/v4/secrets?${query.toString()}`
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token('developer')}\r\n\r\n`)
      return promise
    }),
  )
  await reply('answered')
  for (const socket of sockets) socket.destroy()
}

/** Opens live event streams and drops them at once, beside writes that they hear of. */
async function droppedStreams(): Promise<void> {
  const known = new Map(started.known)
  const input = encodeURIComponent(JSON.stringify({ projectId: known.get('projectId') }))
  await together(20, Array.from({ length: 200 }), async () => {
    const stop = new AbortController()
    const answer = await fetch(`${started.url}/api/trpc/syncs.events?input=${input}`, {
      headers: { authorization: `Bearer ${token('viewer')}` },
      signal: stop.signal,
    })
    if (answer.status !== 200 && answer.status !== 429) failures.push(`a stream: ${answer.status}`)
    stop.abort()
  })
}

it(`stays quick and small, whatever members send (FUZZ_SEED=${SEED})`, { timeout: 300_000 * ROUNDS }, async () => {
  await ask('warm up', token('developer'), '/api/v1/projects')
  await reply('begin')
  for (let round = 0; round < ROUNDS; round++) {
    await everyProcedure(dice(SEED + round))
    await graphs()
    await Promise.all([slowReaders(), droppedStreams()])
  }
  const figures = await reply<Figures>('figures')
  // oxlint-disable-next-line no-console -- the figures of the run are what it is for.
  console.log('adversarial run:', figures)
  expect(failures).toEqual([])
  expect(figures.stallMs, figures.stalledBy.join('\n')).toBeLessThan(MOST_STALL_MS)
  expect(figures.grownBytes).toBeLessThan(512 * MB)
  expect(figures.leftBytes).toBeLessThan(100 * MB)
  expect((await fetch(`${started.url}/api/status`)).status).toBe(200)
})
