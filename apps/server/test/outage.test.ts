/** The store starts late, stops, takes no writes, and returns, under a running process. */
import { ownPostgres } from '@keyferry/vitest/own-postgres'
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { createSource, createSync } from '../src/demo/setup.ts'
import { settled } from '../src/demo/settled.ts'
import { newPlace, signUp, startEmulators, startInstance } from './instance.ts'

const TIMEOUT = 60_000

it.skipIf(!inject('postgresUrl'))(
  'a Postgres that comes late, restarts or takes no writes is waited for and said, and work continues on its own',
  async () => {
    const postgres = await ownPostgres()
    await postgres.stop()
    const { dataDir } = await newPlace('fleet')
    const [instance] = await Promise.all([
      startInstance('fleet', { dataDir, databaseUrl: postgres.url }),
      postgres.start(),
    ])
    const vendors = await startEmulators()
    const { account, client } = await signUp(instance)
    const { source } = await createSource(client, 'KEY=first')
    const syncs = await Promise.all([...vendors].map(([name, emulator]) => createSync(client, source, name, emulator)))
    await settled(client, source.projectId, syncs, TIMEOUT)

    const ask = async (
      path: string,
      { token = account.token, body }: { token?: string | null; body?: unknown } = {},
    ) => {
      const answer = await fetch(instance.url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.json() }
    }
    const ready = () => ask('/api/ready')
    expect(await ready()).toEqual({
      status: 200,
      body: {
        ready: true,
        reason: null,
        checks: {
          store: 'ok',
          schema: 'ok',
          queue: 'ok',
          keys: 'ok',
          auditStream: 'ok',
          disk: 'ok',
          integrity: expect.any(String),
        },
      },
    })

    await postgres.stop()
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({
      status: 503,
      body: { ready: false, reason: expect.stringContaining('The store cannot be reached') },
    })
    // Without a token: one that this process has not checked for some seconds could not be checked.
    expect(await ask('/api/status', { token: null })).toMatchObject({
      status: 200,
      body: { ready: false, initialized: true },
    })
    const away = {
      status: 503,
      body: { statusCode: 503, error: 'ServiceUnavailable', message: expect.stringContaining('try again') },
    }
    expect(await ask('/api/v1/projects')).toMatchObject(away)
    expect(await ask('/api/v1/projects', { body: { projectName: 'Shop' } })).toMatchObject(away)
    // A process that can't know never answers that a token or a password is wrong.
    expect(await ask('/api/v1/projects', { token: 'kf_not_seen_before' })).toMatchObject(away)
    const { email, password } = account
    expect(await ask('/api/auth/sign-in/email', { body: { email, password } })).toMatchObject(away)
    expect(await ask('/api/trpc/projects.list')).toMatchObject({
      status: 503,
      body: { error: { data: { status: 503 } } },
    })

    await postgres.start()
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({ status: 200 })
    await client.secrets.update.mutate({ ...source, key: 'KEY', value: 'second' })
    await settled(client, source.projectId, syncs, TIMEOUT)
    for (const emulator of vendors.values()) expect(Object.fromEntries(emulator.contents())).toEqual({ KEY: 'second' })

    const admin = new pg.Client({ connectionString: postgres.url })
    admin.on('error', () => {})
    await admin.connect()
    await admin.query('alter system set default_transaction_read_only = on')
    await admin.query('select pg_reload_conf()')
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({
      status: 503,
      body: { reason: expect.stringContaining('read-only') },
    })
    expect(await ask('/api/v1/projects', { body: { projectName: 'Shop' } })).toMatchObject(away)
    await admin.query('set default_transaction_read_only = off')
    await admin.query('alter system reset default_transaction_read_only')
    await admin.query('select pg_reload_conf()')
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({ status: 200 })

    await admin.query(`delete from kysely_migration where name = '0001-first'`)
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({
      status: 503,
      body: { reason: expect.stringContaining('0001-first') },
    })
    await admin.query('drop schema pgboss cascade')
    await expect.poll(ready, { timeout: TIMEOUT }).toMatchObject({
      status: 503,
      body: { checks: { store: 'ok', queue: expect.stringContaining('queue') } },
    })
    await admin.end()
  },
  3 * TIMEOUT,
)
