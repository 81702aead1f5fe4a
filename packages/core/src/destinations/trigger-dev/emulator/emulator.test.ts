/** The wire, quirk by quirk, as the server's source of 2026-08-21 has it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator, type TriggerDevEmulator } from './index.ts'

let emulator: TriggerDevEmulator
let base: string
beforeEach(async () => {
  emulator = await startEmulator()
  base = `/api/v1/projects/${emulator.projects[0]}`
})
afterEach(() => emulator.close())

interface Call {
  key?: string | null
  body?: unknown
  headers?: Record<string, string>
}

/** One call, by default with a personal token; a text body is sent as it is. */
async function call(method: string, path: string, { key = emulator.keys.personal, body, headers = {} }: Call = {}) {
  const answer = await fetch(emulator.url + path, {
    method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
  })
  const text = await answer.text()
  const type = answer.headers.get('content-type') ?? ''
  return { status: answer.status, type, headers: answer.headers, body: type.includes('json') ? JSON.parse(text) : text }
}

const put = (place: string, variables: Record<string, string>, more: Record<string, unknown> = {}, extra: Call = {}) =>
  call('POST', `${base}/envvars/${place}/import`, { body: { variables, override: true, ...more }, ...extra })

describe('who is asking', () => {
  test('no header: problem+json, indented, and no rate-limit headers', async () => {
    const answer = await fetch(`${emulator.url}/api/v1/projects`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.has('x-ratelimit-limit')).toBe(false)
    expect(await answer.text()).toContain('{\n  "title": "Unauthorized",\n  "status": 401')
  })

  test.each([
    ['personal', 200, 200, 401],
    ['organization', 401, 200, 401],
    ['prod', 401, 200, 200],
    ['prodReadOnly', 401, 200, 200],
    ['prodWriteOnly', 401, 403, 403],
  ] as const)('%s: projects %i, variables %i, decrypted %i', async (kind, projects, variables, decrypted) => {
    const key = emulator.keys[kind]
    expect((await call('GET', '/api/v1/projects', { key })).status).toBe(projects)
    expect((await call('GET', `${base}/envvars/prod`, { key })).status).toBe(variables)
    expect((await call('GET', `${base}/envvars`, { key })).status).toBe(decrypted)
  })

  test('a read-only key cannot write; an environment key works without the word Bearer, a personal one does not', async () => {
    expect(await put('prod', { A: 'a' }, {}, { key: emulator.keys.prodReadOnly })).toMatchObject({
      status: 403,
      body: { error: 'Unauthorized' },
    })
    const bare = (token: string) =>
      call('GET', `${base}/envvars/prod`, { key: null, headers: { authorization: token } })
    expect((await bare(emulator.keys.prod)).status).toBe(200)
    expect(await bare(emulator.keys.personal)).toMatchObject({ status: 401, body: { error: 'Invalid API key' } })
  })

  test('an environment key ignores a wrong slug, and names a wrong project', async () => {
    await put('staging', { A: 'a' }, {}, { key: emulator.keys.prod })
    expect(emulator.contents().get('A')).toBe('a')
    const foreign = await call('GET', `/api/v1/projects/${emulator.projects[1]}/envvars/prod`, {
      key: emulator.keys.prod,
    })
    expect(foreign).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^Invalid project ref for this API key/) },
    })
  })

  test('whoami, the listings and the key of an environment', async () => {
    expect((await call('GET', '/api/v2/whoami')).body).toMatchObject({ email: 'ada@example.com' })
    expect((await call('GET', '/api/v1/projects')).body[0]).toMatchObject({
      externalRef: emulator.projects[0],
      organization: { title: 'Acme' },
    })
    expect((await call('GET', base)).body).toHaveProperty('defaultRuntime')
    const slugs = (await call('GET', `${base}/environments`)).body.map((row: { slug: string }) => row.slug)
    expect(slugs).toEqual(['dev', 'stg', 'preview', 'prod'])
    expect((await call('GET', `${base}/prod`)).body).toMatchObject({ apiKey: emulator.keys.prod, apiUrl: emulator.url })
    expect(await call('GET', `${base}/nonsense`)).toMatchObject({ status: 400, body: { error: 'Invalid Params' } })
  })
})

