import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { freePort } from '@keyferry/vitest/free-port'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DestinationError } from '../../destination-error.ts'
import { bearer } from './authorization.ts'
import { tokenAuthorization } from './token-source.ts'
import { createHttp, type HttpAnswer, type HttpOptions } from './http.ts'

const TOKEN = 'tr_pat_thisIsTheTokenOfTheTest'
const network = { allowPrivate: true }
const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** A server whose n-th request meets the n-th answer, the last one from then on. */
async function serving(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer(async (request, response) => {
    const entry = { method: request.method, url: request.url, headers: request.headers, body: '' }
    seen.push(entry)
    const answer = answers[Math.min(seen.length, answers.length) - 1]
    for await (const chunk of request) entry.body += String(chunk)
    answer?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const http = (extra: Partial<HttpOptions> = {}) =>
    createHttp({
      baseUrl: url,
      authorization: () => bearer(TOKEN),
      network,
      signal: new AbortController().signal,
      ...extra,
    })
  return { url, seen, http }
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
const cut = (request: IncomingMessage): void => {
  request.socket.destroy()
}
const hang = (): void => undefined
const get = { method: 'GET', path: '/x', repeatable: true } as const

/** The failure of a promise that has to fail. */
const failure = (promise: Promise<unknown>): Promise<DestinationError> =>
  promise.then(
    () => Promise.reject(new Error('It did not fail')),
    (error: unknown) => (error instanceof DestinationError ? error : Promise.reject(error)),
  )

test('a session that ends while it fetches a token does not end the others that wait for it', async () => {
  const request = { method: 'GET', url: new URL('https://x.example'), headers: {}, body: '' }
  let end = (_: Error): void => undefined
  const ended = tokenAuthorization({ app: 'shared' }, () => new Promise((_, reject) => (end = reject)))
  const other = tokenAuthorization({ app: 'shared' }, async () => ({ value: 'theirs', expiresInMs: 1e6 }))
  const [first, second] = [ended.headers(request), other.headers(request)]
  end(new Error('this session has ended'))
  await expect(first).rejects.toThrow('has ended')
  expect(await second).toEqual({ authorization: 'Bearer theirs' })
})

describe('what is sent', () => {
  test('method, path below the base, token, JSON; and an empty answer has no body', async () => {
    const { seen, http, url } = await serving((_, response) => response.writeHead(204).end())
    const body = { variables: Object.fromEntries([['__proto__', 'p']]) }
    const answer = await http({ baseUrl: `${url}/api/` }).request({
      method: 'POST',
      path: '/a%2Fb?c=1',
      body,
      repeatable: false,
    })
    expect(answer).toMatchObject({ status: 204, body: undefined })
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/api/a%2Fb?c=1',
        body: '{"variables":{"__proto__":"p"}}',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'accept-encoding': 'identity',
        },
      },
    ])
  })

  test('nothing, once the guard says no; and what it throws comes through', async () => {
    const { seen, http } = await serving(json(200, {}))
    let held = true
    const guarded = http({
      guard: () => {
        if (!held) throw new RangeError('the lease is gone')
      },
    })
    await guarded.request(get)
    held = false
    await expect(guarded.request(get)).rejects.toThrow(RangeError)
    expect(seen).toHaveLength(1)
    expect(guarded.calls).toBe(1)
  })

  test('nothing after an abort, and a request in flight ends with its reason', async () => {
    const { seen, http } = await serving(hang)
    const stop = new AbortController()
    const door = http({ signal: stop.signal })
    const flying = door.request(get)
    await expect.poll(() => seen.length).toBe(1)
    stop.abort(new RangeError('stop'))
    await expect(flying).rejects.toThrow(RangeError)
    await expect(door.request(get)).rejects.toThrow(RangeError)
    expect(seen).toHaveLength(1)
  })
})

describe('private addresses', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '169.254.169.254', '[::ffff:10.0.0.1]'])(
    '%s is refused',
    async (host) => {
      const { seen, http, url } = await serving(json(200, {}))
      const door = http({ baseUrl: `http://${host}:${new URL(url).port}`, network: { allowPrivate: false } })
      const error = await failure(door.request(get))
      expect(error.kind).toBe('rejected')
      expect(error.message).toContain(
        host.startsWith('169.254') ? 'never calls' : 'Name it in KEYFERRY_ALLOW_PRIVATE_NETWORK',
      )
      expect(seen).toHaveLength(0)
    },
  )
})

