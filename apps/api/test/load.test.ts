/** What one caller may take of the process: bytes, turns, streams, time. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { openSqliteStore } from '@keyferry/db/testing'
import { DEFAULT_LIMITS } from '@keyferry/kernel'
import { updateSecrets } from '@keyferry/vault'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

let api: TestApi
let url: string
let projectId: string
/** The values of these folders are 30 MB each when their references are resolved, and little as they are stored. */
const FOLDERS = ['a', 'b']

/** Together they are more than one answer may have: each character takes six bytes of JSON. */
const LONG = Array.from({ length: 90 }, (_, n) => `LONG_${n}`)
const long = () => ({ projectId, environment: 'staging' })

/** For a busy machine; nothing waits longer than it must. */
const TIMEOUT = { timeout: 60_000 }

beforeAll(async () => {
  // Only the clock for slow readers is moved by hand.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  api = await readyApi(openSqliteStore)
  url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  projectId = (await newProject(api)).id
  const at = { projectId, environment: 'dev' }
  for (const name of FOLDERS) {
    await api.send('POST', '/api/v2/folders', { ...at, name })
    const references = Array.from({ length: 450 }, (_, n) => ({ secretKey: `K${n}`, secretValue: `\${VALUE}${n}` }))
    const secrets = [{ secretKey: 'VALUE', secretValue: 'x'.repeat(65_000) }, ...references]
    const { status, text } = await api.send('POST', '/api/v4/secrets/batch', { ...at, secretPath: `/${name}`, secrets })
    expect(status, text).toBe(200)
  }
  for (let n = 0; n < LONG.length; n += 10) {
    const secrets = LONG.slice(n, n + 10).map((secretKey) => ({ secretKey, secretValue: '\u0001'.repeat(65_000) }))
    expect((await api.send('POST', '/api/v4/secrets/batch', { ...long(), secrets })).status).toBe(200)
  }
})
afterAll(async () => {
  await api.close()
  vi.useRealTimers()
})

