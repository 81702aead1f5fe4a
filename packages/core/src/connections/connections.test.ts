import { randomUUID } from 'node:crypto'
import { amend } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { BadRequest, Invalid, NotFound } from '@keyferry/kernel'
import { createTestProject } from '@keyferry/vault/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator, type DevinEmulator } from '../destinations/devin/emulator/index.ts'
import { destination } from '../destinations/registry.ts'
import { testContext, type TestContext } from '../testing/test-context.ts'
import { checkConnection, createConnection, deleteConnection, updateConnection } from './connections.ts'
import {
  getConnection,
  getConnectionByName,
  listAvailableConnections,
  listConnectionOptions,
  listConnections,
} from './list-connections.ts'
import { connectionFor } from './find.ts'
import { noteConnectionProblem } from './health.ts'
import { openSession } from './open-session.ts'

onEveryDatabase('connections', (open) => {
  let devin: DevinEmulator
  let t: TestContext
  beforeAll(async () => {
    devin = await startEmulator()
  })
  beforeEach(async () => {
    t = await testContext(open)
  })
  afterEach(async () => {
    devin.heal()
    await t.close()
  })
  afterAll(() => devin.close())

  const create = (name = 'my-devin', over: Record<string, unknown> = {}) =>
    createConnection(t.ctx, t.actor, {
      destination: 'devin',
      name,
      method: 'api-key',
      credentials: devin.credentials,
      ...over,
    })

  const stored = () => t.ctx.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow()

  /** A sync that uses the connection: the row is enough, nothing runs it here. */
  async function addSync(connectionId: string, name: string): Promise<string> {
    const project = await createTestProject(t.ctx, t.actor, `Project ${name}`)
    const folder = await t.ctx.db
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', project.id)
      .select('folders.id')
      .executeTakeFirstOrThrow()
    const id = randomUUID()
    const at = t.ctx.now().toISOString()
    await t.ctx.db
      .insertInto('syncs')
      .values({
        id,
        projectId: project.id,
        name,
        description: null,
        destination: 'devin',
        connectionId,
        folderId: folder.id,
        target: '{}',
        targetKey: name,
        options: '{}',
        autoSync: 1,
        version: 1,
        wanted: 1,
        due: 1,
        seen: 1,
        applied: 1,
        state: 'succeeded',
        message: null,
        blockage: null,
        overwriteApproved: 1,
        approvedPlan: null,
        trigger: 'create',
        triggeredBy: 'ada@example.com',
        removal: null,
        removeState: null,
        removeMessage: null,
        removedAt: null,
        removeRunId: null,
        attempts: 0,
        retryAt: null,
        behindSince: null,
        syncedAt: null,
        lastRunId: null,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    return id
  }

  test('stores a tested credential sealed and never shows it', async () => {
    const made = await create('my-devin', { description: 'ours' })
    expect(made).toMatchObject({
      destination: 'devin',
      name: 'my-devin',
      description: 'ours',
      method: 'api-key',
      version: 1,
      projectId: null,
      project: null,
      credentials: { instanceUrl: devin.url },
      account: `Keyferry · ${String(devin.target.orgId)}`,
      usedBy: 0,
      problem: null,
    })
    expect(made.credentialsHash).toMatch(/^[0-9a-f]{64}$/)
    const key = devin.keys.manager
    const shown = [
      made,
      await listConnections(t.ctx, t.actor, {}),
      await stored(),
      await t.ctx.db.selectFrom('audit').selectAll().execute(),
    ]
    expect(JSON.stringify(shown)).not.toContain(key)
    expect(await getConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })).toEqual(made)
    expect(await getConnectionByName(t.ctx, t.actor, { destination: 'devin', connectionName: 'my-devin' })).toEqual(
      made,
    )

    const { session, definition } = await openSession(t.ctx, made.id, { signal: new AbortController().signal })
    expect(session.credentials).toEqual({ ...devin.credentials, method: 'api-key', account: null })
    expect(await definition.check(session)).toEqual({ label: made.account })
  })

  test('a sealed credential copied to another row does not open there', async () => {
    const one = await create('one')
    const two = await create('two')
    const { credentials } = await t.ctx.db
      .selectFrom('connections')
      .where('id', '=', one.id)
      .select('credentials')
      .executeTakeFirstOrThrow()
    await amend(t.ctx.db, 'connections', two.id, { credentials })
    await expect(openSession(t.ctx, two.id, { signal: new AbortController().signal })).rejects.toThrow(
      'cannot be decrypted',
    )
  })

  describe('refuses, each with its own message,', () => {
    /** The message, after the checks that hold for all of them. */
    async function refused(credentials: Record<string, string>): Promise<string> {
      const error = await create('my-devin', { credentials: { ...devin.credentials, ...credentials } }).catch(
        (reason: unknown) => reason,
      )
      if (!(error instanceof BadRequest)) throw new Error('it was not refused', { cause: error })
      expect(error.message).toMatch(/^Failed to validate credentials: /)
      expect(error.message).not.toMatch(/cog_(emulator|wrong)/)
      expect(await listConnections(t.ctx, t.actor, {})).toEqual([])
      return error.message
    }

    test('a wrong key', async () => {
      expect(await refused({ apiKey: 'cog_wrong' })).toContain('the API key is not valid or has expired')
    })
    test('a key without the right', async () => {
      expect(await refused({ apiKey: devin.keys.member })).toContain('lacks the right ManageOrgSecrets')
    })
    test('a host that does not answer', async () => {
      expect(await refused({ instanceUrl: 'http://127.0.0.1:1' })).toContain(`Can't reach 127.0.0.1:1`)
    })
    test('a host that is not the vendor', async () => {
      devin.fail(1, { kind: 'status', status: 404, body: { error: 'no such page' } })
      expect(await refused({})).toContain('check the instance URL')
    })
    test('a private address', async () => {
      t.ctx.network = { allowPrivate: false }
      const before = devin.log.length
      expect(await refused({})).toContain('KEYFERRY_ALLOW_PRIVATE_NETWORK')
      expect(devin.log.length).toBe(before)
    })
  })

  test('names every field that breaks its rule', async () => {
    const error = await create('x', {
      credentials: { apiKey: 'apk_old', instanceUrl: 'https://me:pass@api.devin.ai' },
    }).catch((reason: unknown) => reason)
    if (!(error instanceof Invalid)) throw new Error('it was not refused', { cause: error })
    expect(error.issues.map((issue) => issue.path.join('.'))).toEqual(['credentials.apiKey', 'credentials.instanceUrl'])
    expect(error.message).not.toMatch(/apk_old|me:pass/)
  })

  test('refuses a taken name, another method, an unknown app and an unknown project', async () => {
    await create('taken')
    await expect(create('taken')).rejects.toThrow('The App Connection name "taken" is already taken')
    await expect(create('x', { method: 'oauth' })).rejects.toThrow('have the method "api-key", not "oauth"')
    await expect(create('x', { destination: 'nowhere' })).rejects.toThrow(
      /Unknown connection "nowhere"; known are .*devin/,
    )
    await expect(create('x', { projectId: randomUUID() })).rejects.toBeInstanceOf(NotFound)
  })

  test('two at once with one name: one is refused by name', async () => {
    const results = await Promise.allSettled([create('twin'), create('twin')])
    const rejected = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason.message)] : []))
    expect(rejected).toEqual(['The App Connection name "twin" is already taken. Choose another name.'])
  })

  test('what is not there is not found', async () => {
    const { id } = await create()
    await expect(getConnection(t.ctx, t.actor, { destination: 'nowhere', connectionId: id })).rejects.toBeInstanceOf(
      NotFound,
    )
    await expect(
      getConnection(t.ctx, t.actor, { destination: 'devin', connectionId: randomUUID() }),
    ).rejects.toBeInstanceOf(NotFound)
    await t.ctx.db.updateTable('connections').set({ name: 'renamed' }).execute()
    await expect(
      getConnectionByName(t.ctx, t.actor, { destination: 'devin', connectionName: 'my-devin' }),
    ).rejects.toBeInstanceOf(NotFound)
  })

  test('of a project: shown with it, offered to it only', async () => {
    const project = await createTestProject(t.ctx, t.actor)
    const other = await createTestProject(t.ctx, t.actor, 'Other')
    const own = await create('own', { projectId: project.id })
    const shared = await create('shared')
    expect(own.project).toEqual({ id: project.id, name: project.name, slug: project.slug })
    const available = async (projectId?: string) =>
      (await listAvailableConnections(t.ctx, t.actor, { destination: 'devin', projectId })).map((one) => one.name)
    expect(await available()).toEqual(['shared'])
    expect(await available(project.id)).toEqual(['own', 'shared'])
    expect(await available(other.id)).toEqual(['shared'])
    expect(
      (await listConnections(t.ctx, t.actor, { destination: 'devin', projectId: project.id })).map((one) => one.name),
    ).toEqual(['own'])
    await expect(
      connectionFor(t.ctx, destination('devin'), own.id, { projectId: other.id, target: {} }),
    ).rejects.toThrow('belongs to another project')
    expect(
      await connectionFor(t.ctx, destination('devin'), shared.id, { projectId: other.id, target: {} }),
    ).toMatchObject({
      id: shared.id,
      place: devin.url,
    })
  })

  test('new credentials replace the old whole, are tested, and wake who uses them', async () => {
    const made = await create()
    const syncId = await addSync(made.id, 'uses-it')
    t.woken.length = 0
    const renewed = await updateConnection(t.ctx, t.actor, {
      destination: 'devin',
      connectionId: made.id,
      credentials: { apiKey: devin.keys.enterprise, instanceUrl: devin.url },
    })
    expect(renewed).toMatchObject({ version: 2, account: 'Enterprise', usedBy: 1 })
    expect(renewed.credentialsHash).not.toBe(made.credentialsHash)
    expect(t.woken).toEqual([[syncId]])
    expect(await t.ctx.db.selectFrom('syncs').select(['wanted', 'due', 'state']).executeTakeFirstOrThrow()).toEqual({
      wanted: 2,
      due: 2,
      state: 'pending',
    })

    const bad = { apiKey: 'cog_wrong', instanceUrl: devin.url }
    await expect(
      updateConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id, credentials: bad }),
    ).rejects.toThrow('not valid')
    await expect(
      updateConnection(t.ctx, t.actor, {
        destination: 'devin',
        connectionId: made.id,
        credentials: { instanceUrl: devin.url },
      }),
    ).rejects.toBeInstanceOf(Invalid)
    expect(await getConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })).toEqual(renewed)
  })

  test('a rename wakes nobody and keeps the credential', async () => {
    const made = await create()
    await addSync(made.id, 'uses-it')
    await create('taken')
    t.woken.length = 0
    await expect(
      updateConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id, name: 'taken' }),
    ).rejects.toThrow('"taken" is already taken')
    const renamed = await updateConnection(t.ctx, t.actor, {
      destination: 'devin',
      connectionId: made.id,
      name: 'better',
      description: null,
    })
    expect(renamed).toMatchObject({ name: 'better', description: null, credentialsHash: made.credentialsHash })
    expect(t.woken.flat()).toEqual([])
  })

  test('does not move to another host under the syncs that use it', async () => {
    const made = await create()
    await addSync(made.id, 'uses-it')
    const elsewhere = await startEmulator()
    const move = () =>
      updateConnection(t.ctx, t.actor, {
        destination: 'devin',
        connectionId: made.id,
        credentials: elsewhere.credentials,
      })
    try {
      await expect(move()).rejects.toThrow(/cannot move .* used by sync uses-it/)
      await t.ctx.db.deleteFrom('syncs').execute()
      expect(await move()).toMatchObject({ credentials: { instanceUrl: elsewhere.url } })
    } finally {
      await elsewhere.close()
    }
  })

  test('is not deleted while syncs use it', async () => {
    const made = await create()
    await addSync(made.id, 'first')
    await addSync(made.id, 'second')
    await expect(deleteConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })).rejects.toThrow(
      'Cannot delete App Connection with existing connections: used by sync first, second',
    )
    await t.ctx.db.deleteFrom('syncs').execute()
    // Of two at once, one has deleted it.
    const both = await Promise.allSettled(
      [1, 2].map(() => deleteConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })),
    )
    const won = both.find((end) => end.status === 'fulfilled')
    const lost = both.find((end) => end.status === 'rejected')
    expect(won?.value).toEqual(made)
    expect(lost?.reason).toBeInstanceOf(NotFound)
    await expect(getConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })).rejects.toBeInstanceOf(
      NotFound,
    )
  })

  test('a check keeps what the vendor says, and a good one clears it', async () => {
    const made = await create()
    devin.fail(1, { kind: 'status', status: 401 })
    expect((await checkConnection(t.ctx, t.actor, { connectionId: made.id })).problem).toMatch(
      /^The API key is not valid or has expired/,
    )
    t.clock.advance(60_000)
    expect(await checkConnection(t.ctx, t.actor, { connectionId: made.id })).toMatchObject({
      problem: null,
      account: made.account,
      checkedAt: t.ctx.now().toISOString(),
    })
    await noteConnectionProblem(t.ctx, await stored(), 'revoked')
    expect((await stored()).problem).toBe('revoked')
    await noteConnectionProblem(t.ctx, await stored(), null)
    expect((await stored()).problem).toBeNull()
  })

  test('what the vendor says of a credential that is replaced meanwhile is not kept', async () => {
    const made = await create()
    const address = { destination: 'devin', connectionId: made.id }
    const before = await stored()
    devin.fail(1, { kind: 'status', status: 401 })
    // The first request waits, the one of the new credential does not.
    let asked = 0
    const release = devin.hold(() => asked++ === 0)
    const checking = checkConnection(t.ctx, t.actor, address)
    await expect.poll(() => asked).toBe(1)
    await updateConnection(t.ctx, t.actor, { ...address, credentials: devin.credentials })
    release()
    expect((await checking).problem).toBeNull()
    await noteConnectionProblem(t.ctx, before, 'of a run that used the old one')
    expect((await stored()).problem).toBeNull()
  })

  test('audits every change, without the credential', async () => {
    const made = await create()
    await updateConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id, name: 'renamed' })
    await deleteConnection(t.ctx, t.actor, { destination: 'devin', connectionId: made.id })
    const rows = await t.ctx.db.selectFrom('audit').where('action', 'like', 'connection.%').selectAll().execute()
    expect(rows.map((row) => row.action).sort()).toEqual([
      'connection.create',
      'connection.delete',
      'connection.update',
    ])
    for (const row of rows) expect(row).toMatchObject({ actor: t.actor.name })
  })

  test('every destination is offered', async () => {
    expect(await listConnectionOptions(t.ctx, t.actor, {})).toContainEqual({
      name: 'Devin',
      destination: 'devin',
      methods: ['api-key'],
    })
  })
})
