/**
 * Rights that end between the check of a call and its write: every mutation, generated. They are taken away when the
 * call opens its first transaction, after it was let through; it is refused then, and changes nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { runSync } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { withOwnNames } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { EVERYTHING, type Action } from '@keyferry/schemas/policy'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ACCOUNT, readyApi, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'
import { seedFixtures } from './request-matrix/seed-fixtures.ts'
import { inputFor, procedures, type Procedure } from './request-matrix/inputs.ts'

/** They write nothing to the store: previews, a refusal whatever the input, a test message. */
const WRITE_NOTHING = new Set([
  'audit.verify',
  'notifications.test',
  'notifications.try',
  'syncs.checkDestination',
  'syncs.importSecrets',
  'syncs.previewFirstImport',
  'syncs.preview',
  'syncs.restorePreview',
])

/** Sign-in without a stored secret: the fields that it cannot do without. */
const WAYS_IN = [
  [
    'oidcAuth',
    'oidc-auth',
    { oidcDiscoveryUrl: 'https://ci.example.com', boundIssuer: 'https://ci.example.com', boundSubject: 'repo' },
  ],
  ['jwtAuth', 'jwt-auth', { configurationType: 'jwks', jwksUrl: 'https://ci.example.com/keys', boundSubject: 'repo' }],
  [
    'kubernetesAuth',
    'kubernetes-auth',
    { kubernetesHost: 'https://cluster.example.com', allowedNamespaces: 'apps', allowedNames: 'web' },
  ],
] as const

const PASSPHRASE = 'a passphrase of a project file'