const listing = (secretPath: string, more: Record<string, unknown> = {}) => ({
  projectId,
  environment: 'dev',
  secretPath,
  expandSecretReferences: true,
  ...more,
})
const overRest = (input: object): string => {
  const query = new URLSearchParams(
    Object.entries(input).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return `/api/v4/secrets?${query.toString()}`
}
/** The same question in Keyferry's own words. */
const overTrpc = (...inputs: { expandSecretReferences?: boolean }[]): string => {
  const own = inputs.map(({ expandSecretReferences: expandReferences, ...input }) => ({ ...input, expandReferences }))
  const input = encodeURIComponent(JSON.stringify(Object.fromEntries(own.entries())))
  return `/api/trpc/${inputs.map(() => 'secrets.list').join(',')}?batch=1&input=${input}`
}

it('answers up to 32 MB, alike over REST and tRPC', async () => {
  const rest = await api.send('GET', overRest(listing('/a')))
  const trpc = await api.send('GET', overTrpc(listing('/a'), { ...listing('/') }))
  expect(rest.status).toBe(200)
  expect(rest.headers['content-length']).toBe(String(Buffer.byteLength(rest.text)))
  expect(rest.body.secrets).toHaveLength(451)
  const valuesOf = (secrets: Record<string, unknown>[], key: string, value: string) =>
    secrets.map((secret) => [secret[key], secret[value]])
  const [all, none] = trpc.body.map((one: { result: { data: unknown } }) => one.result.data)
  expect(valuesOf(all.secrets, 'key', 'value')).toEqual(valuesOf(rest.body.secrets, 'secretKey', 'secretValue'))
  expect(none).toEqual({ secrets: [], imports: [] })
})

it('refuses more with 413 and names the limit: in one answer, and in all of a batch', async () => {
  const tooLarge = { error: 'PayloadTooLarge', message: expect.stringContaining('33554432 bytes') }
  const rest = await api.send('GET', overRest(listing('/', { recursive: true })))
  expect(rest.status).toBe(413)
  expect(rest.body).toMatchObject({ statusCode: 413, ...tooLarge })
  expect(rest.body.message).toContain('"limit" and "offset"')
  const page = await api.send('GET', overRest(listing('/', { recursive: true, limit: 10, offset: 440 })))
  expect(page.body.secrets).toHaveLength(10)
  const trpc = await api.send('GET', overTrpc(listing('/', { recursive: true })))
  expect(trpc.body[0].error.data).toMatchObject({ httpStatus: 413, error: 'PayloadTooLarge' })
  const both = await api.send('GET', overTrpc(listing('/a'), listing('/b')))
  const refused = both.body.filter((one: { error?: unknown }) => one.error !== undefined)
  expect(refused.length).toBeGreaterThan(0)
  for (const { error } of refused) expect(error).toMatchObject({ message: tooLarge.message })
})

it('changes nothing whose answer would be larger', async () => {
  const secrets = LONG.map((secretKey) => ({ secretKey, secretComment: 'changed' }))
  const edited = await api.send('PATCH', '/api/v4/secrets/batch', { ...long(), secrets })
  const deleted = await api.send('DELETE', '/api/v4/secrets/batch', { ...long(), secrets })
  expect([edited.status, deleted.status]).toEqual([413, 413])
  const query = new URLSearchParams({ ...long(), viewSecretValue: 'false' }).toString()
  const { body } = await api.send('GET', `/api/v4/secrets?${query}`)
  expect(body.secrets).toHaveLength(LONG.length)
  expect(new Set(body.secrets.map((secret: Record<string, string>) => secret.secretComment))).toEqual(new Set(['']))
})

it('makes every change that is small enough in its own words, and says what became of each', TIMEOUT, async () => {
  const small = await readyApi(openSqliteStore, { answerBytes: 200_000 })
  onTestFinished(() => small.close())
  const at = { projectId: (await newProject(small)).id, environment: 'dev' }
  const named = (count: number) => Array.from({ length: count }, (_, n) => `KEY_${n}`)
  const secrets = named(500).map((secretKey) => ({ secretKey, secretValue: 'x' }))
  // Infisical's fields are longer.
  expect((await small.send('POST', '/api/v4/secrets/batch', { ...at, secrets })).status).toBe(200)
  const content = named(2000).join('=\n')
  expect((await small.send('POST', '/api/v1/dotenv', { ...at, content })).status).toBe(413)
  const changes = Array.from({ length: 8 }, (_, n) => ({ ...at, mode: 'failOnNotFound', comment: `change ${n}` }))
  const batch = changes.map(({ comment, ...change }) => ({
    ...change,
    secrets: named(500).map((key) => ({ key, comment })),
  }))
  const names = batch.map(() => 'secrets.updateMany').join(',')
  const { body } = await small.send('POST', `/api/trpc/${names}?batch=1`, Object.fromEntries(batch.entries()))
  const made = body.filter((one: { error?: unknown }) => one.error === undefined)
  expect(made.length).toBeLessThan(changes.length)
  const query = new URLSearchParams({ ...at, limit: '1' }).toString()
  const {
    secrets: [first],
  } = (await small.send('GET', `/api/v4/secrets?${query}`)).body
  expect(first.version).toBe(1 + made.length)
})

it('answers every change that was made, however many keys it names', TIMEOUT, async () => {
  const small = await readyApi(openSqliteStore, { answerBytes: 20_000 })
  onTestFinished(() => small.close())
  const at = { projectId: (await newProject(small)).id, environment: 'dev', secretPath: '/' }
  const names = Array.from({ length: 300 }, (_, n) => `${'K'.repeat(150)}_${n}`)
  const secrets = names.map((key) => ({ key, value: 'x' }))
  const actor = { kind: 'system', id: 'test', name: 'test' } as const
  await updateSecrets({ ...small.ctx, limits: DEFAULT_LIMITS }, actor, { ...at, mode: 'upsert', secrets })
  const restore = { ...at, at: '2020-01-01T00:00:00Z' }
  const { status, body } = await small.send('POST', '/api/v1/folder-history/restore', restore)
  expect(status).toBe(200)
  expect(body.changes).toHaveLength(names.length)
  const query = new URLSearchParams({ ...at, limit: '1' }).toString()
  expect((await small.send('GET', `/api/v4/secrets?${query}`)).body.secrets).toEqual([])
})

it('streams no batch, whose answers could be of any size together', async () => {
  const { status } = await api.send('GET', overTrpc(listing('/a')), undefined, {
    headers: { 'trpc-accept': 'application/jsonl' },
  })
  expect(status).toBe(400)
})

/**
 * Sends the request and doesn't read the answer; the server's side of the connection, once the answer waits for its
 * reader.
 */
async function unread(path: string, method = 'GET', body = ''): Promise<Socket> {
  const connected = once(api.app.server, 'connection')
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.pause()
  const type = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: Bearer ${api.token}\r\n`
  client.write(`${head}${type}\r\n${body}`)
  const [socket] = z.tuple([z.instanceof(Socket)]).parse(await connected)
  await expect.poll(() => socket.writableLength, TIMEOUT).toBeGreaterThan(0)
  return socket
}

it('cuts off who does not read, and counts what waits for them', async () => {
  const slow = [await unread(overRest(listing('/a'))), await unread(overRest(listing('/a')))]
  // Each of them holds 30 MB, and one more such answer does not fit beside them.
  const { status, headers } = await api.send('GET', overRest(listing('/b')))
  expect(status).toBe(429)
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  expect((await api.send('GET', overRest({ projectId, environment: 'dev' }))).status).toBe(200)
  // A change is made by the time that its answer is written, so that this is sent; the next one is refused before.
  const secrets = LONG.slice(0, 30).map((secretKey) => ({ secretKey, secretComment: 'changed' }))
  slow.push(await unread('/api/v4/secrets/batch', 'PATCH', JSON.stringify({ ...long(), secrets })))
  expect((await api.send('POST', '/api/v4/secrets/REFUSED', { ...long(), secretValue: 'x' })).status).toBe(429)
  vi.advanceTimersByTime(60_000)
  expect(slow.map((socket) => socket.destroyed)).toEqual([true, true, true])
  const query = new URLSearchParams({ ...long(), viewSecretValue: 'false' }).toString()
  const { body } = await api.send('GET', `/api/v4/secrets?${query}`)
  expect(body.secrets).toHaveLength(LONG.length)
  expect(body.secrets.filter((secret: Record<string, string>) => secret.secretComment === 'changed')).toHaveLength(30)
  await expect.poll(async () => (await api.send('GET', overRest(listing('/b')))).status, TIMEOUT).toBe(200)
})

it('leaves those alone who read', async () => {
  const answer = await fetch(`${url}${overRest(listing('/a'))}`, { headers: { authorization: `Bearer ${api.token}` } })
  let bytes = 0
  for await (const part of answer.body ?? []) {
    bytes += part.length
    vi.advanceTimersByTime(100)
  }
  expect(String(bytes)).toBe(answer.headers.get('content-length'))
})

const events = (signal: AbortSignal): Promise<Response> =>
  fetch(`${url}/api/trpc/syncs.events?input=${encodeURIComponent(JSON.stringify({ projectId }))}`, {
    headers: { authorization: `Bearer ${api.token}` },
    signal,
  })

it('notes no failure for a client that leaves before its large answer is sent', async () => {
  const secrets = LONG.slice(0, 30).map((secretKey) => ({ secretKey, secretComment: 'left' }))
  const body = JSON.stringify({ ...long(), secrets })
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  // It is published once the change is made; the answer takes longer.
  const published = vi.spyOn(api.ctx.events, 'publish').mockImplementationOnce(() => void client.destroy())
  client.write(
    `PATCH /api/v4/secrets/batch HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: Bearer ${api.token}\r\n`,
  )
  client.write(`Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  await once(client, 'close')
  // Writers of a folder wait for each other, so this is answered after it.
  const again = secrets.map((secret) => ({ ...secret, secretComment: 'stayed' }))
  expect((await api.send('PATCH', '/api/v4/secrets/batch', { ...long(), secrets: again })).status).toBe(200)
  published.mockRestore()
  expect(api.logged).toEqual([])
})

