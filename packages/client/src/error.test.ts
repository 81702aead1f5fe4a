import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createKeyferryClient, isKeyferryError, KeyferryApiError } from './index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Whatever stands between us and an instance. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => new Promise((done) => void server.close(() => done())))
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