onEveryDatabase('rights that end during a call', (open) => {
  let api: TestApi
  let vendor: Emulator
  let fixture: Map<string, unknown>
  let admin: Awaited<ReturnType<typeof machine>>
  /** Fields that one procedure needs to come as far as its write. */
  const own = new Map<string, Record<string, unknown>>()
  let runsInstance: Awaited<ReturnType<typeof machine>>
  /** A call, with what happens before its first transaction begins. Transactions of the background are no call's. */
  const calls = new AsyncLocalStorage<{ interruption: (() => Promise<void>) | null }>()

  beforeAll(async () => {
    // Without email, only an instance admin adds people.
    api = await readyApi(open, { mail: { send: () => Promise.resolve() } })
    vendor = await startEmulator()
    admin = await machine(api, 'admin')
    runsInstance = await machine(api, 'runs the instance')
    fixture = await seedFixtures(
      api,
      vendor,
      [{ id: admin.identityId, kind: 'identity', role: 'admin', scopes: null }],
      {
        environment: 'dev',
        path: '/api',
      },
    )
    await fillFixture()
    const { db } = api.ctx
    const transaction = db.transaction.bind(db)
    vi.spyOn(db, 'transaction').mockImplementation(() => {
      const builder = transaction()
      const execute = builder.execute.bind(builder)
      builder.execute = async (work) => {
        const call = calls.getStore()
        const interrupt = call?.interruption
        if (call) call.interruption = null
        await interrupt?.()
        return execute(work)
      }
      return builder
    })
  })
  afterAll(async () => {
    await vendor.close()
    await api.close()
  })

  /** A sync that has run, a person, a notice target, a connection that nothing uses, and a project's file. */
  async function fillFixture(): Promise<void> {
    const [projectId, syncId] = ['projectId', 'syncId'].map((field) => String(fixture.get(field)))
    const ask = async (method: 'GET' | 'POST', url: string, body?: unknown) => (await api.send(method, url, body)).body
    const sync = `/api/v1/secret-syncs/trigger-dev/${syncId}`
    await ask('POST', `${sync}/sync-secrets`)
    // Runs of one moment have no order.
    api.clock.advance(1)
    await runSync(api.ctx, syncId ?? '', new AbortController().signal)
    const [{ id: runId }] = (await ask('GET', `${sync}/runs`)).runs
    const passwordHash = await api.auth.hashNewPassword(ACCOUNT.password)
    const { id: userId } = await api.auth
      .within(withOwnNames(api.ctx.db))
      .createUser({ email: 'p@example.com', passwordHash, name: 'P' })
    fixture = new Map([
      ...fixture,
      ...Object.entries({ runId, userId, email: 'p@example.com', passphrase: PASSPHRASE }),
    ])
    own.set('syncs.approve', { planHash: (await ask('GET', `${sync}/plan`)).hash })
    own.set('syncs.restore', { planHash: (await ask('POST', `${sync}/runs/${runId}/restore-preview`)).hash })
    own.set('members.addIdentity', { role: 'viewer' })
    own.set('members.inviteMany', { emails: ['p@example.com'] })
    own.set('people.invite', { email: 'new@example.com' })
    const target = { projectId, kind: 'webhook', address: 'https://hooks.example.com/x' }
    own.set('notifications.create', target)
    const notices = await ask('POST', '/api/v1/notice-targets', target)
    own.set('notifications.delete', { targetId: notices.noticeTarget.id })
    const exported = await ask('POST', `/api/v1/projects/${projectId}/export`, { passphrase: PASSPHRASE })
    own.set('backup.importProject', { file: exported.file, projectName: 'Imported', slug: 'imported' })
    // A second machine has ways in to change; the first has none yet.
    const { identityId } = await machine(api, 'signs in without a stored secret')
    for (const [name, method, fields] of WAYS_IN) {
      await ask('POST', `/api/v1/auth/${method}/identities/${identityId}`, fields)
      own.set(`${name}.attach`, fields)
      own.set(`${name}.update`, { identityId, ...fields })
      own.set(`${name}.detach`, { identityId })
    }
    const unused = await ask('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'unused',
      method: 'api-key',
      credentials: vendor.credentials,
      projectId,
    })
    own.set('connections.delete', { connectionId: unused.appConnection.id })
  }

  const mutations = procedures.filter(({ type, meta }) => type === 'mutation' && meta.verb !== 'anyone')
  it.each(mutations.map((procedure) => [procedure.name, procedure] as const))('%s', async (name, procedure) => {
    const action = await firstAction(procedure)
    // What everybody who is signed in may do cannot end.
    if (action === 'instance.use') return
    const ofInstance = action === 'instance.manage'
    const { token } = ofInstance ? runsInstance : admin
    const give = ofInstance ? await onInstance() : await onProject()
    const before = await changes()
    const call: { interruption: (() => Promise<void>) | null } = { interruption: give.end }
    const { status, text } = await calls.run(call, () =>
      api.send('POST', `/api/trpc/${name}`, inputOf(procedure), { token }),
    )
    const isInterrupted = call.interruption === null
    call.interruption = null
    await give.restore()
    expect(await changes()).toBe(before)
    if (WRITE_NOTHING.has(name)) return
    expect(isInterrupted, text).toBe(true)
    expect([403, 404], text).toContain(status)
  })

  const inputOf = (procedure: Procedure): object => ({
    ...Object(inputFor(procedure, fixture)),
    ...own.get(procedure.name),
  })

  async function onInstance() {
    const { db } = api.ctx
    const row = { principalId: runsInstance.identityId, createdAt: api.ctx.now().toISOString() }
    const end = async () =>
      void (await db.deleteFrom('instanceAdmins').where('principalId', '=', row.principalId).execute())
    await db.insertInto('instanceAdmins').values(row).execute()
    return { end, restore: end }
  }

  async function onProject() {
    const { db } = api.ctx
    const mine = () => db.selectFrom('memberships').where('principalId', '=', admin.identityId)
    const row = await mine().selectAll().executeTakeFirstOrThrow()
    return {
      end: async () => void (await db.deleteFrom('memberships').where('principalId', '=', admin.identityId).execute()),
      restore: async () => {
        if (!(await mine().select('id').executeTakeFirst())) await db.insertInto('memberships').values(row).execute()
      },
    }
  }

  async function firstAction(procedure: Procedure): Promise<Action> {
    const { verb } = procedure.meta
    if (verb === undefined || verb === 'anyone') throw new Error(`${procedure.name} mounts no verb`)
    const input: unknown = verb.input?.parse(inputOf(procedure))
    const [first] = await verb.requirements(input, { ctx: api.ctx, access: EVERYTHING })
    if (!first) throw new Error(`${procedure.name} requires nothing`)
    return first.action
  }

  const changes = async () => {
    const row = await api.ctx.db
      .selectFrom('audit')
      // A refusal is audited, and changes nothing.
      .where('action', 'not like', 'access.%')
      // That the right ended is kept in mind.
      .where('action', '!=', 'integrity.rows-ended')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(row.count)
  }
})