it('opens 20 live event streams for one principal, and room is made by closing one', async () => {
  const streams = Array.from({ length: 20 }, () => new AbortController())
  onTestFinished(() => streams.forEach((stream) => stream.abort()))
  const answers = await Promise.all(streams.map(({ signal }) => events(signal)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const more = await events(AbortSignal.timeout(20_000))
  expect(more.status).toBe(429)
  expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await more.text()).toContain('You have 20 live event streams open')
  streams.pop()?.abort()
  const last = new AbortController()
  streams.push(last)
  await expect.poll(async () => (await events(last.signal)).status, TIMEOUT).toBe(200)
})

it('makes those wait who ask much of a vendor, and refuses who asks more', async () => {
  const waiting: ServerResponse[] = []
  const vendor = createServer((_request, response) => void waiting.push(response)).listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  onTestFinished(() => void vendor.close())
  const address = vendor.address()
  const instanceUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const statuses: number[] = []
  const asked = Array.from({ length: 26 }, async (_, n) => {
    const credentials = { apiKey: 'tr_pat_x', instanceUrl }
    const { status, headers } = await api.send('POST', '/api/v1/app-connections/trigger-dev', {
      name: `c${n}`,
      credentials,
    })
    statuses.push(status)
    if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })
  await expect.poll(() => [statuses, waiting.length], TIMEOUT).toEqual([[429], 5])
  vendor.on('request', (_request, response: ServerResponse) => response.writeHead(401).end('{}'))
  for (const response of waiting) response.writeHead(401).end('{}')
  await Promise.all(asked)
  expect(statuses.filter((status) => status === 429)).toEqual([429])
})

it('makes those wait who change much at a time, and refuses who changes more', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const waking = vi.spyOn(api.ctx.queue, 'wake').mockReturnValue(held)
  onTestFinished(() => waking.mockRestore())
  const statuses: number[] = []
  const changes = Array.from({ length: 423 }, async () => {
    statuses.push((await api.send('POST', `/api/v1/projects/${projectId}/resume-syncs`, {})).status)
  })
  await expect.poll(() => [statuses, waking.mock.calls.length], TIMEOUT).toEqual([[429, 429, 429], 20])
  release()
  await Promise.all(changes)
  expect(statuses.filter((status) => status === 200)).toHaveLength(420)
})

