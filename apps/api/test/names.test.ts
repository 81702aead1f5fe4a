import { onPostgres } from '@keyferry/db/testing'
import { createSecrets } from '@keyferry/vault'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onPostgres('names with characters that nobody sees', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
  })
  beforeEach(async () => {
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const ok = async (...request: Parameters<TestApi['send']>) => {
    const answer = await api.send(...request)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }

  it.each(['a\u202Eb', 'a\u200Bb', 'a\u001Bb', 'a\u2028b', 'a\u{E0041}b', 'a\u3164b', 'a\uD800b'])(
    'takes no invisible character into a new name: %j',
    async (name) => {
      const at = { projectId, environment: 'dev' }
      const base = `/api/v1/projects/${projectId}`
      await ok('POST', '/api/v4/secrets/PLAIN', { ...at, secretValue: '1' })
      const doors: [Parameters<TestApi['send']>[0], string, object][] = [
        ['POST', `/api/v4/secrets/${encodeURIComponent(name.toWellFormed())}`, { ...at, secretValue: '1' }],
        ['PATCH', '/api/v4/secrets/PLAIN', { ...at, newSecretName: name }],
        ['POST', '/api/v4/secrets/batch', { ...at, secrets: [{ secretKey: name, secretValue: '1' }] }],
        ['PATCH', '/api/v4/secrets/batch', { ...at, mode: 'upsert', secrets: [{ secretKey: name, secretValue: '1' }] }],
        ['POST', '/api/v1/projects', { projectName: name }],
        ['PATCH', base, { name }],
        ['PATCH', base, { description: name }],
        ['POST', `${base}/environments`, { name, slug: 'qa' }],
        ['POST', `${base}/tags`, { slug: 'tag', name, color: '' }],
        ['POST', '/api/v1/folders', { ...at, path: '/', name: 'folder', description: name }],
        ['POST', '/api/v1/identities', { name }],
        ['POST', '/api/v1/api-keys', { name, grants: [], expiresInDays: 1 }],
      ]
      for (const [method, url, body] of doors) {
        // A lone surrogate doesn't fit into a URL; it arrives as the replacement character, which is visible.
        if (name !== name.toWellFormed() && url.includes('%EF%BF%BD')) continue
        const answer = await api.send(method, url, body)
        expect([400, 422], `${method} ${url} ${answer.text}`).toContain(answer.status)
        expect(answer.text).toMatch(/invisible characters|control character/)
      }
    },
  )

  it('reads, renames and deletes a secret whose name is older than that rule', async () => {
    const at = { projectId, environment: 'dev', secretPath: '/' }
    const actor = { kind: 'system', id: 'test', name: 'test' } as const
    const older = ['A\u200B', 'B\u202E', 'C\u200B']
    await createSecrets(api.ctx, actor, {
      ...at,
      secrets: older.map((key) => ({ key, value: '1', comment: '' })),
    })
    const [first = '', second = '', third = ''] = older.map((key) => `/api/v4/secrets/${encodeURIComponent(key)}`)
    expect((await ok('GET', `${first}?projectId=${projectId}&environment=dev`)).secret.secretValue).toBe('1')
    await ok('PATCH', first, { ...at, secretValue: '2' })
    const batch = [{ secretKey: older[2], secretValue: '3' }]
    await ok('PATCH', '/api/v4/secrets/batch', { ...at, mode: 'upsert', secrets: batch })
    await ok('PATCH', first, { ...at, newSecretName: 'A' })
    for (const url of [second, third]) await ok('DELETE', url, at)
    const { secrets } = await ok('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)
    expect(secrets).toMatchObject([{ secretKey: 'A', secretValue: '2' }])
  })
})