describe('writing', () => {
  test('reserved and blank ones are dropped without an error beside a good one, and refused alone', async () => {
    expect((await put('prod', { GOOD: 'g', BLANK: ' \n', '': 'x', TRIGGER_API_URL: 'u' })).status).toBe(200)
    expect([...emulator.contents().keys()]).toEqual(['GOOD'])
    expect((await put('prod', { BLANK: '' })).body.error).toBe('You must set at least one valid variable.')
    expect((await put('prod', { TRIGGER_SECRET_KEY: 'k' })).body.error).toBe(
      'You must set at least one valid variable. All the variables submitted are not allowed.',
    )
    expect((await put('prod', {})).status).toBe(400)
  })

  test('import wants an object of texts', async () => {
    for (const variables of [[{ name: 'A', value: 'a' }], { A: 1 }, 'A=a', undefined]) {
      const answer = await call('POST', `${base}/envvars/prod/import`, { body: { variables, override: true } })
      expect(answer).toMatchObject({ status: 400, body: { error: 'Invalid body' } })
    }
  })

  test('a failure half-way leaves the earlier ones written', async () => {
    const answer = await put('prod', { FIRST: '1', ['X'.repeat(3000)]: '2', LAST: '3' })
    expect(answer.status).toBe(400)
    expect(answer.body).not.toHaveProperty('variableErrors')
    expect([...emulator.contents().keys()]).toEqual(['FIRST'])
  })

  test('the secret flag: given replaces, omitted keeps, new is readable', async () => {
    await put('prod', { A: 'a' })
    expect(emulator.variables('prod').get('A')?.isSecret).toBe(false)
    await put('prod', { A: 'a' }, { isSecret: true })
    await put('prod', { A: 'b' })
    expect(emulator.variables('prod').get('A')).toEqual({ value: 'b', isSecret: true })
    await put('prod', { A: 'b' }, { isSecret: false })
    expect(emulator.variables('prod').get('A')?.isSecret).toBe(false)
  })

  test('a file of variables is taken too', async () => {
    const form = new FormData()
    form.set('variables', new File(['# c\nA=1\nB="x\\ny"\n'], '.env'))
    form.set('override', 'true')
    const answer = await fetch(`${emulator.url}${base}/envvars/prod/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.keys.personal}` },
      body: form,
    })
    expect(answer.status).toBe(200)
    expect(emulator.contents()).toEqual(
      new Map([
        ['A', '1'],
        ['B', 'x\ny'],
      ]),
    )
  })

  test('update creates a readable one where only another environment has it, and skips a blank', async () => {
    await put('staging', { A: 's' }, { isSecret: true })
    expect((await call('PUT', `${base}/envvars/prod/A`, { body: { value: 'p' } })).status).toBe(200)
    expect(emulator.variables('prod').get('A')).toEqual({ value: 'p', isSecret: false })
    expect((await call('PUT', `${base}/envvars/prod/A`, { body: { value: ' ' } })).status).toBe(200)
    expect(emulator.contents().get('A')).toBe('p')
    expect((await call('PUT', `${base}/envvars/prod/NOBODY`, { body: 'no json' })).status).toBe(404)
  })

  test('a body that is no JSON is a 500 of text, or of JSON on update; a wrong shape says what is wrong', async () => {
    await put('prod', { A: 'a' })
    expect(await call('POST', `${base}/envvars/prod`, { body: '{' })).toMatchObject({
      status: 500,
      body: 'Unexpected Server Error',
    })
    expect(await call('POST', `${base}/envvars/prod/import`, { body: '' })).toMatchObject({ status: 500 })
    expect(await call('PUT', `${base}/envvars/prod/A`, { body: '{' })).toMatchObject({
      status: 500,
      body: { error: 'Internal Server Error' },
    })
    const wrong = await call('POST', `${base}/envvars/prod`, { body: { name: 'B' } })
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: 'Invalid request body', issues: [{ path: ['value'], message: 'Required' }] },
    })
  })

  test('no method clears the collection, and import is no variable', async () => {
    await put('prod', { A: 'a' })
    await call('DELETE', `${base}/envvars/prod`)
    expect(emulator.contents().size).toBe(1)
    expect((await call('GET', `${base}/envvars/prod/import`)).status).toBe(400)
    expect((await call('PATCH', `${base}/envvars/prod/A`)).status).toBe(500)
  })
})

