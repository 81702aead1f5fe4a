/** Somebody who writes to the database and lacks the root key gets no rights by it, whatever row they edit. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { completeDeletions, runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import {
  ACCOUNT_TABLES,
  isSealedTable,
  NEEDED_TABLES,
  SEALED_TABLES,
  withOwnNames,
  type MarkedTable,
  type SealedTable,
} from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { NOTES } from '@keyferry/kernel'
import { openAuthority, verifyStore } from '@keyferry/kernel/authority'
import { sql, type RawBuilder } from 'kysely'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ACCOUNT, newProject, readyApi, type TestApi } from './testing.ts'
import { seedFixtures, machine } from './request-matrix/seed-fixtures.ts'

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')
const isOwn = (table: SealedTable): boolean => ACCOUNT_TABLES.includes(table)

const TIMEOUT = { timeout: 60_000 }

onEveryDatabase('a store that somebody else writes to', (open) => {
  let api: TestApi
  let projectId: string
  let bob: { id: string; cookie: string }
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
    await api.send('POST', '/api/v3/secrets/raw/A', {
      workspaceId: projectId,
      environment: 'prod',
      secretPath: '/',
      secretValue: 'canary-88',
    })
    const invited = await api.send('POST', '/api/v1/people/invitations', { email: 'bob@example.com' })
    const token = new URL(invited.body.link).searchParams.get('token')
    await api.send(
      'POST',
      '/api/v1/people/invitations/accept',
      { token, name: 'Bob', password: PASSWORD },
      { token: null },
    )
    const people = (await api.send('GET', '/api/v1/people')).body.people
    const { id } = people.find(({ email }: { email: string }) => email === 'bob@example.com')
    bob = { id, cookie: await signIn('bob@example.com', PASSWORD) }
  })
  afterAll(() => api.close())

  const PASSWORD = 'bob has a long password'
  const run = (statement: RawBuilder<unknown>) => statement.execute(api.ctx.db.withoutPlugins())
  const valuesOfProd = (how: { token?: string | null; headers?: Record<string, string> }) =>
    api.send('GET', `/api/v3/secrets/raw?workspaceId=${projectId}&environment=prod&secretPath=/`, undefined, how)
  const me = (how: { token?: string | null; headers?: Record<string, string> }) =>
    api.send('GET', '/api/v1/me', undefined, how)
  const withCookie = (cookie: string) => ({ token: null, headers: { cookie } })
  const withPage = (cookie: string) => ({ ...SAME_ORIGIN, headers: { ...SAME_ORIGIN.headers, cookie } })
  async function signIn(email: string, password: string): Promise<string> {
    const { headers } = await api.send('POST', '/api/auth/sign-in/email', { email, password }, SAME_ORIGIN)
    const cookies = [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0])
    return cookies.join('; ')
  }
  const SAME_ORIGIN = { token: null, headers: { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' } }
  const noticed = async (table: SealedTable | MarkedTable, row: string) =>
    vi.waitFor(async () => {
      const rows = await api.ctx.db
        .selectFrom('audit')
        .where('action', '=', 'integrity.failure')
        .select('details')
        .execute()
      expect(rows.map(({ details }) => JSON.parse(details))).toContainEqual({ table, row })
    }, TIMEOUT)
  /** Rows of a table that `keyferry admin verify-store` names. */
  const listed = async (table: SealedTable | MarkedTable) =>
    (await verifyStore(api.ctx)).broken.filter((row) => row.table === table).map(({ id }) => id)
  /** Puts a row back as it was, seal and all, once `work` is done. */
  async function edited(
    table: string,
    where: RawBuilder<unknown>,
    set: RawBuilder<unknown>,
    work: () => Promise<void>,
  ) {
    const { rows } = await run(sql`select * from ${sql.table(table)} where ${where}`)
    const [row] = rows as Record<string, unknown>[]
    if (!row) throw new Error(`${table} has no such row`)
    const id = 'id' in row ? sql`id = ${row['id']}` : where
    await run(sql`update ${sql.table(table)} set ${set} where ${id}`)
    await work()
    const back = Object.entries(row).map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
    const now = 'id' in row ? id : sql`true`
    await run(sql`update ${sql.table(table)} set ${sql.join(back)} where ${now}`)
  }

  it('lets no forged token in', async () => {
    const { identityId, clientSecretId } = await machine(api, 'forged')
    const token = `kfa_${'A'.repeat(43)}`
    await run(sql`insert into access_tokens (id, identity_id, client_secret_id, hash, ttl, uses, uses_limit, expires_at, ends_at, created_at)
      values (${randomUUID()}, ${identityId}, ${clientSecretId}, ${sha256(token)}, 0, 0, 0, '2099', '2099', '2026')`)
    expect((await me({ token })).status).toBe(401)
    expect((await valuesOfProd({ token })).status).toBe(401)
  })

  it('gives a machine that was made an instance admin nothing, and the audit log says so', async () => {
    const { identityId, token } = await machine(api, 'made admin')
    await run(sql`insert into instance_admins (principal_id, created_at) values (${identityId}, '2026')`)
    expect((await me({ token })).body.me).toMatchObject({ instanceAdmin: false })
    expect((await valuesOfProd({ token })).status).toBe(404)
    await noticed('instanceAdmins', identityId)
    const { seal } = await admins()
    await run(sql`update instance_admins set seal = ${seal} where principal_id = ${identityId}`)
    expect((await valuesOfProd({ token })).status).toBe(404)
  })
  const admins = async () => {
    const { rows } = await run(sql`select seal from instance_admins where seal is not null`)
    const [row] = rows as { seal: string }[]
    if (!row) throw new Error('there is no admin')
    return row
  }

  it('gives no more by a membership that was edited', async () => {
    const { identityId, token } = await machine(api, 'member')
    const other = await machine(api, 'no member')
    const added = await api.send('POST', `/api/v1/projects/${projectId}/identity-memberships/${identityId}`, {
      role: 'viewer',
      scopes: [{ environment: 'dev' }],
    })
    expect(added.status).toBe(200)
    const here = sql`principal_id = ${identityId}`
    const where = async (set: RawBuilder<unknown>, by = token) =>
      edited('memberships', here, set, async () => expect((await valuesOfProd({ token: by })).status).toBe(404))
    await where(sql`role = 'admin'`)
    await where(sql`scopes = null`)
    await where(sql`scopes = ${JSON.stringify([{ environment: 'prod' }])}`)
    await edited('memberships', here, sql`principal_id = ${other.identityId}`, async () =>
      expect((await valuesOfProd({ token: other.token })).status).toBe(404),
    )
    expect((await valuesOfProd({ token })).status).toBe(403)
  })

  it('makes nobody somebody else', async () => {
    const people = (await api.send('GET', '/api/v1/people')).body.people
    const ada = people.find(({ email }: { email: string }) => email === ACCOUNT.email)
    expect((await me(withCookie(bob.cookie))).body.me).toMatchObject({ instanceAdmin: false })
    // The session of one, for the other.
    await edited('session', sql`${sql.ref('userId')} = ${bob.id}`, sql`${sql.ref('userId')} = ${ada.id}`, async () =>
      expect((await me(withCookie(bob.cookie))).status).toBe(401),
    )
    // The other's password is replaced by one's own.
    const { rows } = await run(sql`select password from account where ${sql.ref('userId')} = ${bob.id}`)
    const [{ password } = { password: '' }] = rows as { password: string }[]
    await edited('account', sql`${sql.ref('userId')} = ${ada.id}`, sql`password = ${password}`, async () =>
      expect(await signIn(ACCOUNT.email, PASSWORD)).toBe(''),
    )
    // One's account signs the other in, or the other's address is one's own.
    await edited('account', sql`${sql.ref('userId')} = ${bob.id}`, sql`${sql.ref('userId')} = ${ada.id}`, async () =>
      expect(await signIn(ACCOUNT.email, PASSWORD)).toBe(''),
    )
    await edited('user', sql`id = ${bob.id}`, sql`email = 'eve@example.com'`, async () => {
      expect(await signIn('eve@example.com', PASSWORD)).toBe('')
      expect((await me(withCookie(bob.cookie))).status).toBe(401)
    })
    // A link for a new password that was never sent.
    const token = randomBytes(32).toString('base64url')
    for (const identifier of [`reset-password:${token}`, sha256(`reset-password:${token}`)])
      await run(sql`insert into verification (id, identifier, value, ${sql.ref('expiresAt')}, ${sql.ref('createdAt')}, ${sql.ref('updatedAt')})
        values (${randomUUID()}, ${identifier}, ${ada.id}, '2099-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`)
    const reset = await api.send('POST', '/api/auth/reset-password', { token, newPassword: PASSWORD }, SAME_ORIGIN)
    expect(reset.status).toBe(400)
    expect((await me(withCookie(bob.cookie))).status).toBe(200)
  })

  it('gives an API key to nobody else, and no invitation more than it was made for', async () => {
    const made = await api.send('POST', '/api/v1/people/invitations', { email: 'carol@example.com' })
    const token = new URL(made.body.link).searchParams.get('token')
    const opened = () => api.send('POST', '/api/v1/people/invitations/open', { token }, { token: null })
    expect((await opened()).status).toBe(200)
    for (const set of [sql`instance_admin = 1`, sql`email = 'eve@example.com'`, sql`expires_at = '2099'`])
      await edited('invitations', sql`email = 'carol@example.com'`, set, async () =>
        expect((await opened()).status).toBe(404),
      )
    const forged = randomBytes(32).toString('base64url')
    await run(sql`insert into invitations (id, email, instance_admin, token_hash, expires_at, created_at, created_by)
      values ('forged', 'eve@example.com', 1, ${sha256(forged)}, '2099', '2026', 'ada')`)
    expect((await api.send('POST', '/api/v1/people/invitations/open', { token: forged }, { token: null })).status).toBe(
      404,
    )
    await edited(
      'apikey',
      sql`${sql.ref('key')} is not null`,
      sql`${sql.ref('key')} = ${sha256(`kf_${'B'.repeat(64)}`)}`,
      async () => {
        expect((await me({ token: `kf_${'B'.repeat(64)}` })).status).toBe(401)
      },
    )
  })

  it('answers nothing from a place that was moved, and names the row', async () => {
    const { identityId, token } = await machine(api, 'of dev')
    const member = await api.send('POST', `/api/v1/projects/${projectId}/identity-memberships/${identityId}`, {
      role: 'developer',
      scopes: [{ environment: 'dev' }],
    })
    expect(member.status).toBe(200)
    const folder = async (environment: string, name: string) => {
      const made = await api.send('POST', '/api/v2/folders', { projectId, environment, name, path: '/' })
      return made.body.folder.id as string
    }
    const [safe, open] = [await folder('prod', 'safe'), await folder('dev', 'open')]
    const environments = await api.ctx.db
      .selectFrom('environments')
      .where('projectId', '=', projectId)
      .selectAll()
      .execute()
    const idOf = (slug: string) => environments.find((environment) => environment.slug === slug)?.id ?? ''
    const imported = await api.send('POST', '/api/v2/secret-imports', {
      projectId,
      environment: 'dev',
      path: '/open',
      import: { environment: 'dev', path: '/' },
    })
    expect(imported.status).toBe(200)
    const importId = imported.body.secretImport.id
    const read = (secretPath: string, how = '') =>
      api.send(
        'GET',
        `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=${secretPath}${how}`,
        undefined,
        {
          token,
        },
      )
    const refused = async (table: SealedTable, row: string, answer: ReturnType<typeof read>) => {
      const { status, body } = await answer
      expect([status, body.error]).toEqual([503, 'IntegrityFailure'])
      expect(body.message).toContain(`The row ${row} of ${table} was changed outside Keyferry`)
      expect(body.message).toContain('Restore a backup')
      await noticed(table, row)
      expect(await listed(table)).toEqual([row])
    }
    const there = sql`environment_id = ${idOf('dev')}, path = '/mine'`
    await edited('folders', sql`id = ${safe}`, there, () => refused('folders', safe, read('/mine')))
    await edited('environments', sql`id = ${idOf('staging')}`, sql`slug = 'mine'`, async () => {
      const renamed = api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=mine&secretPath=/`)
      await refused('environments', idOf('staging'), renamed)
    })
    await edited('imports', sql`id = ${importId}`, sql`source_folder_id = ${safe}`, () =>
      refused('imports', importId, read('/open', '&include_imports=true')),
    )
    await edited('projects', sql`id = ${projectId}`, sql`slug = 'mine'`, () =>
      refused('projects', projectId, api.send('GET', '/api/v1/projects/slug/mine')),
    )
    expect((await read('/open', '&include_imports=true')).status).toBe(200)
    expect(open).not.toBe(safe)
  })

  it('switches off no second factor that is required', async () => {
    const policy = (requireSecondFactor: string) =>
      api.send('PATCH', '/api/v1/admin/sign-in-policy', { requireSecondFactor })
    expect((await policy('everybody')).status).toBe(200)
    expect((await me(withCookie(bob.cookie))).status).toBe(403)
    const off = sql`value = ${JSON.stringify({ requireSecondFactor: 'nobody' })}`
    await edited('instance_settings', sql`name = 'sign-in-policy'`, off, async () =>
      expect((await me(withCookie(bob.cookie))).body.message).toContain('The row sign-in-policy of instanceSettings'),
    )
    const { rows } = await run(sql`select * from instance_settings where name = 'sign-in-policy'`)
    const [row = {}] = rows as Record<string, unknown>[]
    await run(sql`delete from instance_settings where name = 'sign-in-policy'`)
    for (const answer of [await me(withCookie(bob.cookie)), await policy('nobody')]) {
      expect([answer.status, answer.body.error]).toEqual([503, 'IntegrityFailure'])
      expect(answer.body.message).toContain('The row sign-in-policy of instanceSettings was deleted')
    }
    await run(sql`insert into instance_settings (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
      values (${sql.join(Object.values(row))})`)
    expect((await me(withCookie(bob.cookie))).status).toBe(403)
    expect((await policy('nobody')).status).toBe(200)
    expect((await me(withCookie(bob.cookie))).status).toBe(200)
  })

  it('deletes nothing for a person who did not ask for it, or may not ask for it any more', async () => {
    const vendor = await startEmulator()
    const { identityId, token } = await machine(api, 'leaver')
    const leaver = { id: identityId, kind: 'identity', role: 'admin', scopes: null } as const
    const made = await seedFixtures(api, vendor, [leaver], { environment: 'dev', path: '/app' })
    const where = { projectId: String(made.get('projectId')), environment: 'dev' }
    const appId = async () => {
      const { body } = await api.send('GET', `/api/v2/folders?projectId=${where.projectId}&environment=dev&path=/`)
      return body.folders.find(({ name }: { name: string }) => name === 'app')?.id
    }
    const logged = async (action: string) =>
      api.ctx.db
        .selectFrom('audit')
        .where('action', '=', action)
        .where('projectId', '=', where.projectId)
        .selectAll()
        .execute()
    // No sync reads it.
    const subId = String(made.get('folderId'))
    const id = randomUUID()
    const alice = JSON.stringify({ kind: 'user', id: bob.id, name: 'alice@example.com', address: '203.0.113.9' })
    const system = JSON.stringify({ kind: 'system', id: 'system', name: 'system' })
    for (const [forged, actor] of [
      [id, alice],
      [randomUUID(), system],
    ] as const) {
      await run(sql`insert into deletions (id, project_id, kind, subject_id, actor, created_at, seal)
        values (${forged}, ${where.projectId}, 'folder', ${subId}, ${actor}, '2026', 'forged')`)
      await completeDeletions(api.ctx)
      await noticed('deletions', forged)
      await run(sql`delete from deletions where id = ${forged}`)
    }
    expect((await api.send('GET', `/api/v2/folders/${subId}`)).status).toBe(200)
    expect(await logged('folder.delete')).toEqual([])

    // One that blocks the deletion that is really requested.
    await run(sql`insert into deletions (id, project_id, kind, subject_id, actor, created_at, seal)
      values (${randomUUID()}, ${where.projectId}, 'folder', ${await appId()}, ${alice}, '2026', 'forged')`)
    const asked = await api.send(
      'DELETE',
      `/api/v2/folders/${await appId()}`,
      { ...where, path: '/', syncs: 'remove-secrets' },
      { token },
    )
    expect(asked.body.folder.pending).toContain('Deleted once')
    const left = `/api/v1/projects/${where.projectId}/identity-memberships/${identityId}`
    expect((await api.send('DELETE', left)).status).toBe(200)
    await runSync(api.ctx, String(made.get('syncId')), new AbortController().signal)
    expect([await appId(), await logged('folder.delete')]).toEqual([expect.any(String), []])
    const [given] = await logged('folder.delete-given-up')
    expect(JSON.parse(given?.details ?? '{}')).toMatchObject({ because: 'leaver may no longer delete it' })
    const pending = await api.send('GET', `/api/v1/projects/${where.projectId}/pending-deletions`)
    expect(pending.body.deletions).toEqual([])
    await vendor.close()
  })

  it('deletes nothing at a place that no sync was moved away from', async () => {
    const vendor = await startEmulator()
    vendor.put('FOREIGN_KEY', 'theirs')
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const syncId = String(made.get('syncId'))
    const connectionId = String(made.get('connectionId'))
    const id = randomUUID()
    await forgeWritten(syncId, 'there')
    await run(sql`insert into departures (id, sync_id, connection_id, target, target_key, revision, message, attempts, created_at, seal)
      values (${id}, ${syncId}, ${connectionId}, ${JSON.stringify(vendor.target)}, 'there', 0, '', 0, '2026', 'forged')`)
    while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    await noticed('departures', id)
    expect(vendor.contents().get('FOREIGN_KEY')).toBe('theirs')
    await run(sql`delete from departures where id = ${id}`)
    await vendor.close()
  })

  /** A row as if the sync had written FOREIGN_KEY, with a mark that another key has. */
  const forgeWritten = (syncId: string, targetKey: string, mark = '') =>
    run(sql`insert into ledger (sync_id, target_key, key, source_key, remote_ids, digest, flags, written_at, mark)
      values (${syncId}, ${targetKey}, 'FOREIGN_KEY', '', '[]', '', '{}', '2026', ${mark})`)

  it('deletes no key at a target that its sync did not write', async () => {
    const vendor = await startEmulator()
    vendor.put('FOREIGN_KEY', 'theirs')
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const syncId = String(made.get('syncId'))
    const trigger = () => api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/sync-secrets`)
    const carryOut = async () => {
      expect((await trigger()).status).toBe(200)
      while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    }
    await carryOut()
    const [ours] = await api.ctx.db.selectFrom('ledger').where('syncId', '=', syncId).selectAll().execute()
    expect(vendor.contents().has(ours?.key ?? '')).toBe(true)
    await forgeWritten(syncId, ours?.targetKey ?? '', ours?.mark)
    await carryOut()
    await noticed('ledger', `${syncId} FOREIGN_KEY`)
    expect(await listed('ledger')).toContain(`${syncId} FOREIGN_KEY`)
    expect(vendor.contents().get('FOREIGN_KEY')).toBe('theirs')
    const removed = await api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/remove-secrets`)
    expect(removed.status).toBe(200)
    while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    expect([vendor.contents().has(ours?.key ?? ''), vendor.contents().get('FOREIGN_KEY')]).toEqual([false, 'theirs'])
    await vendor.close()
  })

  it('believes rows of an earlier version once, when they get their marks', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const at = { projectId: String(made.get('projectId')), environment: 'dev' }
    const syncId = String(made.get('syncId'))
    const carryOut = async (what: 'sync' | 'remove') => {
      await api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/${what}-secrets`)
      while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    }
    await carryOut('sync')
    const [ours] = vendor.contents().keys()
    const trash = `/api/v1/trash?projectId=${at.projectId}&environment=dev`
    const restored = async () => {
      const [item] = (await api.send('GET', trash)).body.trash
      return (await api.send('POST', `/api/v1/trash/${item.id}/restore`, at)).status
    }
    const upgrade = async (notes: readonly string[]) => {
      await run(sql`update ledger set mark = ''`)
      await run(sql`update trash_rows set mark = ''`)
      const { id, dataKey } = await api.ctx.db
        .selectFrom('organizations')
        .select(['id', 'dataKey'])
        .executeTakeFirstOrThrow()
      const noted = api.ctx.keyring.withNotes(id, dataKey, notes)
      await api.ctx.db.updateTable('organizations').set({ dataKey: noted }).execute()
      await openAuthority({ db: api.ctx.db, keyring: api.ctx.keyring })
    }
    const { body } = await api.send('DELETE', '/api/v4/secrets/KEY', { ...at, secretPath: '/' })
    expect(body.secret.secretKey).toBe('KEY')
    await upgrade(NOTES)
    expect(await restored()).toBe(503)
    await carryOut('remove')
    expect([...vendor.contents().keys()]).toEqual([ours])
    await upgrade(NOTES.filter((note) => note !== 'row marks'))
    await carryOut('remove')
    expect([...vendor.contents().keys()]).toEqual([])
    expect(await restored()).toBe(200)
    await vendor.close()
  })

  it('restores nothing from the trash but what was deleted, where it was deleted', async () => {
    const at = { projectId, environment: 'dev' }
    const secret = (method: 'POST' | 'DELETE', name: string, body: object = {}) =>
      api.send(method, `/api/v4/secrets/${name}`, { ...at, ...body })
    const folder = (name: string, path = '/') => api.send('POST', '/api/v2/folders', { ...at, name, path })
    const trash = async () => (await api.send('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)).body.trash
    const restore = (id: string) => api.send('POST', `/api/v1/trash/${id}/restore`, at)
    await folder('kept')
    await folder('inside', '/kept')
    await secret('POST', 'INSIDE', { secretPath: '/kept/inside', secretValue: 'v' })
    const { body } = await api.send('GET', `/api/v2/folders?projectId=${projectId}&environment=dev&path=/`)
    const { id: keptId } = body.folders.find(({ name }: { name: string }) => name === 'kept')
    expect((await api.send('DELETE', `/api/v2/folders/${keptId}`, { ...at, path: '/' })).status).toBe(200)
    const [item] = await trash()
    const rows = sql`trash_id = ${item.id}`

    const forged = randomUUID()
    // Put in by hand, its rows taken from one that is whole.
    await run(sql`insert into trash (id, project_id, environment_id, kind, folder_id, subject_id, path, name, secrets, deleted_at, deleted_by, expires_at)
      select ${forged}, project_id, environment_id, kind, folder_id, subject_id, path, 'forged', secrets, deleted_at, deleted_by, expires_at from trash where id = ${item.id}`)
    await run(sql`insert into trash_rows (trash_id, position, kind, content, mark)
      select ${forged}, position, kind, content, mark from trash_rows where ${rows}`)
    expect((await trash()).map(({ name }: { name: string }) => name)).toEqual(['kept'])
    expect((await restore(forged)).status).toBe(404)
    await noticed('trash', forged)
    await run(sql`delete from trash where id = ${forged}`)

    const refused = async (change: RawBuilder<unknown>) => {
      const before = (await run(sql`select * from trash_rows where ${rows}`)).rows as Record<string, unknown>[]
      await run(change)
      const answer = await restore(item.id)
      expect([answer.status, answer.body.error]).toEqual([503, 'IntegrityFailure'])
      expect(answer.body.message).toContain(`The row ${item.id} of trashRows was changed outside Keyferry`)
      expect(await listed('trashRows')).toEqual([item.id])
      await run(sql`delete from trash_rows where ${rows}`)
      for (const row of before)
        await run(sql`insert into trash_rows (trash_id, position, kind, content, mark)
          values (${row['trash_id']}, ${row['position']}, ${row['kind']}, ${row['content']}, ${row['mark']})`)
    }
    await refused(sql`update trash_rows set content = replace(content, 'INSIDE', 'OTHER') where ${rows}`)
    await refused(
      sql`update trash_rows set content = replace(content, 'inside', 'elsewhere') where ${rows} and kind = 'folder'`,
    )
    await refused(sql`update trash_rows set kind = 'version' where ${rows} and kind = 'secret'`)
    await refused(sql`delete from trash_rows where ${rows} and kind = 'version'`)
    await refused(sql`delete from trash_rows where ${rows} and kind = 'secret'`)
    await refused(sql`delete from trash_rows where ${rows}`)
    await refused(sql`insert into trash_rows (trash_id, position, kind, content, mark)
      select trash_id, 99, 'import', content, mark from trash_rows where ${rows} and position = 0`)
    await noticed('trashRows', item.id)
    expect(await listed('trashRows')).toEqual([])
    expect((await restore(item.id)).status).toBe(200)
    const values = await api.send(
      'GET',
      `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=/kept/inside`,
    )
    expect(values.body.secrets).toMatchObject([{ secretKey: 'INSIDE', secretValue: 'v' }])
  })

  it('lets no API key do more than its owner whose row was taken away', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'admin', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const { connectionId, target } = Object.fromEntries(made)
    const projectId = String(made.get('projectId'))
    const grants = [{ projectId, role: 'admin', scopes: null }]
    const key = await api.send('POST', '/api/v1/api-keys', { name: 'of a sync', grants }, withPage(bob.cookie))
    const { token } = key.body
    const syncs = '/api/v1/secret-syncs/trigger-dev'
    const sync = {
      name: 'of-a-key',
      projectId,
      connectionId,
      environment: 'dev',
      secretPath: '/',
      isAutoSyncEnabled: false,
      syncOptions: { initialSyncBehavior: 'overwrite-destination', keySchema: 'own_{{secretKey}}' },
      destinationConfig: target,
    }
    const created = await api.send('POST', syncs, sync, { token })
    expect(created.status).toBe(200)
    await run(sql`delete from api_keys where id = ${key.body.apiKey.id}`)
    expect((await me({ token })).status).toBe(401)
    const member = await api.ctx.db
      .selectFrom('memberships')
      .where('projectId', '=', projectId)
      .where('principalId', '=', bob.id)
      .select('id')
      .executeTakeFirstOrThrow()
    const demoted = await api.send('PATCH', `/api/v1/projects/${projectId}/memberships/${member.id}`, {
      role: 'viewer',
    })
    expect(demoted.status).toBe(200)
    const { body } = await api.send('GET', `${syncs}/${created.body.secretSync.id}`)
    expect(body.secretSync.blocked).toMatchObject({ kind: 'access' })
    await vendor.close()
  })

  it('refuses every edited column of every sealed row: as one that is not there, or naming it', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const here = { projectId: made.get('projectId'), environment: 'dev', secretPath: '/' }
    await api.send('DELETE', '/api/v4/secrets/KEY', here)
    const grants = [{ projectId: made.get('projectId'), role: 'viewer', scopes: null }]
    await api.send('POST', '/api/v1/api-keys', { name: 'a key', grants, expiresInDays: 1 }, withPage(bob.cookie))
    await api.send('POST', '/api/auth/two-factor/enable', { password: PASSWORD }, withPage(bob.cookie))
    await api.send('POST', `/api/v1/people/${bob.id}/reset-link`)
    await api.send('POST', '/api/v1/notice-targets', { kind: 'webhook', address: 'http://127.0.0.1:9/hook' })
    // A passkey takes a browser to make, and a stream a destination.
    const passkey = { id: randomUUID(), userId: bob.id, publicKey: 'k', credentialID: 'c', name: 'a passkey' }
    const facts = { counter: 0, deviceType: 'singleDevice', backedUp: api.ctx.db.dialect === 'postgres' ? false : 0 }
    await withOwnNames(api.ctx.db)
      .withTables<{ passkey: Record<string, unknown> }>()
      .insertInto('passkey')
      .values({ ...passkey, ...facts })
      .execute()
    const idle = { attempts: 0, nextAt: '', problem: null, toldAt: null, holder: '', leasedUntil: '', seenAt: '' }
    await api.ctx.db
      .insertInto('auditStreams')
      .values({ id: 'file:x', kind: 'file', seq: 3, ...idle })
      .execute()
    await api.ctx.db
      .insertInto('deletions')
      .values({ id: randomUUID(), projectId, kind: 'project', subjectId: projectId, actor: '{}', createdAt: '' })
      .execute()
    const [syncId, connectionId] = [String(made.get('syncId')), String(made.get('connectionId'))]
    const left = { syncId, connectionId, target: '{}', targetKey: 'x', revision: 9, message: '', attempts: 0 }
    await api.ctx.db
      .insertInto('departures')
      .values({ ...left, id: randomUUID(), retryAt: null, createdAt: '' })
      .execute()
    const { identityId } = await machine(api, 'with an issuer')
    const kept = { identityId, createdAt: '', updatedAt: '' }
    const auth = { ...kept, id: randomUUID(), method: 'oidc-auth', settings: '{}', reviewerToken: 'sealed' } as const
    await api.ctx.db.insertInto('federatedAuths').values(auth).execute()
    const uses = { uses: 0, usesLimit: 0, ttl: 0, expiresAt: '', endsAt: '', createdAt: '' }
    await api.ctx.db
      .insertInto('federatedTokens')
      .values({ ...uses, id: randomUUID(), identityId, authId: auth.id, hash: 'x' })
      .execute()
    const tables = Object.keys(SEALED_TABLES).filter(isSealedTable)
    const checked = new Set<SealedTable>()
    for (const table of tables) {
      const [id, ...columns]: readonly [string, ...string[]] = SEALED_TABLES[table]
      const name = (column: string) => sql.ref(isOwn(table) ? column : snake(column))
      const at = sql.table(isOwn(table) ? table : snake(table))
      const store = (isOwn(table) ? withOwnNames(api.ctx.db) : api.ctx.db).withTables<
        Record<string, Record<string, unknown>>
      >()
      const read = (value: unknown) =>
        store
          .selectFrom(table as string)
          .where(id, '=', value)
          .select(id)
          .executeTakeFirst()
          .catch((error: unknown) => String(error))
      const { rows } = await run(sql`select * from ${at} where seal is not null limit 1`)
      const [row] = rows as Record<string, unknown>[]
      if (!row) continue
      checked.add(table)
      const idValue = row[isOwn(table) ? id : snake(id)]
      expect(await read(idValue)).toBeDefined()
      for (const column of [...columns, 'seal']) {
        const before = row[isOwn(table) ? column : snake(column)]
        const other =
          before instanceof Date
            ? new Date(before.getTime() + 1)
            : typeof before === 'boolean'
              ? !before
              : typeof before === 'number'
                ? 1 - before
                : `${String(before ?? '')}x`
        if (before === null && /At$|Enabled$|verified/i.test(column)) continue
        // What the database itself refuses, such as a row that others refer to, is no edit.
        const statement = sql`update ${at} set ${name(column)} = ${other} where ${name(id)} = ${idValue}`
        if (
          !(await run(statement).then(
            () => true,
            () => false,
          ))
        )
          continue
        const named = expect.stringContaining(`IntegrityBroken: The row ${String(idValue)} of ${table} was changed`)
        const refusal = NEEDED_TABLES.includes(table) ? named : undefined
        expect([table, column, await read(idValue)]).toEqual([table, column, refusal])
        await run(sql`update ${at} set ${name(column)} = ${before} where ${name(id)} = ${idValue}`)
      }
      expect(await read(idValue)).toBeDefined()
    }
    expect(tables.filter((table) => !checked.has(table))).toEqual([])
    await api.ctx.db.deleteFrom('deletions').execute()
    await vendor.close()
  })
})