describe('what an answer means', () => {
  test.each([
    [400, 'rejected'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'missing'],
    [409, 'conflict'],
    [422, 'rejected'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const)('%i is %s', async (status, kind) => {
    const { seen, http } = await serving(json(status, { error: 'Short words' }))
    const error = await failure(http().request({ ...get, repeatable: false }))
    expect(error).toMatchObject({ kind, status })
    expect(error.message).toMatch(/127\.0\.0\.1.*Short words/)
    expect(seen).toHaveLength(1)
  })

  test('a status the caller accepts is an answer', async () => {
    const { http } = await serving(json(404, { error: 'gone' }))
    const answer = { status: 404, body: { error: 'gone' } }
    expect(await http().request({ ...get, accept: [404] })).toMatchObject(answer)
    const isGone = (_: number, body: unknown): boolean => JSON.stringify(body).includes('gone')
    expect(await http().request({ ...get, accept: isGone })).toMatchObject(answer)
    expect(await failure(http().request({ ...get, accept: (_, body) => !isGone(0, body) }))).toMatchObject({
      kind: 'missing',
    })
  })

  test('a redirect is refused, not followed', async () => {
    const { seen, http } = await serving((_, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    expect(await failure(http().request(get))).toMatchObject({ kind: 'rejected', status: 302 })
    expect(seen).toHaveLength(1)
  })

  test.each([202, 203, 206])('%i says that an answer is not all, and no part of it is shown', async (status) => {
    const { seen, http } = await serving(json(status, { message: 'held there' }))
    for (const method of ['GET', 'POST'] as const) {
      const error = await failure(http().request({ method, path: '/x', repeatable: false }))
      expect([error.kind, error.message]).toEqual(['unavailable', expect.stringMatching(/^127\S+ answered 20\d, so/)])
      expect(error.message).not.toContain('held there')
    }
    expect(seen).toHaveLength(2)
  })

  test.each([
    ['a web page', 'text/html', '<h1>Hello there</h1>'],
    ['half a body', 'application/json', '[{"a":'],
  ])('%s is no answer', async (what, type, text) => {
    const { http } = await serving((_, response) => response.writeHead(200, { 'content-type': type }).end(text))
    const error = await failure(http().request({ ...get, repeatable: false }))
    expect(error.kind).toBe('unavailable')
    expect(error.message).toContain(what)
    expect(error.message).not.toContain('Hello there')
  })

  test('a body that ends before its length is no answer', async () => {
    const { http } = await serving((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('[1,2]')
      response.destroy()
    })
    expect(await failure(http().request({ ...get, repeatable: false }))).toMatchObject({ kind: 'unavailable' })
  })

  test('bytes that are not HTTP are no answer, and none of them is shown', async () => {
    const { http } = await serving((request) => request.socket.end('s3cr3t-bytes\r\n\r\n'))
    const error = await failure(http().request({ ...get, repeatable: false }))
    expect([error.kind, error.message]).toEqual(['unavailable', expect.stringMatching(/: the answer is not HTTP$/)])
  })

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"error":', '}'],
  ])('an error body of %s that are nested a hundred thousand deep has no words', async (_, open, close) => {
    const text = `${open.repeat(100_000)}0${close.repeat(100_000)}`
    const { http } = await serving((__, response) => response.writeHead(400).end(text))
    expect(await failure(http().request(get))).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/refused the request \(400\)$/),
    })
  })

  test('the destination may use its own words', async () => {
    const { http } = await serving(json(401, { error: 'Invalid' }))
    const classify = ({ status, body }: HttpAnswer) => ({ message: `Own words for ${status} ${JSON.stringify(body)}` })
    expect((await failure(http().request({ ...get, classify }))).message).toBe(
      'Own words for 401 {"error":"Invalid"}: Invalid',
    )
  })

  test('no value and no credential is in a message, however the vendor echoes them', async () => {
    const value = 's3cr3t-of-the-user'
    const { http } = await serving(
      json(422, { detail: [{ msg: `bad "${value}"`, input: value }, { msg: `${TOKEN} may not` }] }),
    )
    const error = await failure(http().request({ method: 'POST', path: '/x', body: { v: [value] }, repeatable: false }))
    expect(error.message).toMatch(/bad "•••"; ••• may not$/)
    expect(JSON.stringify(error) + String(error.cause)).not.toMatch(/s3cr3t|tr_pat_/)
  })
})

