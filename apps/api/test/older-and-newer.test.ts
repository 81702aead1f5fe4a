/** What a process does when the store, its keys or what is in it are not those that it knows. */
import { randomBytes } from 'node:crypto'
import { acceptSecrets } from '@keyferry/core'
import { onEveryDatabase, statement } from '@keyferry/db/testing'
import { keyring } from '@keyferry/kernel'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('a store of another version or key', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
    for (const name of ['COMMENTED', 'TAGGED'])
      await api.send('POST', `/api/v4/secrets/${name}`, {
        projectId,
        environment: 'dev',
        secretValue: 'one',
        secretComment: 'why',
        secretMetadata: [{ key: 'owner', value: 'bob' }],
      })
  })
  afterAll(() => api.close())

  const read = (path: string) =>
    api.send('GET', `${path}${path.includes('?') ? '&' : '?'}projectId=${projectId}&environment=dev`)

  it('shows a comment or metadata that cannot be decrypted as an error that names the secret, never as empty', async () => {
    const { comment, metadata } = await api.ctx.db
      .selectFrom('secrets')
      .where('key', '=', 'COMMENTED')
      .select(['comment', 'metadata'])
      .executeTakeFirstOrThrow()
    const other = api.ctx.db.updateTable('secrets').where('key', '=', 'TAGGED')
    const accept = () => acceptSecrets(api.ctx, api.actor, { projectId, environment: 'dev', secretPath: '/' })
    const reads = ['/api/v4/secrets', '/api/v4/secrets/TAGGED']
    for (const [what, broken] of [
      ['comment', { comment }],
      ['metadata', { metadata }],
    ] as const) {
      const before = await api.ctx.db
        .selectFrom('secrets')
        .where('key', '=', 'TAGGED')
        .selectAll()
        .executeTakeFirstOrThrow()
      await other.set(broken).execute()
      await accept()
      for (const path of reads) {
        const { status, text } = await read(path)
        expect(status).toBe(400)
        expect(text).toContain(`TAGGED (its ${what} cannot be decrypted`)
      }
      expect(api.logged.at(-1)).toContain('cannot be decrypted')
      const deleted = await api.send('DELETE', '/api/v4/secrets/TAGGED', { projectId, environment: 'dev' })
      expect(deleted.status).toBe(400)
      expect(deleted.text).toContain(`TAGGED (its ${what} cannot be decrypted`)
      await other.set({ comment: before.comment, metadata: before.metadata }).execute()
      await accept()
    }
    expect((await read('/api/v4/secrets')).status).toBe(200)
  })

  it('is not ready while its root key does not open the keys of the store', async () => {
    const ready = async () => (await api.send('GET', '/api/ready', undefined, { token: null })).body
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ ready: true, checks: { keys: 'ok' } })
    const { id, dataKey } = await api.ctx.db
      .selectFrom('organizations')
      .select(['id', 'dataKey'])
      .executeTakeFirstOrThrow()
    const set = (wrapped: string) => api.ctx.db.updateTable('organizations').set({ dataKey: wrapped }).execute()
    await set(keyring(randomBytes(32)).create(id))
    await expect
      .poll(ready, { timeout: 60_000 })
      .toMatchObject({ ready: false, reason: expect.stringContaining('root key') })
    await set(dataKey)
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ ready: true })
  })

  it('re-encrypts and removes nothing once a newer version has brought it up to date', async () => {
    await statement(api.ctx.db, `insert into kysely_migration (name, timestamp) values ('9999-later', '2027')`)
    onTestFinished(async () => {
      await statement(api.ctx.db, `delete from kysely_migration where name = '9999-later'`)
    })
    const { status, body } = await api.send('POST', `/api/v1/projects/${projectId}/rotate-data-key`)
    expect(status).toBe(503)
    expect(body.message).toContain('9999-later')
    expect((await api.send('GET', '/api/v1/data-key-rotations')).body.rotations).toEqual([])
    // It keeps serving.
    expect((await read('/api/v4/secrets')).status).toBe(200)
  })
})
