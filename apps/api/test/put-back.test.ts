/**
 * Somebody who writes to the database, and kept a copy of rows from earlier, brings nothing back by them: no value, no
 * import, and nothing by changing what the audit log says of them.
 */
import { acceptSecrets, checkStore } from '@keyferry/core'
import { onEveryDatabase } from '@keyferry/db/testing'
import { NOTES, snapshot, verifyAudit } from '@keyferry/kernel'
import { headSealedAs, verifyStore } from '@keyferry/kernel/authority'
import { monitoringOf, readinessOf } from '@keyferry/runtime'
import { loadTree } from '@keyferry/vault'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { storedRows, type Row } from './stored-rows.ts'
import { machine } from './request-matrix/machine.ts'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('rows of an earlier time that are put back', (open, dialect) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
  })
  afterAll(() => api.close())
  let projects = 0
  beforeEach(async () => {
    projectId = (await newProject(api, `Shop ${++projects}`)).id
  })

  const { run, copy, putBack, set, started } = storedRows(() => api)
  const write = (method: 'POST' | 'PATCH' | 'DELETE', name: string, body: object) =>
    api.send(method, `/api/v4/secrets/${name}`, { projectId, environment: 'dev', ...body })
  const read = () => api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)
  const values = async () => {
    const { status, body } = await read()
    return status === 200 ? body.secrets.map((secret: { secretValue: string }) => secret.secretValue) : body
  }
  const refused = { error: 'IntegrityFailure', message: expect.stringContaining('changed outside Keyferry') }

  it('bring back no earlier value of a secret, and no deleted secret', async () => {
    for (const name of ['A', 'B', 'C']) await write('POST', name, { secretValue: 'one' })
    const here = sql`key in ('A', 'B', 'C')`
    const [secrets, versions] = [await copy('secrets', here), await copy('secret_versions', here)]
    const folderId = String(secrets[0]?.['folder_id'])
    const [folder = {}] = await copy('folders', sql`id = ${folderId}`)
    await write('PATCH', 'A', { secretValue: 'two' })
    await write('DELETE', 'B', {})
    const [now, versionsNow] = [await copy('secrets', here), await copy('secret_versions', here)]
    const [folderNow = {}] = await copy('folders', sql`id = ${folderId}`)
    const whole = async () => {
      await run(sql`delete from secrets where ${here}`)
      await run(sql`delete from secret_versions where ${here}`)
      await putBack('secrets', now)
      await putBack('secret_versions', versionsNow)
      await set('folders', 'secrets_head', folderNow)
      expect(await values()).toEqual(['two', 'one'])
    }
    const earlier = (name: string) => secrets.filter(({ key }) => key === name)

    // One value, with its version in the history or without.
    await putBack('secrets', earlier('A'))
    expect(await values()).toMatchObject(refused)
    await run(sql`delete from secret_versions where key = 'A' and version = 2`)
    expect(await values()).toMatchObject(refused)
    expect((await api.send('GET', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)).status).toBe(503)
    await whole()
    // A deleted one.
    await putBack('secrets', earlier('B'))
    expect(await values()).toMatchObject(refused)
    await whole()
    // One that is missing.
    await run(sql`delete from secrets where key = 'C'`)
    expect(await values()).toMatchObject(refused)
    await whole()
    // All of it, with what the folder keeps of it; also for a process that starts afterwards.
    await run(sql`delete from secret_versions where ${here}`)
    await putBack('secrets', secrets)
    await putBack('secret_versions', versions)
    await set('folders', 'secrets_head', folder)
    expect(await values()).toMatchObject(refused)
    const problem = 'they were put back to an earlier state'
    expect((await verifyStore(await started())).brokenFolders).toMatchObject([
      { environment: 'dev', path: '/', problem },
    ])
    await run(sql`update folders set secrets_head = null where id = ${folderId}`)
    expect(await values()).toMatchObject(refused)

    await acceptSecrets(api.ctx, api.actor, { projectId, environment: 'dev', secretPath: '/' })
    expect(await values()).toEqual(['one', 'one', 'one'])
    await write('PATCH', 'A', { secretValue: 'three' })
    expect(await values()).toEqual(['three', 'one', 'one'])
    expect(await verifyStore(await started())).toMatchObject({ broken: [], brokenFolders: [] })
  })

  it('bring back no earlier text of a secret that was created again once its versions were taken out', async () => {
    const named = sql`key = 'D'`
    await write('POST', 'D', { secretValue: 'one', secretComment: 'first' })
    const [earlier = {}] = await copy('secrets', named)
    await write('DELETE', 'D', {})
    await run(sql`delete from secret_versions where ${named}`)
    await write('POST', 'D', { secretValue: 'two', secretComment: 'second' })
    const [now = {}] = await copy('secrets', named)
    expect([now['version'], await values()]).toEqual([earlier['version'], ['two']])
    const list = (shown: boolean) =>
      api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev&viewSecretValue=${shown}`)
    const put = async (column: string, read: () => ReturnType<typeof list>) => {
      await set('secrets', column, { ...earlier, id: now['id'] })
      expect(await read()).toMatchObject({ status: 503, body: refused })
      expect((await verifyStore(await started())).brokenFolders).toMatchObject([{ environment: 'dev', path: '/' }])
      await set('secrets', column, now)
      expect((await read()).status).toBe(200)
    }
    await put('value', () => list(true))
    await put('comment', () => list(true))
    await put('comment', () => list(false))
    await run(sql`update secrets set is_literal = 1 where ${named}`)
    expect(await values()).toMatchObject(refused)
    await set('secrets', 'is_literal', now)
    await write('DELETE', 'D', {})
  })

  it('are missed when they are imports', async () => {
    const at = { projectId, environment: 'dev' }
    for (const name of ['into', 'shared']) await api.send('POST', '/api/v2/folders', { ...at, name, path: '/' })
    await write('POST', 'SHARED', { secretPath: '/shared', secretValue: 'imported' })
    const imports = '/api/v2/secret-imports'
    const add = { ...at, path: '/into', import: { environment: 'dev', path: '/shared' } }
    const { body } = await api.send('POST', imports, add)
    const where = `projectId=${projectId}&environment=dev`
    const readers = [`/api/v4/secrets?${where}&secretPath=/into`, `${imports}?${where}&path=/into`]
    const answers = () => Promise.all(readers.map((path) => api.send('GET', path)))
    const [{ status, body: read } = { status: 0, body: null }] = await answers()
    expect([status, read.imports[0].secrets[0].secretValue]).toEqual([200, 'imported'])
    const here = sql`id = ${body.secretImport.id}`
    const rows = await copy('imports', here)
    const [folder = {}] = await copy('folders', sql`path = '/into'`)

    await run(sql`delete from imports where ${here}`)
    for (const answer of await answers()) expect(answer).toMatchObject({ status: 503, body: refused })
    expect((await verifyStore(await started())).brokenFolders).toMatchObject([{ environment: 'dev', path: '/into' }])
    // Together with what the folder keeps of it.
    await run(sql`update folders set secrets_head = null where id = ${folder['id']}`)
    for (const answer of await answers()) expect(answer).toMatchObject({ status: 503, body: refused })
    await set('folders', 'secrets_head', folder)
    await putBack('imports', rows)
    expect((await answers()).map((answer) => answer.status)).toEqual([200, 200])

    expect((await api.send('DELETE', `${imports}/${body.secretImport.id}`, { ...at, path: '/into' })).status).toBe(200)
    expect((await answers()).map((answer) => answer.status)).toEqual([200, 200])
    await putBack('imports', rows)
    for (const answer of await answers()) expect(answer).toMatchObject({ status: 503, body: refused })
    await run(sql`delete from imports where ${here}`)
    expect((await answers()).map((answer) => answer.status)).toEqual([200, 200])
  })

  it('are believed once, where an earlier version did not cover them, and written by none beside this one', async () => {
    const at = { projectId, environment: 'staging' }
    for (const name of ['importer', 'source', 'broken'])
      await api.send('POST', '/api/v2/folders', { ...at, name, path: '/' })
    const put = (secretPath: string, secretValue: string) =>
      write('POST', 'KEY', { environment: 'staging', secretPath, secretValue })
    for (const path of ['/source', '/broken']) await put(path, 'one')
    await api.send('POST', '/api/v2/secret-imports', {
      ...at,
      path: '/importer',
      import: { environment: 'staging', path: '/source' },
    })
    const statusOf = async (path: string) =>
      (await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=staging&secretPath=${path}`)).status
    const statuses = () => Promise.all(['/importer', '/source', '/broken'].map(statusOf))

    // As the version before left the store.
    const project = await api.ctx.db.selectFrom('projects').where('id', '=', projectId).select('dataKey').execute()
    const key = api.ctx.keyring.open(projectId, project[0]?.dataKey ?? '')
    const earlier = new Map<string, Row>()
    for (const row of await copy('folders', sql`path in ('/importer', '/source', '/broken')`)) {
      const { id, path, secrets_head: head } = row
      const sealedAs = headSealedAs(projectId, String(id))
      const { texts: _, values: __, imports: ___, ...counted } = JSON.parse(key.open(String(head), ...sealedAs))
      const before = path === '/importer' ? null : key.seal(JSON.stringify(counted), ...sealedAs)
      earlier.set(String(path), { ...row, secrets_head: before })
      await set('folders', 'secrets_head', { id, secrets_head: before })
    }
    await run(sql`update secrets set version = 2 where folder_id = ${earlier.get('/broken')?.['id']}`)
    const { id, dataKey } = await api.ctx.db
      .selectFrom('organizations')
      .select(['id', 'dataKey'])
      .executeTakeFirstOrThrow()
    const notes = NOTES.filter((note) => note !== 'folder texts and imports')
    const noted = api.ctx.keyring.withNotes(id, dataKey, notes)
    await api.ctx.db.updateTable('organizations').set({ dataKey: noted }).execute()
    await started()
    await api.ctx.authority.catchUp(api.ctx.db)
    expect(await statuses()).toEqual([200, 200, 503])
    expect(await verifyAudit(api.ctx)).toMatchObject({ problem: null })

    const [importer = {}, source = {}] = ['/importer', '/source'].map((path) => earlier.get(path))
    const upgraded = await copy('folders', sql`path in ('/importer', '/source')`)
    await set('folders', 'secrets_head', source)
    expect(await statuses()).toEqual([503, 503, 503])
    for (const row of upgraded) await set('folders', 'secrets_head', row)
    await set('folders', 'secrets_head', importer)
    await run(sql`delete from imports where folder_id = ${importer['id']}`)
    expect(await statuses()).toEqual([503, 200, 503])
    await run(sql`update secrets set version = 1 where folder_id = ${earlier.get('/broken')?.['id']}`)
    for (const secretPath of ['/importer', '/broken'])
      await acceptSecrets(api.ctx, api.actor, { projectId, environment: 'staging', secretPath })
    expect(await statuses()).toEqual([200, 200, 200])

    if (dialect === 'sqlite') return
    // What a process of that version writes, beside this one.
    const version = sql`id, secret_id, folder_id, key, version, value, deleted, counted, created_at, created_by`
    await expect(
      run(sql`insert into secret_versions (${version}) select 'new', secret_id, folder_id, key, 9, value,
      deleted, counted, created_at, created_by from secret_versions limit 1`),
    ).rejects.toThrow('texts_counted')
    await expect(
      run(sql`insert into imports (id, folder_id, source_folder_id, position, created_at, updated_at)
      values ('new', ${importer['id']}, ${source['id']}, 1, '', '')`),
    ).rejects.toThrow('counted')
  })

  it('are known to other processes whatever is put into the audit log beyond its end', async () => {
    const { identityId, token } = await machine(api, 'elsewhere')
    const tokens = await copy('access_tokens', sql`identity_id = ${identityId}`)
    // Of another process: what that one ends, this one reads in the log.
    const other = await started()
    const beyond = async (marks: string) => {
      await run(sql`insert into audit (id, seq, at, actor_kind, actor_id, actor, action, details, prev_hash, hash, marks)
        values ('beyond', 2147483647, '2026-01-01T00:00:00.000Z', 'user', 'x', 'x', 'secret.list', '{}', '', '', ${marks})`)
      await other.authority.catchUp(other.db)
      await run(sql`delete from audit where id = 'beyond'`)
    }
    await beyond('{}')
    await beyond(JSON.stringify({ ended: [[tokens[0]?.['seal'], null]] }))
    const found = () => other.db.selectFrom('accessTokens').where('identityId', '=', identityId).select('id').execute()
    expect(await found()).toHaveLength(1)
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: token })
    await putBack('access_tokens', tokens)
    await other.authority.catchUp(other.db)
    expect(await found()).toEqual([])
    await run(sql`delete from access_tokens where identity_id = ${identityId}`)
  })

  // SQLite reads nothing while it writes.
  if (dialect === 'postgres')
    it('are not what a read gets that overlaps with a change', async () => {
      const { id, environments } = await newProject(api)
      const [environment] = environments
      const secret = { projectId: id, environment: environment?.slug, secretValue: 'one' }
      await write('POST', 'OVERLAP', secret)
      const [folder = {}] = await copy('folders', sql`environment_id = ${environment?.id}`)
      const { ctx } = api
      await ctx.db.connection().execute(async (other) => {
        await sql`select pg_advisory_lock(1)`.execute(other)
        // The statement has taken its look at the store before it waits.
        const rows = ctx.db
          .selectFrom('environments')
          .where('id', '=', String(environment?.id))
          .select(['slug', sql`pg_advisory_xact_lock_shared(1)::text`.as('waited')])
          .execute()
        const waiting = sql`select from pg_locks where locktype = 'advisory' and not granted and database =
          (select oid from pg_database where datname = current_database())`
        await expect.poll(async () => (await waiting.execute(other)).rows).toHaveLength(1)
        const renamed = await api.send('PATCH', `/api/v1/projects/${id}/environments/${environment?.id}`, {
          slug: 'renamed',
        })
        await sql`select pg_advisory_unlock(1)`.execute(other)
        expect([renamed.status, await rows]).toMatchObject([200, [{ slug: environment?.slug }]])
      })
      await snapshot(ctx, async (tx) => {
        const values = async () => {
          const tree = await loadTree(ctx, tx, [String(folder['id'])])
          return [...tree.folders.values()].map(({ secrets }) => [...secrets.values()].map(({ version }) => version))
        }
        expect(await values()).toEqual([[1]])
        await write('PATCH', 'OVERLAP', { ...secret, environment: 'renamed', secretValue: 'two' })
        expect(await values()).toEqual([[1]])
      })
    })

  it("can't be hidden by taking out of the audit log what ended", async () => {
    expect((await verifyAudit(api.ctx)).problem).toBeNull()
    await api.ctx.authority.catchUp(api.ctx.db)
    const { token } = await machine(api, 'hidden')
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: token })
    const [row = {}] = await copy('audit', sql`marks is not null order by seq desc limit 1`)
    await run(sql`update audit set marks = null where id = ${row['id']}`)
    // What this process says as it reads the log, and the worker's hourly check, each once.
    const failures = async () =>
      (
        await run(
          sql`select details from audit where action = 'integrity.failure' and details like '%"table":"audit"%'`,
        )
      ).rows
    const target = { kind: 'webhook', address: 'https://alerts.example.com/hook' }
    expect(await api.send('POST', '/api/v1/notice-targets', target)).toMatchObject({ status: 200 })
    const monitoring = monitoringOf(api.ctx, readinessOf(api.ctx, { problem: async () => null }), undefined)
    expect((await monitoring.readiness()).checks.integrity).toBe('not checked yet')
    await checkStore(api.ctx)
    await checkStore(api.ctx)
    await expect.poll(failures).toHaveLength(2)
    const later = monitoringOf(api.ctx, readinessOf(api.ctx, { problem: async () => null }), undefined)
    expect(await later.readiness()).toMatchObject({
      ready: true,
      checks: { integrity: expect.stringMatching(/^Changed outside Keyferry: \d+ /) },
    })
    expect((await later.metrics({ authorization: undefined, ownPort: true })).text).toMatch(
      /^keyferry_integrity_failures [1-9]/m,
    )
    const notices = (await run(sql`select body from notices`)).rows as { body: string }[]
    expect(notices.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({
        type: 'integrity.failed',
        reason: { code: 'changed-outside', count: expect.any(Number) },
      }),
    ])
    expect((await verifyAudit(api.ctx)).problem).toMatchObject({ kind: 'changed', seq: Number(row['seq']) })
    await set('audit', 'marks', row)
    expect((await verifyAudit(api.ctx)).problem).toBeNull()
  })
})