describe('an answer without an end', () => {
  const once = { ...get, repeatable: false }

  test('is cut off at 32 MB', async () => {
    let sent = 0
    const { http } = await serving((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, '1'))) sent += 1_000_000
      }
      response.on('drain', more)
      more()
    })
    const { kind, message } = await failure(http().request(once))
    expect([kind, message]).toEqual(['unavailable', expect.stringContaining('the answer is too large')])
    expect(sent).toBeLessThan(100_000_000)
  })

  test.each([
    ['a hundred thousand levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a million values, each of which takes memory', `[${'[],'.repeat(1_000_000)}[]]`],
  ])('is no JSON with more than %s', async (_, text) => {
    const { http } = await serving((__, response) => response.writeHead(200).end(text))
    expect(await failure(http().request(once))).toMatchObject({ kind: 'unavailable' })
  })

  test('is given up after the time of a request, however steadily it drips', async () => {
    const { http } = await serving((_, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    const { kind, message } = await failure(http({ timeoutMs: 200 }).request(once))
    expect([kind, message]).toEqual(['unavailable', expect.stringContaining('gave no answer within 0.2 s')])
  })

  test('may have 16 KiB of headers', async () => {
    const { http } = await serving(json(200, {}, { 'x-huge': 'x'.repeat(20_000) }))
    const { kind, message } = await failure(http().request(once))
    expect([kind, message]).toEqual(['unavailable', expect.stringContaining('headers of the answer are too large')])
  })
})

