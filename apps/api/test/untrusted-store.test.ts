/** Somebody who writes to the database and lacks the root key gets no rights by it, whatever row they edit. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import {
  ACCOUNT_TABLES,
  isSealedTable,
  NEEDED_TABLES,
  SEALED_TABLES,
  withOwnNames,
  type SealedTable,
} from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { sql, type RawBuilder } from 'kysely'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { storedRows } from './stored-rows.ts'
import { machine } from './request-matrix/machine.ts'
import { seedFixtures } from './request-matrix/seed-fixtures.ts'
import { ACCOUNT, newProject, readyApi, type TestApi } from '../src/testing.ts'

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')
const isOwn = (table: SealedTable): boolean => ACCOUNT_TABLES.includes(table)

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
  const { run, noticed, edited } = storedRows(() => api)
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

  /** A row at least in each sealed table. */
  async function fillSealedTables(): Promise<void> {
    const vendor = await startEmulator()
    onTestFinished(vendor.close)
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
    // An alert takes a sync that fails.
    const [target] = await api.ctx.db.selectFrom('noticeTargets').select('id').execute()
    const notice = { syncId, type: 'sync.failed', body: '{}', createdAt: '', attempts: 0, sendAt: '2099' }
    await api.ctx.db
      .insertInto('notices')
      .values({ ...notice, id: randomUUID(), targetId: target?.id ?? '' })
      .execute()
    await api.ctx.db
      .insertInto('syncEvents')
      .values({ id: randomUUID(), projectId, syncId, type: 'sync.failed', reason: '{}', reached: '{}', at: '2099' })
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
  }

  /** Something else of the same type, as a column takes it. */
  const another = (value: unknown): unknown => {
    if (value instanceof Date) return new Date(value.getTime() + 1)
    if (typeof value === 'boolean') return !value
    return typeof value === 'number' ? 1 - value : `${String(value ?? '')}x`
  }

  it('refuses every edited column of every sealed row: as one that is not there, or naming it', async () => {
    await fillSealedTables()
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
      const { rows } = await run(sql`select * from ${at} where seal is not null`)
      const idOf = (row: Record<string, unknown>) => row[isOwn(table) ? id : snake(id)]
      // The tests before this one leave rows that were forged.
      const genuine = new Set(
        (
          await store
            .selectFrom(table as string)
            .select(id)
            .execute()
        ).map((row) => row[id]),
      )
      const row = (rows as Record<string, unknown>[]).find((one) => genuine.has(idOf(one)))
      if (!row) continue
      checked.add(table)
      const idValue = idOf(row)
      for (const column of [...columns, 'seal']) {
        const before = row[isOwn(table) ? column : snake(column)]
        if (before === null && /At$|Enabled$|verified/i.test(column)) continue
        // What the database itself refuses, such as a row that others refer to, is no edit.
        const statement = sql`update ${at} set ${name(column)} = ${another(before)} where ${name(id)} = ${idValue}`
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
  })
})