describe('reading', () => {
  test('secrets are redacted in the listing and clear in the decrypted read, with what runs get besides', async () => {
    await put('prod', { S: 'hidden', OTEL_RESOURCE_ATTRIBUTES: 'o' }, { isSecret: true })
    await put('prod', JSON.parse('{"__proto__":"p"}'))
    expect((await call('GET', `${base}/envvars/prod`)).body).toContainEqual({
      name: 'S',
      value: '<redacted>',
      isSecret: true,
    })
    expect((await call('GET', `${base}/envvars/prod/__proto__`)).body).toEqual({
      name: '__proto__',
      value: 'p',
      isSecret: false,
    })
    const { variables } = (await call('GET', `${base}/envvars`, { key: emulator.keys.prod })).body
    expect(Object.entries(variables)).toEqual([
      ['S', 'hidden'],
      ['CUSTOM_OTEL_RESOURCE_ATTRIBUTES', 'o'],
      ['__proto__', 'p'],
      ['TRIGGER_SECRET_KEY', emulator.keys.prod],
    ])
  })

  test('slugs: staging is stg, everything else is exact', async () => {
    await put('staging', { A: 'a' })
    expect((await call('GET', `${base}/envvars/stg`)).body).toHaveLength(1)
    for (const slug of ['production', 'Prod']) {
      expect(await call('GET', `${base}/envvars/${slug}`)).toMatchObject({
        status: 404,
        body: { error: 'Environment not found' },
      })
    }
  })

  test('a trailing slash is redirected; an unknown path is a page', async () => {
    expect((await call('GET', '/api/v1/projects/')).status).toBe(301)
    expect(await call('GET', '/api/v9/nothing')).toMatchObject({ status: 404, type: expect.stringContaining('html') })
  })
})

describe('branches', () => {
  const on = (branch: string): Call => ({ headers: { 'x-trigger-branch': branch } })

  test('a branch shows its parent beneath its own, and cannot delete what it inherits', async () => {
    await call('POST', `${base}/branches`, { body: { env: 'preview', branch: 'feat/x' } })
    await put('preview', { SHARED: 'parent', ONLY_PARENT: 'p' }, { isSecret: true })
    await put('preview', { SHARED: 'own' }, {}, on('feat/x'))
    const listed = (await call('GET', `${base}/envvars/preview`, on('refs/heads/feat/x'))).body
    expect(listed).toEqual([
      { name: 'SHARED', value: '<redacted>', isSecret: true },
      { name: 'ONLY_PARENT', value: '<redacted>', isSecret: true },
    ])
    expect(emulator.variables('preview', { branch: 'feat/x' }).get('SHARED')).toEqual({ value: 'own', isSecret: true })
    const inherited = await call('DELETE', `${base}/envvars/preview/ONLY_PARENT`, on('feat/x'))
    expect(inherited).toMatchObject({ status: 400, body: { error: 'Environment variable value not found' } })
  })

  test('for a personal token the header wins over the slug; an archived branch is gone', async () => {
    await call('POST', `${base}/branches`, { body: { env: 'preview', branch: 'x' } })
    await put('prod', { A: 'a' }, {}, on('x'))
    expect(emulator.contents().size).toBe(0)
    expect(emulator.variables('preview', { branch: 'x' }).get('A')?.value).toBe('a')
    expect((await call('GET', `${base}/branches`)).body.branches).toHaveLength(1)
    await call('POST', `${base}/branches/archive`, { body: { env: 'preview', branch: 'x' } })
    expect(await call('GET', `${base}/envvars/preview`, on('x'))).toMatchObject({
      status: 404,
      body: { error: 'Branch not found' },
    })
  })

  test('a preview key needs the header', async () => {
    const key = emulator.keys.preview
    expect(await call('GET', `${base}/envvars/preview`, { key })).toMatchObject({
      status: 401,
      body: { error: 'x-trigger-branch header required for preview env' },
    })
    expect((await call('GET', `${base}/envvars/preview`, { key, ...on('no') })).body.error).toBe(
      'No matching branch env',
    )
  })
})

describe('rate limit', () => {
  test('counts down, refuses with problem+json and no Retry-After; imports have their own bucket', async () => {
    emulator.setRateLimit(true)
    const first = await call('GET', `${base}/envvars/prod`)
    expect(first.headers.get('x-ratelimit-limit')).toBe('750')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('749')
    const reset = Number(first.headers.get('x-ratelimit-reset'))
    expect(reset - Date.now()).toBeLessThanOrEqual(10_000)
    expect((await put('prod', { A: 'a' })).headers.get('x-ratelimit-remaining')).toBe('1499')

    emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
    await call('GET', '/api/v1/projects')
    const refused = await call('GET', `${base}/envvars/prod`)
    expect(refused).toMatchObject({ status: 429, type: 'application/problem+json' })
    expect(refused.headers.has('retry-after')).toBe(false)
    expect(refused.body).toMatchObject({
      title: 'Rate Limit Exceeded',
      limit: 1,
      remaining: -1,
      secondsUntilReset: expect.any(Number),
    })
    expect((await call('GET', `${base}/envvars/prod`, { key: 'tr_pat_unknown' })).status).toBe(401)
  })
})
