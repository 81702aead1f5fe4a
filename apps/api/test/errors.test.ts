import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { onPostgres } from '@keyferry/db/testing'
import { ERROR_CODES } from '@keyferry/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restRoutes } from '../src/rest/procedures.ts'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

const isPublic = new Set([
  'instance.status',
  'clients.check',
  'clients.login',
  'clients.organizations',
  'clients.selectOrganization',
  'clients.verifyCode',
  'instance.bootstrap',
  'people.accept',
  'people.openInvitation',
  'jwtAuth.login',
  'kubernetesAuth.login',
  'oidcAuth.login',
  'universalAuth.login',
  'universalAuth.renew',
  'universalAuth.revoke',
])
const WRONG_BODIES = ['[]', '"text"', '12', 'null', '{"projectId":{}}', '{"__proto__":{"projectId":1}}']
const concrete = (path: string, value: string = randomUUID()) => path.replaceAll(/:\w+/g, () => value)

onPostgres('permissions, and how failures look', (open) => {
  let api: TestApi
  let projectId: string
  let addresses = 0
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  describe.each(restRoutes.filter(({ procedure }) => !isPublic.has(procedure)))(
    '$route.method $route.path',
    ({ route }) => {
      it('is closed without a token and with a wrong one', async () => {
        const missing = await api.send(route.method, concrete(route.path), undefined, { token: null })
        expect(missing.status).toBe(401)
        expect(missing.body).toEqual({
          reqId: expect.any(String),
          statusCode: 401,
          message: 'Token missing',
          error: 'UnauthorizedError',
        })
        const wrong = await api.send(route.method, concrete(route.path), undefined, { token: 'kf_wrong' })
        expect(wrong.body).toMatchObject({ statusCode: 401, message: 'Token is not valid', error: 'UnauthorizedError' })
      })

      it('answers nonsense with a 4xx in the documented shape', async () => {
        const placed = { projectId, environment: 'dev\u0000', name: 'x\u0000', secretPath: '/\u0000', position: 1e12 }
        // Where the path has no parameter, the four would be one.
        const values = route.path.includes(':') ? [randomUUID(), 'not-an-id', '%00', '__proto__'] : ['']
        const [plain = ''] = values
        // A body that is wrong is refused before anybody looks at the path, and for every route by the same code: each
        // route gets another one, and with each of the values one whose places are as they should be.
        const wrong = WRONG_BODIES[addresses % WRONG_BODIES.length]
        const nonsense =
          route.method === 'GET'
            ? values.map((value) => ({ value, body: undefined }))
            : [{ value: plain, body: wrong }, ...values.map((value) => ({ value, body: placed }))]
        const query = route.method === 'GET' ? '?projectId=nope&environment=%00&recursive=perhaps&version=1e9' : ''
        // What one address may do in a minute would be used up, and 429 the only answer.
        const address = `10.0.${addresses >> 8}.${addresses++ & 255}`
        for (const { value, body } of nonsense) {
          const answer = await api.send(route.method, `${concrete(route.path, value)}${query}`, body, { address })
          if (answer.status === 200) continue
          const seen = `${value} ${String(body)} ${answer.text}`
          expect(answer.status, seen).toBeGreaterThanOrEqual(400)
          expect(answer.status, seen).toBeLessThan(500)
          expect(answer.body).toMatchObject({
            reqId: expect.any(String),
            statusCode: answer.status,
            error: expect.any(String),
          })
        }
      })
    },
  )

  it('says what is wrong with a body it cannot read', async () => {
    const broken = await api.send('POST', '/api/v1/projects', '{"projectName":')
    expect(broken.body).toMatchObject({ statusCode: 400, error: 'BadRequest', message: expect.any(String) })
    const large = await api.send('POST', '/api/v1/projects', { projectName: 'x'.repeat(5_000_000) })
    expect(large.body).toMatchObject({ statusCode: 413, error: 'PayloadTooLarge' })
    const text = await api.send('POST', '/api/v1/projects', 'projectName=x', {
      headers: { 'content-type': 'text/plain' },
    })
    expect(text.body).toMatchObject({ statusCode: 415, error: 'UnsupportedMediaType' })
  })

  it('answers a broken rule with the list of issues and the same in words', async () => {
    const { body } = await api.send('POST', '/api/v1/projects', { projectName: 12, slug: 'Not A Slug' })
    expect(body).toMatchObject({ statusCode: 422, error: 'ValidationFailure' })
    expect(body.message.map((issue: { path: string[] }) => issue.path)).toEqual([['projectName'], ['slug']])
    expect(body.details.summary).toContain(
      'slug: Project slug can only contain lowercase letters, numbers, and hyphens',
    )
  })

  it('does not know what is not there', async () => {
    const unknown = await api.send('GET', `/api/v1/projects/${randomUUID()}`)
    expect(unknown.body).toMatchObject({ statusCode: 404, error: 'NotFound' })
    const route = await api.send('GET', '/api/v1/nothing-here')
    expect(route.body).toMatchObject({
      statusCode: 404,
      error: 'NotFound',
      message: 'There is no GET /api/v1/nothing-here',
    })
    const url = await api.send('GET', '/api/v1/projects/%E0%A4%A')
    expect(url.body).toMatchObject({ statusCode: 400, error: 'BadRequest' })
  })

  it('takes an empty body that calls itself JSON', async () => {
    const answer = await api.send('POST', `/api/v1/secret-syncs/devin/${randomUUID()}/sync-secrets`, '')
    expect(answer.status).toBe(404)
  })

  it('keeps what it cannot explain to itself', async () => {
    const lost = await readyApi(open)
    await lost.ctx.db.schema.dropTable('audit').execute()
    const { status, body } = await lost.send('POST', '/api/v1/projects', { projectName: 'Shop' })
    expect(status).toBe(500)
    expect(body).toEqual({
      reqId: expect.any(String),
      statusCode: 500,
      message: 'Something went wrong',
      error: 'InternalServerError',
    })
    const trpc = await lost.send('POST', '/api/trpc/projects.create', { name: 'Shop' })
    expect(trpc.body.error.message).toBe('Something went wrong')
    expect(trpc.text).not.toMatch(/\b(audit|stack)\b|sqlite|node_modules/i)
    // Who runs it learns what it was, and of which request.
    const [rest, overTrpc] = lost.logged.map((line) => JSON.parse(line) as unknown)
    const err = { message: expect.stringContaining('audit'), stack: expect.stringContaining('node_modules') }
    expect(rest).toMatchObject({ reqId: body.reqId, route: '/api/v1/projects', msg: 'request failed', err })
    expect(overTrpc).toMatchObject({ reqId: expect.any(String), procedure: 'projects.create', err })
    await lost.close()
  })
})

