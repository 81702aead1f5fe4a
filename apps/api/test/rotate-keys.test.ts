/** The keys of the instance are changed by another process while this one serves. */
import { continueInstanceRotations, rotateInstanceKey } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { onEveryDatabase, statement } from '@keyferry/db/testing'
import { readMark, verifyAudit, type Context, type Tx } from '@keyferry/kernel'
import { openAuthority, verifyStore } from '@keyferry/kernel/authority'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ACCOUNT, newProject, readyApi, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'

const MINUTE = 60_000

onEveryDatabase('keys of the instance', (open) => {
  let api: TestApi
  let projectId: string
  let cookie: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
    const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }
    const { email, password } = ACCOUNT
    const { headers } = await api.send(
      'POST',
      '/api/auth/sign-in/email',
      { email, password },
      { token: null, headers: page },
    )
    cookie = [headers['set-cookie'] ?? []]
      .flat()
      .map((text) => text.split(';')[0])
      .join('; ')
  })
  afterAll(() => api.close())

  /** Another process on the same store. */
  const other = async (): Promise<Context> => {
    const { db, authority, integrity } = await openAuthority({ db: api.ctx.db, keyring: api.ctx.keyring })
    const ctx = { ...api.ctx, db, authority }
    integrity.reportTo(ctx)
    authority.writeTo(ctx)
    return ctx
  }
  const me = async (how: { token?: string | null; headers?: Record<string, string> }) =>
    (await api.send('GET', '/api/v1/me', undefined, how)).status
  /** The first request that meets the new key may be asked to come again. */
  const meAtLast = async (how: Parameters<typeof me>[0]) => {
    await expect.poll(() => me(how)).not.toBe(503)
    return me(how)
  }

  it('that authority rests on: sessions, tokens and keys stay valid, and what the earlier one sealed is worth nothing', async () => {
    const { token, identityId } = await machine(api, 'before')
    const link = await api.send('POST', '/api/v1/people/invitations', { email: 'bob@example.com' })
    const invitation = new URL(link.body.link).searchParams.get('token')
    const { rows: admins } = await sql<{ seal: string }>`select * from instance_admins`.execute(api.ctx.db)

    const operator = await other()
    // It dies before it commits.
    const dying = Object.create(operator.db, {
      transaction: {
        value: () => ({
          execute: (work: (tx: Tx) => Promise<unknown>) =>
            operator.db.transaction().execute(async (tx) => {
              await work(tx)
              throw new Error('crashed')
            }),
        }),
      },
    })
    await expect(rotateInstanceKey({ ...operator, db: dying }, api.actor, 'authority')).rejects.toThrow('crashed')
    expect(await me({ token })).toBe(200)
    expect(await rotateInstanceKey(operator, api.actor, 'authority')).toBeGreaterThan(5)
    await expect(rotateInstanceKey(operator, api.actor, 'authority')).rejects.toThrow('has been running since')
    const everybody = async () => ({
      token: await meAtLast({ token }),
      session: await meAtLast({ token: null, headers: { cookie } }),
      key: await meAtLast({ token: api.token }),
    })
    expect(await everybody()).toEqual({ token: 200, session: 200, key: 200 })
    expect(
      (await api.send('POST', '/api/v1/people/invitations/open', { token: invitation }, { token: null })).status,
    ).toBe(200)
    // A process that has not heard of it writes with the earlier key.
    const late = await machine(api, 'late')
    await continueInstanceRotations(operator)
    expect(await api.ctx.db.selectFrom('instanceKeyRotations').select('name').execute()).toHaveLength(1)
    api.clock.advance(MINUTE)
    await continueInstanceRotations(operator)
    expect(await api.ctx.db.selectFrom('instanceKeyRotations').select('name').execute()).toEqual([])
    expect(await everybody()).toEqual({ token: 200, session: 200, key: 200 })
    expect(await meAtLast({ token: late.token })).toBe(200)
    expect(await verifyStore(await other())).toMatchObject({ broken: [], brokenFolders: [] })

    const seal = admins[0]?.seal ?? ''
    await sql`insert into instance_admins (principal_id, created_at, seal) values (${identityId}, '2026', ${seal})`.execute(
      api.ctx.db,
    )
    expect((await verifyStore(await other())).broken).toHaveLength(1)
    await sql`delete from instance_admins where principal_id = ${identityId}`.execute(api.ctx.db)
  })

  it('that seals credentials: connections continue, and an earlier key is kept while something needs it', async () => {
    const vendor = await startEmulator()
    const create = (name: string) =>
      api.send('POST', '/api/v1/app-connections/trigger-dev', {
        name,
        method: 'api-key',
        credentials: vendor.credentials,
        projectId,
      })
    const { id } = (await create('one')).body.appConnection
    const check = () => api.send('POST', `/api/v1/app-connections/trigger-dev/${id}/check`)
    const credentials = async () =>
      (await api.ctx.db.selectFrom('connections').select('credentials').executeTakeFirstOrThrow()).credentials
    expect(await rotateInstanceKey(await other(), api.actor, 'connections')).toBe(1)
    expect(await credentials()).toMatch(/^v1\.2\./)
    expect((await check()).status).toBe(200)
    expect(await readMark(api.ctx, api.ctx.db)).toBeGreaterThan(0)

    await statement(api.ctx.db, `update notice_targets set secret = null`)
    await api.send('POST', '/api/v1/notice-targets', { kind: 'webhook', address: 'http://127.0.0.1:9/hook' })
    await api.ctx.db.updateTable('noticeTargets').set({ secret: 'v1.AAAA' }).execute()
    api.clock.advance(MINUTE)
    await continueInstanceRotations(api.ctx)
    const rotation = () => api.ctx.db.selectFrom('instanceKeyRotations').select('problem').executeTakeFirst()
    expect((await rotation())?.problem).toContain('notice target')
    await api.ctx.db.updateTable('noticeTargets').set({ secret: null }).execute()
    await continueInstanceRotations(api.ctx)
    expect(await rotation()).toBeUndefined()
    expect((await check()).status).toBe(200)
    expect((await create('two')).status).toBe(200)
    expect((await verifyAudit(api.ctx)).problem).toBeNull()
    await vendor.close()
  })
})
