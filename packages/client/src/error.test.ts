import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { createKeyferryClient, isKeyferryError, KeyferryApiError, machineToken } from './index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Whatever stands between us and an instance. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((done) => void server.close(() => done()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return `http://127.0.0.1:${address.port}`
}

const STATUS = [{ result: { data: { date: '', message: 'Ok', version: '1', profile: 'embedded', initialized: true } } }]
const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  )

it('asks again while a proxy has no instance behind it, and when nobody listens yet', async () => {
  let calls = 0
  const url = await listen((request, response) => {
    calls++
    if (calls === 1)
      return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Unavailable</h1>')
    if (calls === 2)
      return void response
        .writeHead(429, { 'content-type': 'application/json', 'retry-after': '0' })
        .end('{"message":"slow"}')
    if (calls === 3) return void request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(STATUS))
  })
  expect(await createKeyferryClient({ url }).instance.status.query()).toMatchObject({ message: 'Ok' })
  expect(calls).toBe(4)
})

it('sends a mutation once, whatever happens', async () => {
  let calls = 0
  const url = await listen((_request, response) => {
    calls++
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
  })
  const error = await failureOf(createKeyferryClient({ url, token: 'x' }).projects.create.mutate({ name: 'Shop' }))
  expect(error).toBeInstanceOf(KeyferryApiError)
  expect(error).toMatchObject({ status: 502, code: 'Http502', message: `${url} answered 502`, issues: [], details: {} })
  expect(calls).toBe(1)
})

it('does not retry what was refused permanently, or when the wait would be long', async () => {
  let calls = 0
  const url = await listen((_request, response) => {
    calls++
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '60' }).end(
      JSON.stringify({
        statusCode: 429,
        error: 'RateLimitExceeded',
        message: 'Too many requests; try again in a minute',
      }),
    )
  })
  const error = await failureOf(createKeyferryClient({ url }).instance.status.query())
  if (!isKeyferryError(error)) throw error
  expect(error).toMatchObject({
    status: 429,
    code: 'RateLimitExceeded',
    message: 'Too many requests; try again in a minute',
    retryAfter: 60,
  })
  expect(calls).toBe(1)
})

it('does not quote a token that can be in no header, and does not try again', async () => {
  const error = await failureOf(
    createKeyferryClient({ url: await listen(() => {}), token: 'a\nb' }).projects.list.query(),
  )
  expect(error).toMatchObject({ code: 'NoToken', message: expect.not.stringMatching(/a\s*b\b/) })
})

it('says who did not answer, and why', async () => {
  const url = await listen(() => {})
  await closing.pop()?.()
  const error = await failureOf(
    createKeyferryClient({ url }).instance.bootstrap.mutate({ email: 'a@b.cd', password: 'x', organization: 'y' }),
  )
  expect(error).toMatchObject({ status: null, code: 'Unreachable' })
  expect(String(error)).toContain(`No answer from ${url}: connect ECONNREFUSED`)
})

it('says when something else answers', async () => {
  const url = await listen(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
  )
  const error = await failureOf(createKeyferryClient({ url }).instance.status.query())
  expect(error).toMatchObject({ status: 200, message: `${url} answered 200 without JSON: it is no Keyferry instance` })
})

it('asks again after an answer that was cut, and says so of a change', async () => {
  const asked = vi.fn()
  const url = await listen((request, response) => {
    asked()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('[{"result":')
    if (request.method === 'POST' || asked.mock.calls.length === 1) return void setImmediate(() => response.destroy())
    response.end('{"data":{"date":"now"}}}]'.padEnd(89))
  })
  expect(await createKeyferryClient({ url }).instance.status.query()).toEqual({ date: 'now' })
  expect(asked).toHaveBeenCalledTimes(2)
  const change = { email: 'a@b.cd', password: 'x', organization: 'y' }
  const error = await failureOf(createKeyferryClient({ url }).instance.bootstrap.mutate(change))
  expect(error).toMatchObject({ status: null, code: 'Unreachable' })
  expect(String(error)).toContain(`No answer from ${url}: `)
  expect(asked).toHaveBeenCalledTimes(3)
})

it('ends a call at once when it is aborted, also while it waits for a retry', async () => {
  const asked = vi.fn()
  const url = await listen((_request, response) => {
    asked()
    response.writeHead(503, { 'retry-after': '9' }).end()
  })
  const stop = new AbortController()
  const failure = failureOf(createKeyferryClient({ url }).instance.status.query(undefined, { signal: stop.signal }))
  await expect.poll(() => asked.mock.calls).toHaveLength(1)
  stop.abort()
  expect(await failure).toMatchObject({ code: 'Aborted', status: null })
  expect(
    await failureOf(createKeyferryClient({ url }).projects.list.query(undefined, { signal: stop.signal })),
  ).toMatchObject({
    code: 'Aborted',
  })
  expect(asked).toHaveBeenCalledOnce()
})

it('ends a call that is not answered in time', async () => {
  const url = await listen(() => {})
  const client = createKeyferryClient({ url, timeoutMs: 50 })
  expect(await failureOf(client.instance.status.query())).toMatchObject({ code: 'TimedOut', status: null })
  const mutation = await failureOf(client.projects.create.mutate({ name: 'Shop' }, { timeoutMs: 20 }))
  expect(mutation).toMatchObject({ code: 'TimedOut', message: expect.stringContaining('may still be carried out') })
})

