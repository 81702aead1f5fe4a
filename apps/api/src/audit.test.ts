import { onEveryDatabase } from '@keyferry/db/testing'
import { auditEntry } from '@keyferry/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from './testing.ts'

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

  it('is listed with filters and addresses', async () => {
    const { status, body } = await api.send('GET', `/api/v1/audit?projectId=${projectId}&action=secret.&limit=1`)
    expect(status).toBe(200)
    expect(body.entries).toHaveLength(1)
    expect(body.entries[0]).toMatchObject({ action: 'secret.read', address: '127.0.0.1', details: { key: 'A' } })
    const next = await api.send(
      'GET',
      `/api/v1/audit?projectId=${projectId}&action=secret.&limit=1&cursor=${body.nextCursor}`,
    )
    expect(next.body.entries[0]).toMatchObject({ action: 'secret.create' })
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
  })
})
