/** What the audit log says of calls, through HTTP. */
import { randomUUID } from 'node:crypto'
import { onEveryDatabase } from '@keyferry/db/testing'
import { auditEntry } from '@keyferry/schemas'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('the audit log over REST', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
    await api.send('POST', '/api/v4/secrets/A', { projectId, environment: 'dev', secretValue: 'canary-31' })
    await api.send('GET', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)
  })
  afterAll(() => api.close())

  /** Of the last row before the test. */
  let lastSeq = 0
  beforeEach(async () => {
    // What repeats within a minute is counted, not listed.
    api.clock.advance(61_000)
    const { body } = await api.send('GET', '/api/v1/audit?limit=1')
    lastSeq = body.entries[0].seq
  })

  it('is listed with filters and addresses', async () => {
    const projectId = (await newProject(api, 'Listed')).id
    await api.send('POST', '/api/v4/secrets/A', { projectId, environment: 'dev', secretValue: 'canary-32' })
    await api.send('GET', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)
    const { status, body } = await api.send('GET', `/api/v1/audit?projectId=${projectId}&action=secret.&limit=1`)
    expect(status).toBe(200)
    expect(body.entries).toHaveLength(1)
    expect(body.entries[0]).toMatchObject({ action: 'secret.read', address: '127.0.0.1', details: { key: 'A' } })
    const next = await api.send(
      'GET',
      `/api/v1/audit?projectId=${projectId}&action=secret.&limit=1&cursor=${body.nextCursor}`,
    )
    expect(next.body.entries[0]).toMatchObject({ action: 'secret.create' })
    const changes = await api.send('GET', `/api/v1/audit?projectId=${projectId}&action=secret.&except=secret.read`)
    expect(changes.body.entries).toMatchObject([{ action: 'secret.create' }])
    expect((await api.send('GET', '/api/v1/audit?limit=0')).status).toBe(422)
  })

  it('is exported as JSON lines, whole, and to nobody without a token', async () => {
    for (let i = 0; i < 3; i++) await api.send('GET', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)
    const { status, headers, text } = await api.send('GET', '/api/v1/audit/export?from=2020-01-01T00:00:00Z')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/x-ndjson')
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => auditEntry.parse(JSON.parse(line)))
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: entries.length }, (_, i) => entries.length - i))
    expect(entries.length).toBeGreaterThanOrEqual(6)
    expect(text).not.toContain('canary-31')
    expect((await api.send('GET', '/api/v1/audit/export', undefined, { token: null })).status).toBe(401)
    expect((await api.send('GET', '/api/v1/audit/export?from=yesterday')).status).toBe(422)
    expect(await newEntriesOf('audit.export')).toMatchObject([
      { address: '127.0.0.1', projectId: null, details: { from: '2020-01-01T00:00:00Z' } },
    ])
  })

  const entriesOf = async (action: string, more = '') =>
    (await api.send('GET', `/api/v1/audit?action=${action}${more}`)).body.entries
  /** Those that the test has added. */
  const newEntriesOf = async (action: string, more = '') =>
    (await entriesOf(action, more)).filter(({ seq }: { seq: number }) => seq > lastSeq)

  it('names who set the instance up, from where', async () => {
    expect(await entriesOf('instance.bootstrap')).toMatchObject([
      { actor: { kind: 'user', name: ACCOUNT.email }, address: '127.0.0.1' },
    ])
  })

  it('holds what a person does at the door: in, out, the password, sessions, the name', async () => {
    const headers = { 'user-agent': 'Browser/1', origin: 'http://127.0.0.1:4400', host: '127.0.0.1:4400' }
    const auth = (path: string, body: unknown, cookie = '', address = '203.0.113.9') =>
      api.send('POST', `/api/auth/${path}`, body, { token: null, headers: { ...headers, cookie }, address })
    const cookieOf = ({ headers }: { headers: { 'set-cookie'?: string | string[] | undefined } }) =>
      [headers['set-cookie'] ?? '']
        .flat()
        .map((line) => line.split(';', 1)[0])
        .join('; ')
    const signIn = async () =>
      cookieOf(await auth('sign-in/email', { email: ACCOUNT.email, password: ACCOUNT.password }))
    await auth('sign-in/email', { email: ACCOUNT.email, password: 'canary-of-a-password' })
    await auth('sign-in/email', { email: 'Nobody@example.com', password: 'canary-of-a-password' })
    await auth('sign-in/email', { email: 'canary-of-a-password', password: 'canary-of-a-password' })
    await auth('request-password-reset', { email: 'canary-of-a-password' })
    const here = await signIn()
    await signIn()
    await auth('update-user', { name: 'Ada L.' }, here)
    await auth('revoke-other-sessions', {}, here)
    await auth('change-password', { currentPassword: 'canary-of-a-password', newPassword: 'another long one' }, here)
    const change = { currentPassword: ACCOUNT.password, newPassword: ACCOUNT.password }
    await auth('sign-out', {}, cookieOf(await auth('change-password', change, here)))

    const entries = await newEntriesOf('person.')
    const by = { actor: { kind: 'user', name: ACCOUNT.email }, address: '203.0.113.9' }
    const agent = { userAgent: 'Browser/1' }
    const problem = 'INVALID_EMAIL_OR_PASSWORD'
    expect(entries.toReversed()).toMatchObject([
      {
        action: 'person.sign-in-failed',
        actor: { kind: 'anonymous' },
        address: '203.0.113.9',
        details: { email: ACCOUNT.email, userId: expect.any(String), method: 'password', problem, ...agent },
      },
      {
        action: 'person.sign-in-failed',
        actor: { kind: 'anonymous' },
        details: { email: 'nobody@example.com', problem },
      },
      { action: 'person.sign-in-failed', details: { email: null, problem: 'INVALID_EMAIL' } },
      { action: 'person.sign-in', ...by, details: { method: 'password', ...agent } },
      { action: 'person.sign-in', ...by },
      { action: 'person.rename', ...by, details: { name: 'Ada L.' } },
      { action: 'person.end-sessions', ...by, details: { which: 'others' } },
      { action: 'person.sign-in-failed', details: { email: ACCOUNT.email, problem: 'INVALID_PASSWORD' } },
      { action: 'person.password-change', ...by },
      { action: 'person.sign-out', ...by, details: agent },
    ])
    const stored = JSON.stringify(await api.ctx.db.selectFrom('audit').selectAll().execute())
    expect(stored).not.toContain('canary-of-a-password')
    expect(stored).not.toContain(ACCOUNT.password)
  })

  it('holds what a machine does at the door, and tokens that were refused', async () => {
    const { identity } = (await api.send('POST', '/api/v1/identities', { name: 'deploy', role: 'admin' })).body
    const base = `/api/v1/auth/universal-auth/identities/${identity.id}`
    const { clientId } = (await api.send('POST', base, {})).body.identityUniversalAuth
    const { clientSecret } = (await api.send('POST', `${base}/client-secrets`, {})).body
    const signIn = (secret: string, id = clientId) =>
      api.send('POST', '/api/v1/auth/universal-auth/login', { clientId: id, clientSecret: secret }, { token: null })
    expect((await signIn('wrong')).status).toBe(401)
    const unknown = randomUUID()
    expect((await signIn('wrong', unknown)).status).toBe(401)
    expect((await signIn(clientId, clientSecret)).status).toBe(401)
    const { accessToken } = (await signIn(clientSecret)).body
    await api.send('POST', '/api/v1/auth/token/renew', { accessToken }, { token: null })
    api.clock.advance(40 * 86_400_000)
    expect((await api.send('GET', '/api/v1/me', undefined, { token: accessToken })).status).toBe(401)
    const { accessToken: next } = (await signIn(clientSecret)).body
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: next }, { token: null })
    expect((await api.send('GET', '/api/v1/me', undefined, { token: next })).status).toBe(401)

    const entries = await newEntriesOf(
      'identity.sign-in,identity.sign-in-failed,identity.token-renew,identity.token-revoke,access.',
    )
    const by = { actor: { kind: 'identity', id: identity.id, name: 'deploy' }, address: '127.0.0.1' }
    expect(entries.toReversed()).toMatchObject([
      { action: 'identity.sign-in-failed', actor: { kind: 'anonymous' }, details: { name: 'deploy' } },
      { action: 'identity.sign-in-failed', actor: { kind: 'anonymous' }, details: { clientId: unknown } },
      { action: 'identity.sign-in-failed', actor: { kind: 'anonymous' }, details: { problem: 'client secret' } },
      { action: 'identity.sign-in', ...by },
      { action: 'identity.token-renew', ...by },
      { action: 'access.token-refused', details: { problem: 'expired', name: 'deploy' }, address: '127.0.0.1' },
      { action: 'identity.sign-in', ...by },
      { action: 'identity.token-revoke', ...by },
      { action: 'access.token-refused', details: { problem: 'unknown' } },
    ])
    // Also where it was sent as the client id.
    expect(JSON.stringify(await api.ctx.db.selectFrom('audit').selectAll().execute())).not.toContain(clientSecret)
  })

  it('names refused calls', async () => {
    const { identity } = (await api.send('POST', '/api/v1/identities', { name: 'nobody yet', role: 'no-access' })).body
    const base = `/api/v1/auth/universal-auth/identities/${identity.id}`
    const { clientId } = (await api.send('POST', base, {})).body.identityUniversalAuth
    const { clientSecret } = (await api.send('POST', `${base}/client-secrets`, {})).body
    const { accessToken: token } = (
      await api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret }, { token: null })
    ).body
    expect((await api.send('GET', '/api/v1/people', undefined, { token })).status).toBe(403)
    expect((await api.send('GET', '/api/v1/people', undefined, { token })).status).toBe(403)
    const by = { actor: { kind: 'identity', name: 'nobody yet' }, address: '127.0.0.1' }
    expect(await newEntriesOf('access.refused', '&text=people.list')).toMatchObject([
      { ...by, details: { procedure: 'people.list' } },
    ])

    // A project out of reach, and one that does not exist: the answers and the rows are alike.
    const unseen = [projectId, randomUUID()]
    const answers = []
    for (const id of unseen) {
      // In a minute of its own: within one, the second is counted with the first.
      api.clock.advance(61_000)
      const { status, body } = await api.send('GET', `/api/v1/projects/${id}`, undefined, { token })
      answers.push([status, body.message.replace(id, 'ID')])
    }
    expect(answers).toEqual([
      [404, 'Project with ID ID not found'],
      [404, 'Project with ID ID not found'],
    ])
    expect(await newEntriesOf('access.refused', '&text=projects.get')).toMatchObject(
      unseen.toReversed().map((id) => ({ ...by, details: { message: `Project with ID ${id} not found` } })),
    )
  })

  it('names refused requests of other sites, and does not grow with them', async () => {
    const forged = (origin: string, i: number) =>
      api.send('DELETE', `/api/v1/projects/${projectId}`, undefined, {
        token: null,
        headers: { origin, cookie: 'keyferry.session_token=x' },
        address: `198.51.100.${i}`,
      })
    expect((await forged('https://evil.example', 1)).status).toBe(403)
    const entries = await entriesOf('access.refused')
    expect(entries[0]).toMatchObject({
      actor: { kind: 'anonymous' },
      address: '198.51.100.1',
      details: { procedure: 'DELETE /api/v1/projects/:projectId', origin: 'https://evil.example' },
    })
    for (let i = 2; i < 40; i++) await forged(`https://${'e'.repeat(5000)}.example`, i)
    const after = await newEntriesOf('access.refused')
    expect(after.length).toBeLessThan(30)
    expect(JSON.stringify(after[0].details).length).toBeLessThan(1000)
  })

  it('does not grow with what strangers repeat', async () => {
    const ask = (email: string, address: string) =>
      api.send('POST', '/api/auth/request-password-reset', { email }, { token: null, address })
    for (let i = 0; i < 30; i++) await ask(`stranger-${i}@example.com`, `198.51.100.${i}`)
    for (let i = 0; i < 3; i++) await ask(ACCOUNT.email, '198.51.100.99')
    const asked = () => newEntriesOf('person.password-reset-request')
    expect(await asked()).toHaveLength(21)
    api.clock.advance(61_000)
    await ask(ACCOUNT.email, '198.51.100.99')
    const details = (await asked()).slice(0, 3).map((entry: { details: object }) => entry.details)
    expect(details).toContainEqual(expect.objectContaining({ others: 10 }))
    expect(details).toContainEqual(expect.objectContaining({ email: ACCOUNT.email, repeated: 2 }))
    expect(await asked()).toHaveLength(24)
  })
})