describe('repeats', () => {
  test.each([
    ['a cut connection', cut],
    ['a 503', json(503, {})],
    ['a web page', (_: IncomingMessage, response: ServerResponse) => void response.end('<h1>')],
  ])('%s is repeated when the caller says it is safe', async (_, trouble) => {
    const { seen, http } = await serving(trouble, trouble, json(200, { ok: true }))
    const door = http()
    expect((await door.request(get)).body).toEqual({ ok: true })
    expect(seen).toHaveLength(3)
    expect(door.calls).toBe(3)
  })

  test('three tries are all', async () => {
    const { seen, http } = await serving(cut)
    expect(await failure(http().request(get))).toMatchObject({ kind: 'unavailable' })
    expect(seen).toHaveLength(3)
  })

  test.each([
    ['a cut connection', cut],
    ['a 500', json(500, {})],
  ])('%s is not repeated when the caller does not say so', async (_, trouble) => {
    const { seen, http } = await serving(trouble)
    expect(await failure(http().request({ ...get, repeatable: false }))).toMatchObject({ kind: 'unavailable' })
    expect(seen).toHaveLength(1)
  })

  test.each([400, 401, 404, 422])('%i is never repeated', async (status) => {
    const { seen, http } = await serving(json(status, {}))
    await failure(http().request(get))
    expect(seen).toHaveLength(1)
  })

  test('a host that hangs is named, with how long we waited', async () => {
    const { http, url } = await serving(hang)
    const error = await failure(http({ timeoutMs: 100 }).request({ ...get, repeatable: false }))
    expect(error).toMatchObject({ kind: 'unavailable', message: `${new URL(url).host} gave no answer within 0.1 s` })
  })

  test('a host that is not there is named', async () => {
    const { http } = await serving(hang)
    const nobody = http({ baseUrl: `http://127.0.0.1:${await freePort()}` })
    expect((await failure(nobody.request(get))).message).toMatch(/Can't reach 127\.0\.0\.1:\d+: connection refused/)
    const nowhere = http({ baseUrl: 'http://keyferry.invalid' })
    const error = await failure(nowhere.request(get))
    expect(error).toMatchObject({ kind: 'unavailable' })
    expect(error.message).toContain("Can't reach keyferry.invalid: the name")
  })

  test('two hundred connections cut together are one failure, and every call gets through', async () => {
    const budget = { 'x-ratelimit-remaining': '5000', 'x-ratelimit-reset': String(Date.now() + 60_000) }
    const held: IncomingMessage[] = []
    const { http } = await serving(json(200, {}, budget), (request, response) => {
      if (held.length === 200) return json(200, {}, budget)(request, response)
      held.push(request)
      if (held.length === 200) held.forEach(cut)
    })
    const door = http()
    await door.request(get)
    const answers = await Promise.all(Array.from({ length: 200 }, () => door.request(get)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(door.calls).toBe(401)
  })

  test('a host that is down does not meet every one of a thousand calls', async () => {
    const { seen, http } = await serving(json(503, {}))
    const door = http()
    const ends = await Promise.all(Array.from({ length: 500 }, () => failure(door.request(get))))
    expect(ends.every((error) => error.kind === 'unavailable')).toBe(true)
    expect(seen.length).toBeLessThan(60)
  })
})

describe('throttling', () => {
  const soon = (ms: number): string => new Date(Date.now() + ms).toUTCString()
  test.each([
    ['Retry-After in seconds', () => json(429, {}, { 'retry-after': '0' })],
    ['Retry-After as a date', () => json(429, {}, { 'retry-after': soon(-1000) })],
    [
      'a reset in Unix ms',
      () => json(429, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.now() + 20) }),
    ],
    ['a reset in Unix s', () => json(429, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1600000000' })],
    ['the body, read by the destination', () => json(429, { waitMs: 20 })],
  ])('%s is obeyed, also by a call that may not be repeated', async (_, refusal) => {
    const { seen, http } = await serving(refusal(), json(200, { ok: true }))
    const waitMs = z.object({ waitMs: z.number() })
    const classify = ({ body }: HttpAnswer) => waitMs.safeParse(body).data ?? null
    // Without the vendor's word the first wait is a second, which this budget does not allow.
    const answer = await http({ waitBudgetMs: 900 }).request({ ...get, repeatable: false, classify })
    expect(answer.body).toEqual({ ok: true })
    expect(seen).toHaveLength(2)
  })

  test('without a word from the vendor we wait a second first', async () => {
    const { http } = await serving(json(429, {}), json(200, {}))
    const before = performance.now()
    await http().request(get)
    expect(performance.now() - before).toBeGreaterThanOrEqual(1000)
  })

  test('past the wait budget it is an error that says when to come back', async () => {
    const { seen, http } = await serving(json(429, { error: 'Slow down' }, { 'retry-after': '3600' }))
    const door = http()
    const errors = await Promise.all([
      failure(door.request(get)),
      failure(door.request(get)),
      failure(door.request(get)),
    ])
    for (const error of errors) {
      expect(error.kind).toBe('throttled')
      expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000)
    }
    expect(errors[0]?.message).toContain('Slow down')
    expect(await failure(door.request(get))).toMatchObject({ kind: 'throttled' })
    expect(seen).toHaveLength(3)
  })

  test.each([
    ['ten years', '315360000'],
    ['more seconds than a date has', '1000000000000000'],
    ['a number without an end', '9'.repeat(400)],
    ['a date of the last year', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ])('a pause of %s is one of an hour', async (_, after) => {
    const { http } = await serving(json(429, {}, { 'retry-after': after }))
    const { retryAt } = await failure(http().request(get))
    expect(Math.abs((retryAt?.getTime() ?? Number.NaN) - Date.now() - 3_600_000)).toBeLessThan(60_000)
  })

  test('a budget that comes back in two hundred years limits nothing', async () => {
    const endless = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' }
    const { seen, http } = await serving(json(200, {}, endless))
    const door = http({ signal: AbortSignal.timeout(10_000) })
    for (let call = 0; call < 3; call++) await door.request(get)
    expect(seen).toHaveLength(3)
  })

  test('a call that waits can be cancelled; one on the wire ends on its own', async () => {
    const { seen, http } = await serving(json(429, {}, { 'retry-after': '30' }))
    const door = http()
    const stop = new AbortController()
    const waiting = door.request({ ...get, cancel: stop.signal })
    await expect.poll(() => seen.length).toBe(1)
    stop.abort(new RangeError('not wanted any more'))
    await expect(waiting).rejects.toThrow(RangeError)
    await expect(door.request({ ...get, cancel: stop.signal })).rejects.toThrow(RangeError)
    expect(seen).toHaveLength(1)
  })

  test('an abort ends the wait', async () => {
    const { seen, http } = await serving(json(429, {}, { 'retry-after': '30' }))
    const stop = new AbortController()
    const waiting = http({ signal: stop.signal }).request(get)
    await expect.poll(() => seen.length).toBe(1)
    stop.abort(new RangeError('stop'))
    await expect(waiting).rejects.toThrow(RangeError)
  })
})
