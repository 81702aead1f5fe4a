/** A worker that dies in the middle of a run, as a real process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from '@keyferry/core/connections/connections'
import { emulators } from '@keyferry/core/destinations/emulators'
import { createSync } from '@keyferry/core/sync/create-sync'
import { listRuns } from '@keyferry/core/sync/runs'
import { createTestProject } from '@keyferry/core/testing'
import { updateSecrets } from '@keyferry/core/vault/secrets'
import { createDatabase } from '@keyferry/db/testing'
import { openInstance, readEnv } from '@keyferry/instance'
import { expect, inject, it, onTestFinished } from 'vitest'

const [[destination, startEmulator] = []] = await emulators()
const actor = { kind: 'user', id: randomUUID(), name: 'ada@example.com' } as const

/** Started and waiting for jobs. */
async function startWorker(variables: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--liftoff-only', join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH ?? '', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  for await (const chunk of child.stdout) if (String(chunk).includes('worker ready')) break
  return child
}

it.skipIf(!inject('postgresUrl'))(
  'is noticed, and another one finishes its run within 30 seconds',
  async () => {
    if (!destination || !startEmulator) throw new Error('there is no destination')
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-crash-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const variables = {
      DATABASE_URL: await createDatabase(),
      KEYFERRY_DATA_DIR: dir,
      KEYFERRY_ROOT_KEY: randomBytes(32).toString('base64'),
      KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
    }
    const instance = await openInstance(readEnv({ ...variables, LOG_LEVEL: 'silent' }), { makeKey: false })
    onTestFinished(instance.close)
    await instance.jobs.start()
    const { ctx } = instance
    const organization = randomUUID()
    await ctx.db
      .insertInto('organizations')
      .values({
        id: organization,
        name: 'Acme',
        slug: 'acme',
        dataKey: ctx.keyring.create(organization),
        createdAt: new Date().toISOString(),
      })
      .execute()
    const emulator = await startEmulator()
    onTestFinished(emulator.close)
    const { id: projectId } = await createTestProject(ctx, actor)
    const place = { projectId, environment: 'dev', secretPath: '/' }
    const connection = await createConnection(ctx, actor, {
      app: destination,
      name: 'c',
      method: 'api-key',
      credentials: emulator.credentials,
    })
    const secrets = ['ONE', 'TWO', 'THREE'].map((secretKey) => ({ secretKey, secretValue: secretKey.toLowerCase() }))
    await updateSecrets(ctx, actor, { ...place, mode: 'upsert', secrets })

    const doomed = await startWorker(variables)
    emulator.fail(1, { kind: 'hang-after' }, (method) => method !== 'GET')
    const sync = await createSync(ctx, actor, {
      ...place,
      destination,
      name: 's',
      connectionId: connection.id,
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      destinationConfig: emulator.target,
    })
    // Its call is on the wire and hangs; the next worker finds a job that is taken and a lease that is held.
    await expect.poll(() => emulator.contents().size, { timeout: 30_000 }).toBeGreaterThan(0)
    await startWorker(variables)
    doomed.kill('SIGKILL')
    await once(doomed, 'exit')

    const runs = () => listRuns(ctx, actor, { destination, syncId: sync.id })
    await expect
      .poll(async () => (await runs()).map(({ state }) => state).sort(), { timeout: 30_000 })
      .toEqual(['failed', 'succeeded'])
    expect(Object.fromEntries(emulator.contents())).toEqual({ ONE: 'one', TWO: 'two', THREE: 'three' })
    expect((await runs()).map(({ message }) => message)).toContain('Interrupted; the next run went on from there.')
  },
  120_000,
)