it('reads no large body of somebody without a credential', async () => {
  const refused = async (headers: string): Promise<string> => {
    const client = connect(Number(new URL(url).port), '127.0.0.1')
    client.write(
      `POST /api/auth/sign-in/email HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`,
    )
    const [answer] = await once(client, 'data')
    client.destroy()
    return String(answer)
  }
  expect(await refused('Content-Length: 3000000')).toMatch(/^HTTP\/1\.1 413 .*64 KB/s)
  expect(await refused('Transfer-Encoding: chunked')).toMatch(/^HTTP\/1\.1 413 .*Content-Length/s)
})

it('says what is wrong in at most 8 kB', async () => {
  const wrong = {
    projectId,
    environment: 'dev',
    secrets: Array.from({ length: 2000 }, () => ({ secretKey: 'a:b'.repeat(200), secretValue: 1 })),
  }
  const name = 'x'.repeat(4000)
  const answers = await Promise.all([
    api.send('POST', '/api/v4/secrets/batch', wrong),
    api.send('POST', '/api/trpc/secrets.createMany', wrong),
    api.send('GET', `/api/${name}`),
    api.send('GET', `/api/trpc/${name}`),
  ])
  for (const { status, text } of answers) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192)
  }
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 404, 404])
})

it('closes after the calls that are under way, whose clients are cut off after 5 seconds', TIMEOUT, async () => {
  const asking = Promise.withResolvers<ServerResponse>()
  const vendor = createServer((_request, response) => asking.resolve(response)).listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  onTestFinished(() => void vendor.close())
  const address = vendor.address()
  const instanceUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const asked = fetch(`${url}/api/v1/app-connections/trigger-dev`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${api.token}` },
    body: JSON.stringify({ name: 'last', credentials: { apiKey: 'tr_pat_x', instanceUrl } }),
  }).catch((error: unknown) => error)
  const answer = await asking.promise
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const closed = once(api.app.server, 'close')
  let isClosed = false
  const closing = api.app.close().then(() => (isClosed = true))
  for (let turn = 0; turn < 20; turn++) await setImmediate()
  const refused = await fetch(`${url}/api/status`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await refused.json()).toMatchObject({ error: 'ServiceUnavailable', reqId: expect.any(String) })
  vi.advanceTimersByTime(5000)
  await closed
  expect(await asked).toMatchObject({ message: 'fetch failed' })
  for (let turn = 0; turn < 20; turn++) await setImmediate()
  expect(isClosed).toBe(false)
  answer.writeHead(401).end('{}')
  await closing
})