const NONSENSE_HEADERS: Record<string, string>[] = [
  {},
  { host: 'a b' },
  { cookie: 'keyferry.session_token=%00; keyferry.session_token=x.y', 'sec-fetch-site': 'none' },
]

onPostgres('nonsense beside REST', (open) => {
  let api: TestApi
  beforeAll(async () => {
    api = await readyApi(open)
  })
  afterAll(() => api.close())

  it.each<[method: 'GET' | 'POST', url: string, body?: string]>([
    ['GET', '/api/trpc/nope'],
    ['GET', '/api/trpc/__proto__'],
    ['GET', '/api/trpc/constructor.prototype'],
    ['GET', '/api/trpc/projects.toString'],
    ['GET', '/api/trpc/projects.get'],
    ['GET', '/api/trpc/projects.get?input=%7B'],
    ['GET', '/api/trpc/projects.get?batch=1&input=12'],
    ['GET', '/api/trpc/projects.bySlug?input=%7B%22slug%22%3A%22%5Cu0000%22%7D'],
    ['GET', '/api/trpc/projects.create?input=%7B%7D'],
    ['POST', '/api/trpc/projects.create', '{"name":'],
    ['POST', '/api/trpc/projects.create', '[1]'],
    ['POST', '/api/trpc/projects.create', '{"__proto__":{"name":"x"}}'],
    ['POST', '/api/auth/sign-in/email', '{"email":'],
    ['POST', '/api/auth/sign-in/email', '{"email":{"$ne":1},"password":[]}'],
    [
      'POST',
      '/api/auth/sign-in/email',
      '{"email":"a@b.co","password":"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"}',
    ],
    ['POST', '/api/auth/nothing', '{}'],
    ['GET', '/api/auth/sign-in/email'],
  ])('%s %s %s is answered with a 4xx', async (method, url, body) => {
    for (const headers of NONSENSE_HEADERS) {
      const { status, text } = await api.send(method, url, body, { headers })
      expect(status, text).toBeGreaterThanOrEqual(url.includes('batch=1') ? 207 : 400)
      expect(status, text).toBeLessThan(500)
      expect(text).not.toMatch(/node_modules|at .+\.ts:/)
    }
  })
})

it('docs/errors.md lists every code with its status and meaning', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
  const listed = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, status, meaning]) => ({
    code,
    status: Number(status),
    meaning,
  }))
  expect(listed).toEqual(Object.entries(ERROR_CODES).map(([code, entry]) => ({ code, ...entry })))
})
