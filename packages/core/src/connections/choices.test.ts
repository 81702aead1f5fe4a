import { randomUUID } from 'node:crypto'
import { onEveryDatabase } from '@keyferry/db/testing'
import { NotFound } from '@keyferry/kernel'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { destination } from '../destinations/registry.ts'
import { startEmulator, type TriggerDevEmulator } from '../destinations/trigger-dev/emulator/index.ts'
import { testContext, type TestContext } from '../testing/test-context.ts'
import { listChoiceRows, listChoices } from './choices.ts'
import { createConnection, deleteConnection, updateConnection } from './connections.ts'
import { connectionFor } from './find.ts'
import { getConnection, getConnectionByName } from './list-connections.ts'

onEveryDatabase('the pickers of a connection', (open) => {
  let trigger: TriggerDevEmulator
  let t: TestContext
  beforeAll(async () => {
    trigger = await startEmulator()
  })
  beforeEach(async () => {
    t = await testContext(open)
  })
  afterEach(async () => {
    trigger.heal()
    await t.close()
  })
  afterAll(() => trigger.close())

  const connect = () =>
    createConnection(t.ctx, t.actor, {
      destination: 'trigger-dev',
      name: 'my-trigger',
      method: 'api-key',
      credentials: trigger.credentials,
    })
  const known = () => ({ projectRef: trigger.projects[0] })

  test('come from the token', async () => {
    const { id: connectionId } = await connect()
    const projects = await listChoices(t.ctx, t.actor, { connectionId, list: 'projects', known: {} })
    expect(projects.map((one) => one.value).toSorted()).toEqual([...trigger.projects].toSorted())
    const environments = await listChoices(t.ctx, t.actor, { connectionId, list: 'environments', known: known() })
    expect(environments).toContainEqual({ value: 'prod', label: 'Production', hint: 'prod' })
    const rows = await listChoiceRows(t.ctx, t.actor, {
      destination: 'trigger-dev',
      connectionId,
      list: 'environments',
      known: known(),
    })
    expect(rows).toContainEqual({ id: expect.any(String), slug: 'prod', type: 'PRODUCTION' })
  })

  test('are an error when the token fails, and the connection says so', async () => {
    const { id: connectionId } = await connect()
    trigger.fail(1, { kind: 'status', status: 401 })
    await expect(listChoices(t.ctx, t.actor, { connectionId, list: 'projects', known: {} })).rejects.toThrow(
      /^Failed to list projects with App Connection "my-trigger": .*does not accept this API key/,
    )
    expect((await t.ctx.db.selectFrom('connections').select('problem').executeTakeFirstOrThrow()).problem).toContain(
      'does not accept this API key',
    )
  })

  test('name what they need first, and what there is', async () => {
    const { id: connectionId } = await connect()
    await expect(listChoices(t.ctx, t.actor, { connectionId, list: 'environments', known: {} })).rejects.toThrow(
      'needs projectRef first',
    )
    for (const list of ['branches', '__proto__', 'constructor']) {
      await expect(listChoices(t.ctx, t.actor, { connectionId, list, known: {} })).rejects.toThrow(
        'known are projects, environments',
      )
    }
  })

  test('a connection answers under its own app only', async () => {
    const { id: connectionId } = await connect()
    const message = 'App Connection "my-trigger" is for Trigger.dev, not for Devin'
    await expect(getConnection(t.ctx, t.actor, { destination: 'devin', connectionId })).rejects.toThrow(message)
    await expect(updateConnection(t.ctx, t.actor, { destination: 'devin', connectionId, name: 'x' })).rejects.toThrow(
      message,
    )
    await expect(deleteConnection(t.ctx, t.actor, { destination: 'devin', connectionId })).rejects.toThrow(message)
    await expect(
      getConnectionByName(t.ctx, t.actor, { destination: 'devin', connectionName: 'my-trigger' }),
    ).rejects.toThrow(message)
    await expect(
      listChoiceRows(t.ctx, t.actor, { destination: 'devin', connectionId, list: 'projects', known: {} }),
    ).rejects.toThrow(message)
    await expect(
      connectionFor(t.ctx, destination('devin'), connectionId, { projectId: randomUUID(), target: {} }),
    ).rejects.toThrow(message)
  })

  test('an unknown list is refused by name', async () => {
    const { id } = await connect()
    await expect(listChoices(t.ctx, t.actor, { connectionId: id, list: 'nothing', known: {} })).rejects.toThrow(
      'Trigger.dev has no list "nothing"',
    )
    await expect(
      listChoiceRows(t.ctx, t.actor, { destination: 'nowhere', connectionId: id, list: 'nothing', known: {} }),
    ).rejects.toBeInstanceOf(NotFound)
  })
})
