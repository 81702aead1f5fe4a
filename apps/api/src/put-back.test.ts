/**
 * Somebody who writes to the database, and kept a copy of rows from earlier, brings nothing back by them: they were
 * valid once, and ended.
 */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { endSessions } from '@keyferry/access'
import { acceptSecrets, checkStore } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { onEveryDatabase } from '@keyferry/db/testing'
import { NOTES, snapshot, verifyAudit, type Context } from '@keyferry/kernel'
import { headSealedAs, openAuthority, verifyStore } from '@keyferry/kernel/authority'
import { loadTree } from '@keyferry/vault'
import { sql, type RawBuilder } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { monitoringOf, readinessOf } from '@keyferry/runtime'
import { ACCOUNT, newProject, readyApi, type TestApi } from './testing.ts'
import { machine, seedFixtures } from './request-matrix/seed-fixtures.ts'

type Row = Record<string, unknown>

const JWT_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()
/** Read and deleted at the same place. */
const alike = (path: string): [read: string, remove: string] => [path, path]

onEveryDatabase('rows of an earlier time that are put back', (open, dialect) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const run = (statement: RawBuilder<unknown>) => statement.execute(api.ctx.db.withoutPlugins())
  async function copy(table: string, where: RawBuilder<unknown>): Promise<Row[]> {
    const { rows } = await run(sql`select * from ${sql.table(table)} where ${where}`)
    expect(rows.length).toBeGreaterThan(0)
    return rows as Row[]
  }
  /** In the place of what is there by now. */
  async function putBack(table: string, rows: readonly Row[], id = 'id') {
    for (const row of rows) {
      await run(sql`delete from ${sql.table(table)} where ${sql.ref(id)} = ${row[id]}`)
      await run(sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
        values (${sql.join(Object.values(row))})`)
    }
  }
  const set = (table: string, column: string, row: Row) =>
    run(sql`update ${sql.table(table)} set ${sql.ref(column)} = ${row[column]} where id = ${row['id']}`)
  /** What a process knows that starts now. */
  const started = async (): Promise<Context> => {
    const { db, authority } = await openAuthority({ db: api.ctx.db, keyring: api.ctx.keyring })
    return { ...api.ctx, db, authority }
  }
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
    expect([now['version'], await values()]).toEqual([earlier['version'], ['three', 'one', 'one', 'two']])
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

  it('give no right back that was taken', async () => {
    const { identityId, token } = await machine(api, 'rights')
    const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const seen = async () =>
      (await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`, undefined, { token })).status
    await api.send('POST', memberships, { role: 'admin' })
    expect(await seen()).toBe(200)
    const here = sql`principal_id = ${identityId}`
    const admin = await copy('memberships', here)
    await api.send('PATCH', memberships, { role: 'viewer', scopes: [{ environment: 'prod' }] })
    const viewer = await copy('memberships', here)
    expect(await seen()).toBe(403)
    await putBack('memberships', admin)
    expect(await seen()).toBe(404)
    await putBack('memberships', viewer)
    expect(await seen()).toBe(403)
    await api.send('DELETE', memberships)
    for (const rows of [admin, viewer]) {
      await putBack('memberships', rows)
      expect(await seen()).toBe(404)
    }
    const { broken } = await verifyStore(await started())
    expect(broken).toEqual([{ table: 'memberships', id: String(viewer[0]?.['id']), problem: 'put back' }])
  })

  it('stay ended whatever was put back and read before a right was taken', async () => {
    const { identityId, token } = await machine(api, 'twice')
    const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const members = async () =>
      (await api.send('GET', `/api/v1/projects/${projectId}/memberships`, undefined, { token })).status
    await api.send('POST', memberships, { role: 'developer' })
    const here = sql`principal_id = ${identityId}`
    const first = await copy('memberships', here)
    await api.send('PATCH', memberships, { role: 'admin' })
    expect(await members()).toBe(200)
    const admin = await copy('memberships', here)
    // As in a process that started a moment ago.
    api.ctx.authority.verified.clear()
    expect(await members()).toBe(200)
    await putBack('memberships', first)
    expect(await members()).toBe(404)
    await putBack('memberships', admin)
    expect(await members()).toBe(200)
    expect((await api.send('PATCH', memberships, { role: 'viewer' })).status).toBe(200)
    await putBack('memberships', admin)
    expect(await members()).toBe(404)
    await run(sql`delete from memberships where ${here}`)
  })

  it('let nobody in whose token, key, session or password ended', async () => {
    const me = async (how: { token?: string | null; headers?: Record<string, string> }) =>
      (await api.send('GET', '/api/v1/me', undefined, how)).status
    const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }
    const { identityId, token } = await machine(api, 'token')
    const tokens = await copy('access_tokens', sql`identity_id = ${identityId}`)
    expect(await me({ token })).toBe(200)
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: token })
    await putBack('access_tokens', tokens)
    expect(await me({ token })).toBe(401)

    const signIn = async (password: string) => {
      const { headers } = await api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: ACCOUNT.email, password },
        { token: null, headers: page },
      )
      return [headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => cookie.split(';')[0])
        .join('; ')
    }
    const cookie = await signIn(ACCOUNT.password)
    expect(await me({ token: null, headers: { cookie } })).toBe(200)
    const sessions = await copy('session', sql`true`)
    const accounts = await copy('account', sql`true`)
    await api.send('POST', '/api/auth/sign-out', {}, { token: null, headers: { ...page, cookie } })
    await putBack('session', sessions)
    expect(await me({ token: null, headers: { cookie } })).toBe(401)

    const other = await signIn(ACCOUNT.password)
    const changed = await api.send(
      'POST',
      '/api/auth/change-password',
      { currentPassword: ACCOUNT.password, newPassword: 'another long password' },
      { token: null, headers: { ...page, cookie: other } },
    )
    expect(changed.status).toBe(200)
    await putBack('account', accounts)
    expect(await signIn(ACCOUNT.password)).toBe('')
    await putBack('session', sessions)
    expect((await verifyStore(await started())).broken.map(({ table }) => table).sort()).toEqual([
      'accessTokens',
      'account',
      'memberships',
      'session',
    ])
  })

  it('are ended by their ids although they were taken out, whatever they are', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ id: api.actor.id, kind: 'user', role: 'admin', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const id = (name: string) => String(made.get(name))
    const here = `/api/v1/projects/${id('projectId')}`
    const hook = { kind: 'webhook', address: 'https://alerts.example.com/put-back' }
    const { noticeTarget } = (await api.send('POST', '/api/v1/notice-targets', hook)).body
    const jwt = { configurationType: 'static', publicKeys: [JWT_KEY], boundIssuer: 'https://issuer.example.com' }
    const jwtAuth = `/api/v1/auth/jwt-auth/identities/${id('identityId')}`
    expect(await api.send('POST', jwtAuth, jwt)).toMatchObject({ status: 200 })
    const inDev = `projectId=${id('projectId')}&environment=dev`
    // Where each is read, and where it is deleted.
    const rows: [table: string, id: string, read: string, remove: string][] = [
      ['invitations', id('invitationId'), `${here}/invitations`, `${here}/invitations/${id('invitationId')}`],
      ['notice_targets', noticeTarget.id, '/api/v1/notice-targets', `/api/v1/notice-targets/${noticeTarget.id}`],
      ['syncs', id('syncId'), ...alike(`/api/v1/secret-syncs/trigger-dev/${id('syncId')}`)],
      ['connections', id('connectionId'), ...alike(`/api/v1/app-connections/trigger-dev/${id('connectionId')}`)],
      ['folders', id('folderId'), `/api/v2/folders?${inDev}`, `/api/v2/folders/sub?${inDev}&path=/`],
      ['federated_auths', '', ...alike(jwtAuth)],
      ['identities', id('identityId'), ...alike(`/api/v1/identities/${id('identityId')}`)],
      ['environments', id('environmentId'), ...alike(`${here}/environments/${id('environmentId')}`)],
      ['projects', id('projectId'), ...alike(here)],
    ]
    for (const [table, rowId, read, remove] of rows) {
      expect([table, await api.send('GET', read)]).toMatchObject([table, { status: 200 }])
      const where = rowId === '' ? sql`identity_id = ${id('identityId')}` : sql`id = ${rowId}`
      const kept = await copy(table, where)
      await run(sql`delete from ${sql.table(table)} where ${where}`)
      expect([table, await api.send('DELETE', remove)]).toMatchObject([table, { status: 404 }])
      await putBack(table, kept)
      // Without a folder, an environment or a project the answer would be another one.
      const { status } = await api.send('DELETE', remove)
      expect([table, [404, 503].includes(status) ? 'ended' : status]).toEqual([table, 'ended'])
      await run(sql`delete from ${sql.table(table)} where ${where}`)
    }
    await vendor.close()
  })

  it('let nobody in that were taken out before what they give ended', async () => {
    const me = async (how: { token?: string | null; headers?: Record<string, string> }) =>
      (await api.send('GET', '/api/v1/me', undefined, how)).status
    const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }
    let addresses = 0
    // Each from another one: an address may sign in ten times a minute.
    const sendPage = (path: string, body: object, cookie = '') =>
      api.send('POST', path, body, { token: null, headers: { ...page, cookie }, address: `10.2.0.${addresses++}` })
    const cookieOf = ({ headers }: { headers: Record<string, unknown> }) =>
      [headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => String(cookie).split(';')[0])
        .join('; ')
    const email = 'eve@example.com'
    const [first, second, third] = ['the first long password', 'the second long password', 'the third long password']
    const link = async (sent: ReturnType<typeof api.send>) => new URL((await sent).body.link).searchParams.get('token')
    const invited = await link(api.send('POST', '/api/v1/people/invitations', { email, instanceAdmin: true }))
    const accepted = { token: invited, name: 'Eve', password: first }
    await api.send('POST', '/api/v1/people/invitations/accept', accepted, { token: null })
    const people = (await api.send('GET', '/api/v1/people')).body.people
    const { id: eve } = people.find((person: { email: string }) => person.email === email)
    const signIn = async (password: string) => cookieOf(await sendPage('/api/auth/sign-in/email', { email, password }))
    const signedIn = (cookie: string) => me({ token: null, headers: { cookie } })
    /** Rows that are not in the database while `ending` ends them, and there again afterwards. */
    const aside = async (table: string, where: RawBuilder<unknown>, ending: () => Promise<unknown>, id = 'id') => {
      const rows = await copy(table, where)
      await run(sql`delete from ${sql.table(table)} where ${where}`)
      await ending()
      await putBack(table, rows, id)
    }
    const ended = async (request: ReturnType<typeof api.send>) => expect([200, 204]).toContain((await request).status)

    // Sessions, one at a time, and everybody's.
    const ofEve = sql`${sql.ref('userId')} = ${eve}`
    let cookie = await signIn(first)
    expect(await signedIn(cookie)).toBe(200)
    await aside('session', ofEve, () => ended(api.send('DELETE', `/api/v1/people/${eve}/sessions`)))
    expect(await signedIn(cookie)).toBe(401)
    const [kept, other] = [await signIn(first), await signIn(first)]
    const otherToken = decodeURIComponent(other.split('=')[1] ?? '').split('.')[0]
    await aside('session', sql`token = ${otherToken}`, async () => {
      const changed = { currentPassword: first, newPassword: second }
      cookie = cookieOf(await sendPage('/api/auth/change-password', changed, kept))
    })
    expect([await signedIn(other), await signedIn(cookie)]).toEqual([401, 200])
    // One alone: by signing out, and from the list of one's sessions.
    for (const path of ['sign-out', 'revoke-session']) {
      const alone = await signIn(second)
      expect(await signedIn(alone)).toBe(200)
      const token = decodeURIComponent(alone.split('=')[1] ?? '').split('.')[0]
      await aside('session', sql`token = ${token}`, () =>
        ended(
          path === 'sign-out'
            ? sendPage('/api/auth/sign-out', {}, alone)
            : sendPage(`/api/auth/${path}`, { token }, cookie),
        ),
      )
      expect([path, await signedIn(alone), await signedIn(cookie)]).toEqual([path, 401, 200])
    }

    // A link for a new password, once another one has set it; and the password from before.
    const reset = () => link(api.send('POST', `/api/v1/people/${eve}/reset-link`))
    const [unused, used] = [await reset(), await reset()]
    const setPassword = (token: string | null, newPassword: string) =>
      sendPage('/api/auth/reset-password', { token, newPassword })
    const links = await copy('verification', sql`value = ${eve}`)
    const usedLink = await usedOf(links, used)
    await aside('verification', sql`value = ${eve} and id != ${usedLink}`, () =>
      aside('account', ofEve, () => ended(setPassword(used, third))),
    )
    expect((await setPassword(unused, first)).status).toBe(400)
    expect([await signIn(second), await signIn(third)]).toEqual(['', expect.stringContaining('session')])

    // Rights of the instance and of a project.
    cookie = await signIn(third)
    const isAdmin = async () =>
      (await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie } })).body.me.instanceAdmin
    expect(await isAdmin()).toBe(true)

    // An API key alone: the answer is 404.
    const missing = async (request: ReturnType<typeof api.send>) => expect((await request).status).toBe(404)
    const grants = [{ projectId, role: 'viewer', scopes: null }]
    const key = (await sendPage('/api/v1/api-keys', { name: 'aside', grants }, cookie)).body
    expect(await me({ token: key.token })).toBe(200)
    const ofKey = sql`id = ${key.apiKey.id}`
    await aside('api_keys', ofKey, () => missing(api.send('DELETE', `/api/v1/api-keys/${key.apiKey.id}`)))
    expect(await me({ token: key.token })).toBe(401)
    const elsewhere = async () => {
      const { db } = await started()
      return db.selectFrom('apiKeys').where('id', '=', key.apiKey.id).select('id').execute()
    }
    await expect.poll(elsewhere).toEqual([])
    await run(sql`delete from api_keys where ${ofKey}`)

    await aside(
      'instance_admins',
      sql`principal_id = ${eve}`,
      () => ended(api.send('PATCH', `/api/v1/people/${eve}`, { instanceAdmin: false })),
      'principal_id',
    )
    expect(await isAdmin()).toBe(false)
    const { identityId, token, clientSecretId } = await machine(api, 'aside')
    const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const seen = async () =>
      (await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`, undefined, { token })).status
    await ended(api.send('POST', memberships, { role: 'admin' }))
    expect(await seen()).toBe(200)
    const ofMachine = sql`principal_id = ${identityId}`
    await aside('memberships', ofMachine, async () => {
      await ended(api.send('POST', memberships, { role: 'viewer', scopes: [{ environment: 'prod' }] }))
      await run(sql`delete from memberships where ${ofMachine}`)
    })
    expect(await seen()).toBe(404)

    // One alone.
    for (const path of [memberships, `/api/v1/projects/${projectId}/memberships/`]) {
      await run(sql`delete from memberships where ${ofMachine}`)
      await ended(api.send('POST', memberships, { role: 'admin' }))
      expect(await seen()).toBe(200)
      const [member = {}] = await copy('memberships', ofMachine)
      await aside('memberships', ofMachine, () =>
        missing(api.send('DELETE', path.endsWith('/') ? `${path}${String(member['id'])}` : path)),
      )
      expect(await seen()).toBe(404)
    }

    // Tokens and secrets of machines.
    const auth = `/api/v1/auth/universal-auth/identities/${identityId}`
    const tokens = sql`identity_id = ${identityId}`
    expect(await me({ token })).toBe(200)
    await aside('access_tokens', tokens, () =>
      ended(api.send('POST', `${auth}/client-secrets/${clientSecretId}/revoke`)),
    )
    expect(await me({ token })).toBe(401)
    const secret = (await api.send('POST', `${auth}/client-secrets`, {})).body.clientSecret
    const login = async () => {
      const { clientId } = (await api.send('GET', auth)).body.identityUniversalAuth
      const answer = await api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret: secret })
      return answer.body.accessToken ?? answer.status
    }
    const issued = await login()
    expect(await me({ token: issued })).toBe(200)
    const one = (await api.send('POST', `${auth}/client-secrets`, {})).body
    const oneLogin = async () => {
      const { clientId } = (await api.send('GET', auth)).body.identityUniversalAuth
      const body = { clientId, clientSecret: one.clientSecret }
      return (await api.send('POST', '/api/v1/auth/universal-auth/login', body)).status
    }
    expect(await oneLogin()).toBe(200)
    const oneId = String(one.clientSecretData.id)
    await aside('client_secrets', sql`id = ${oneId}`, () =>
      missing(api.send('POST', `${auth}/client-secrets/${oneId}/revoke`)),
    )
    expect(await oneLogin()).toBe(401)
    await aside('access_tokens', tokens, () =>
      aside('client_secrets', tokens, async () => {
        await ended(api.send('DELETE', auth))
        await ended(api.send('POST', auth, {}))
      }),
    )
    expect([await login(), await me({ token: issued })]).toEqual([401, 401])

    // A token that may be used twice.
    await ended(api.send('PATCH', auth, { accessTokenNumUsesLimit: 2 }))
    const { clientId } = (await api.send('GET', auth)).body.identityUniversalAuth
    const { clientSecret } = (await api.send('POST', `${auth}/client-secrets`, {})).body
    const limited = (await api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret })).body
    const unusedRow = await copy('access_tokens', tokens)
    const use = () => me({ token: limited.accessToken })
    expect([await use(), await use(), await use()]).toEqual([200, 200, 401])
    await putBack('access_tokens', unusedRow)
    expect(await use()).toBe(401)

    // An invitation that was replaced, and everything at once.
    const invite = () => link(api.send('POST', '/api/v1/people/invitations', { email: 'mallory@example.com' }))
    const invitation = await invite()
    await aside('invitations', sql`email = 'mallory@example.com'`, invite)
    const open = { token: invitation }
    expect((await api.send('POST', '/api/v1/people/invitations/open', open, { token: null })).status).toBe(404)
    const last = await machine(api, 'last')
    expect([await signedIn(cookie), await me({ token: last.token })]).toEqual([200, 200])
    await aside('session', ofEve, () =>
      aside('access_tokens', sql`identity_id = ${last.identityId}`, () => endSessions(api.ctx, api.actor)),
    )
    expect([await signedIn(cookie), await me({ token: last.token })]).toEqual([401, 401])
    // Also for a process that starts afterwards, and what is made since is good.
    const later = await started()
    const found = later.db.selectFrom('accessTokens').where('identityId', '=', last.identityId).select('id')
    expect(await found.execute()).toEqual([])
    expect(await signedIn(await signIn(third))).toBe(200)
    for (const table of ['session', 'account', 'verification'])
      await run(sql`delete from ${sql.table(table)} where ${table === 'verification' ? sql`value = ${eve}` : ofEve}`)
    for (const table of ['access_tokens', 'client_secrets'])
      await run(sql`delete from ${sql.table(table)} where identity_id in (${identityId}, ${last.identityId})`)
    await run(sql`delete from memberships where ${ofMachine}`)
    await run(sql`delete from instance_admins where principal_id = ${eve}`)
    await run(sql`delete from invitations`)
  })
  /** The id of the link with this token: the sealed hash of it is stored. */
  const usedOf = async (links: readonly Row[], token: string | null) => {
    const digest = createHash('sha256').update(`reset-password:${token}`).digest('base64url')
    const hashes = [...api.ctx.authority.hashesOfDigest(digest)]
    return links.find((row) => hashes.includes(String(row['identifier'])))?.['id']
  }

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
      await write('POST', 'A', secret)
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
        await write('PATCH', 'A', { ...secret, environment: 'renamed', secretValue: 'two' })
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
  })
})