/** Answers calls whose token is `wanted`, and refuses others. */
const withToken =
  (wanted: string, asked: (token: string | undefined) => void): RequestListener =>
  ({ headers: { authorization } }, response) => {
    asked(authorization)
    const accepted = authorization === `Bearer ${wanted}`
    const refusal = [
      { error: { message: 'Token is not valid', code: -32_001, data: { status: 401, error: 'Unauthorized' } } },
    ]
    response
      .writeHead(accepted ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify(accepted ? [{ result: { data: [] } }] : refusal))
  }

it('takes its token from a function, and sends a call once more with another when one was refused', async () => {
  const asked = vi.fn()
  const url = await listen(withToken('new', asked))
  let token = 'old'
  const client = createKeyferryClient({ url, token: (refused) => (refused === 'old' ? (token = 'new') : token) })
  expect(await client.projects.create.mutate({ name: 'Shop' })).toEqual([])
  expect(await client.projects.list.query()).toEqual([])
  expect(asked.mock.calls).toEqual([['Bearer old'], ['Bearer new'], ['Bearer new']])

  asked.mockClear()
  let n = 0
  const stubborn = createKeyferryClient({ url, token: (refused) => `x${refused === undefined ? n : ++n}` })
  expect(await failureOf(stubborn.projects.list.query())).toMatchObject({ status: 401, message: 'Token is not valid' })
  expect(asked.mock.calls).toEqual([['Bearer x0'], ['Bearer x1']])

  asked.mockClear()
  const without = createKeyferryClient({ url, token: () => Promise.reject(new Error('no file /run/token')) })
  expect(await failureOf(without.projects.list.query())).toMatchObject({
    code: 'NoToken',
    message: 'No token: no file /run/token',
  })
  expect(asked).not.toHaveBeenCalled()
})

it('signs a machine in once for all calls, and again before its token expires', async () => {
  const signedIn = vi.fn()
  const url = await listen((request, response) => {
    const login = { accessToken: 'token', expiresIn: 100, accessTokenMaxTTL: 1000, tokenType: 'Bearer' }
    const isLogin = request.url?.includes('oidcAuth.login') === true
    if (isLogin) signedIn()
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify([{ result: { data: isLogin ? login : [] } }]))
  })
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const jwt = vi.fn(() => 'token of the job')
    const client = createKeyferryClient({ url, token: machineToken({ url, identityId: 'ci', method: 'oidc', jwt }) })
    await Promise.all([client.projects.list.query(), client.projects.create.mutate({ name: 'Shop' })])
    await client.projects.list.query()
    expect(signedIn).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 81_000)
    await client.projects.list.query()
    expect(signedIn).toHaveBeenCalledTimes(2)
    expect(jwt).toHaveBeenCalledTimes(2)
  } finally {
    vi.useRealTimers()
  }
})

it('keeps a feed through a restart behind a proxy, and says that events were lost', async () => {
  const answers: RequestListener[] = [
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('retry: 10\nevent: connected\ndata: {}\n\n')
    },
    (_request, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
    (_request, response) => void response.writeHead(503, { 'content-type': 'application/json' }).end('{}'),
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: connected\ndata: {}\n\nid: 1\ndata: {"kind":"pauses","projectId":"p"}\n\n')
    },
  ]
  const url = await listen((request, response) => answers.shift()?.(request, response))
  const heard: unknown[] = []
  const feed = createKeyferryClient({ url }).syncs.events.subscribe(
    { projectId: 'p' },
    {
      onStarted: () => heard.push('started'),
      onGap: () => heard.push('gap'),
      onData: ({ data }) => heard.push(data.kind),
      onError: (error) => heard.push(error.message),
    },
  )
  await vi.waitFor(() => expect(heard).toContain('pauses'), { timeout: 60_000 })
  feed.unsubscribe()
  expect(heard).toEqual(['started', 'gap', 'started', 'pauses'])
})

it('says that events are missed while a proxy keeps the feed back, and no more once it arrives', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const requested = Promise.withResolvers<ServerResponse>()
  const url = await listen((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    requested.resolve(response)
  })
  const missed = vi.fn()
  const started = vi.fn()
  const feed = createKeyferryClient({ url }).syncs.events.subscribe(
    { projectId: 'p' },
    { onGap: missed, onStarted: started },
  )
  const response = await requested.promise
  await vi.advanceTimersByTimeAsync(20_000)
  expect(missed).toHaveBeenCalledTimes(2)
  response.write('event: connected\ndata: {}\n\n')
  await vi.waitFor(() => expect(started).toHaveBeenCalled(), 30_000)
  await vi.advanceTimersByTimeAsync(60_000)
  feed.unsubscribe()
  expect(missed).toHaveBeenCalledTimes(2)
})

it('ends a feed that is refused', async () => {
  const url = await listen(
    (_request, response) =>
      void response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":"NotFound","message":"No such project"}'),
  )
  const failed = vi.fn()
  createKeyferryClient({ url }).syncs.events.subscribe({ projectId: 'p' }, { onError: failed })
  await expect.poll(() => failed.mock.calls).toHaveLength(1)
  expect(failed.mock.calls).toEqual([
    [expect.objectContaining({ status: 404, code: 'NotFound', message: 'No such project' })],
  ])

  failed.mockClear()
  const token = () => Promise.reject(new Error('no file'))
  createKeyferryClient({ url, token }).syncs.events.subscribe({ projectId: 'p' }, { onError: failed })
  await expect.poll(() => failed.mock.calls).toHaveLength(1)
  expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: 'NoToken', message: 'No token: no file' })]])
})
