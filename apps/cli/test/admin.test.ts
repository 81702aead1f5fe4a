import { randomBytes } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { openPostgres, openSqlite } from '@keyferry/db'
import { statement } from '@keyferry/db/testing'
import {
  environmentOf,
  onEveryProfile,
  signUp,
  startInstance,
  type Place,
  type TestInstance,
} from '@keyferry/server/testing'
import { newHome, type Home } from '@keyferry/server/testing-cli'
import { expect, it } from 'vitest'

onEveryProfile((profile) => {
  it('rotates, verifies, exports, imports and backs up beside a serving instance, and restores a stopped one', async () => {
    const instance = await startInstance(profile)
    const { client, account } = await signUp(instance)
    const home = await newHome({ ...environmentOf(instance), KEYFERRY_PASSPHRASE: 'correct horse battery' })
    const admin = (...args: string[]) => home.keyferry(['admin', ...args])
    const project = await client.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
    const secret = { projectId: project.id, environment: 'dev', key: 'A' }
    await client.secrets.create.mutate({ ...secret, value: 'a value', comment: 'a comment' })

    const { port } = new URL(instance.url)
    const examined = await home.keyferry(['admin', 'doctor', '--json'], { env: { PORT: port, KEYFERY_URL: 'x' } })
    expect(examined).toMatchObject({ code: 0, stderr: '' })
    const { findings } = JSON.parse(examined.stdout) as {
      findings: { check: string; state: string; message: string }[]
    }
    const stateOf = new Map(findings.map(({ check, state }) => [check, state]))
    const fine = ['disk', 'store', 'keys', 'clock', 'processes', 'mail', 'proxy', 'serving process: queue']
    expect(fine.filter((check) => stateOf.get(check) !== 'ok')).toEqual([])
    expect(findings.filter(({ state }) => state !== 'ok').map(({ message }) => message)).toEqual([
      expect.stringContaining('KEYFERY_URL is not a setting of Keyferry and has no effect. Did you mean KEYFERRY_URL?'),
      expect.stringContaining('KEYFERRY_ALLOW_PRIVATE_NETWORK=true'),
    ])
    if (profile === 'embedded') await namesWhatIsIll(home, port)

    if (profile === 'fleet') {
      // What takes its place is named.
      expect(await admin('backup', 'copy.db')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('pg_dump'),
      })
      expect(await admin('restore', 'copy.db', '--yes')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('pg_restore'),
      })
    }

    expect(await admin('rotate-data-key', '--project', project.id)).toMatchObject({ code: 0, stderr: '' })
    expect(await admin('rotate-data-key', '--project', 'none')).toMatchObject({ code: 1, stdout: '' })
    expect(await admin('rotate-root-key')).toMatchObject({ code: 0, stderr: '' })
    expect((await client.secrets.get.query(secret)).value).toBe('a value')

    if (profile === 'embedded') {
      await movesProjectByFile(home, client, secret)
      await signsInByLink(home, instance.url, client, account.email)
    }

    const verified = await admin('verify-audit', '--json')
    expect(verified).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(verified.stdout)).toMatchObject({ problem: null })
    if (profile === 'embedded') await backsUpAndRestores(instance, home, client, account.token, secret)
    const db =
      instance.databaseUrl === null
        ? openSqlite(join(instance.dataDir, 'keyferry.db'))
        : openPostgres(instance.databaseUrl, 1)
    await db.deleteFrom('audit').where('seq', '=', 2).execute()
    await db.destroy()
    expect(await admin('verify-audit')).toMatchObject({ code: 1, stderr: expect.stringContaining('Row 2 was removed') })
  })
})

// The commands below open the store like those above. What they do in it, the API's tests show on both databases.

async function namesWhatIsIll(home: Home, port: string): Promise<void> {
  for (const [env, ...all] of [
    [{ PORT: 'none' }, 'settings: PORT: must be a whole number'],
    [{ KEYFERRY_ROOT_KEY: randomBytes(32).toString('base64') }, 'store: KEYFERRY_ROOT_KEY is not the root key'],
    [
      {
        SMTP_URL: 'smtp://127.0.0.1:1',
        MAIL_FROM: 'a@example.com',
        OIDC_ISSUER: 'http://127.0.0.1:1',
        OIDC_CLIENT_ID: 'a',
        OIDC_CLIENT_SECRET: 'b',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://user:password@127.0.0.1:1/otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1/metrics',
        OTEL_METRICS_EXPORTER: 'none',
      },
      "mail: The mail server can't be used",
      'sign-in provider: http://127.0.0.1:1/.well-known/openid-configuration cannot be reached',
      'collector: http://127.0.0.1:1/otlp cannot be reached',
      'Check OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and the network.',
    ],
    [
      { KEYFERRY_DATA_DIR: join(home.dir, 'absent'), DATABASE_URL: '' },
      'store: Nothing is set up',
      'disk: The data directory',
    ],
    [
      { KEYFERRY_DATA_DIR: join(home.dir, 'absent'), DATABASE_URL: 'postgres://someone:password@127.0.0.1:1/none' },
      'store: The store of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:1',
      '1 error, 1 warning.',
    ],
  ] as const) {
    const ill = await home.keyferry(['admin', 'doctor'], { env: { PORT: port, ...env } })
    for (const words of all) expect(ill, words).toMatchObject({ code: 1, stdout: expect.stringContaining(words) })
    expect(ill.stdout).not.toMatch(/password@|1\/metrics/)
  }
}

async function movesProjectByFile(
  home: Home,
  client: KeyferryClient,
  secret: { projectId: string; environment: string; key: string },
): Promise<void> {
  const admin = (...args: string[]) => home.keyferry(['admin', ...args])
  // More than a request has room for, and a value that is longer as it is stored.
  const { projectId, environment } = secret
  for (let batch = 0; batch < 2; batch++) {
    const secrets = Array.from({ length: 35 }, (_, n) => ({
      key: `LARGE_${batch}_${n}`,
      value: randomBytes(49_152).toString('base64'),
    }))
    await client.secrets.createMany.mutate({ projectId, environment, secrets })
  }
  const literal = { ...secret, key: 'LITERAL', value: '${a}'.repeat(16_384) }
  await client.secrets.create.mutate({ ...literal, isLiteral: true })
  const exported = await admin('export-project', 'shop.keyferry', '--project', 'web-shop', '--json')
  expect(JSON.parse(exported.stdout)).toEqual({
    file: join(home.dir, 'shop.keyferry'),
    project: 'web-shop',
    secrets: 72,
  })
  expect(await readFile(join(home.dir, 'shop.keyferry'), 'utf8')).not.toContain('a value')
  const again = await admin('export-project', 'shop.keyferry', '--project', 'web-shop')
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') })
  expect(await admin('import-project', 'shop.keyferry')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already exists'),
  })
  const wrong = { env: { KEYFERRY_PASSPHRASE: 'another passphrase' } }
  const refused = await home.keyferry(
    ['admin', 'import-project', 'shop.keyferry', '--slug', 'copied', '--name', 'Copy'],
    wrong,
  )
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('passphrase is wrong') })
  const imported = await admin('import-project', 'shop.keyferry', '--slug', 'copied', '--name', 'Copy', '--json')
  expect(imported).toMatchObject({ code: 0, stderr: '' })
  const copy: { id: string } = JSON.parse(imported.stdout)
  expect(await client.secrets.get.query({ ...secret, projectId: copy.id })).toMatchObject({
    value: 'a value',
    comment: 'a comment',
  })
  const { key, value } = literal
  expect((await client.secrets.get.query({ ...secret, projectId: copy.id, key })).value).toBe(value)
}

async function signsInByLink(home: Home, url: string, client: KeyferryClient, email: string): Promise<void> {
  const admin = (...args: string[]) => home.keyferry(['admin', ...args])
  const signIn = (token: string | null) =>
    fetch(`${url}/api/auth/sign-in-link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  const made = await admin('sign-in-link', email.toUpperCase())
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const token = new URL(made.stdout.trim()).searchParams.get('token')
  const opened = await signIn(token)
  const [cookie = ''] = opened.headers.getSetCookie()
  const me = await fetch(`${url}/api/v1/me`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } })
  expect(await me.json()).toMatchObject({ me: { email: email } })
  expect((await signIn(token)).status).toBe(400)
  expect(await admin('sign-in-link', 'nobody@example.com')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('nobody@example.com'),
  })
  const { entries } = await client.audit.list.query({ action: 'person.sign-in,person.sign-in-link' })
  expect(entries.map(({ action, actor: by, details }) => [action, by.name, details.method])).toEqual([
    ['person.sign-in', email, 'link'],
    ['person.sign-in-link', 'Operator', undefined],
  ])
}

/** Ends with the value that the secret has now, at another address. */
async function backsUpAndRestores(
  instance: TestInstance,
  home: Home,
  client: KeyferryClient,
  token: string,
  secret: { projectId: string; environment: string; key: string },
): Promise<void> {
  const admin = (...args: string[]) => home.keyferry(['admin', ...args])
  const value = async () => (await client.secrets.get.query(secret)).value
  const backup = await admin('backup', 'copy.db', '--json')
  expect(backup).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(backup.stdout)).toEqual({
    file: join(home.dir, 'copy.db'),
    bytes: (await readFile(join(home.dir, 'copy.db'))).length,
  })
  // Names, addresses and password hashes are readable in it.
  expect((await stat(join(home.dir, 'copy.db'))).mode & 0o777).toBe(0o600)
  expect((await admin('backup', 'copy.db')).stderr).toContain('exists already')
  expect(await admin('verify-backup', 'copy.db')).toMatchObject({ code: 0, stderr: '' })
  const dump = join(home.dir, 'keyferry.dump')
  await writeFile(dump, 'PGDMP of another program')
  expect((await admin('verify-backup', 'keyferry.dump')).stderr).toContain('is not signed')
  expect(await admin('sign-backup', 'keyferry.dump')).toMatchObject({ code: 0, stderr: '' })
  expect(await admin('verify-backup', 'keyferry.dump')).toMatchObject({ code: 0, stderr: '' })
  await writeFile(dump, 'PGDMP of another person')
  expect(await admin('verify-backup', 'keyferry.dump')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was changed after it was written'),
  })
  await client.secrets.update.mutate({ ...secret, value: 'after' })

  expect(await admin('rotate-data-key', '--project', 'web-shop')).toMatchObject({ code: 0, stderr: '' })
  expect(await value()).toBe('after')
  const verified = await admin('verify-audit')
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  const [, head = ''] = /ends at (\S+)/.exec(verified.stdout) ?? []
  expect(await admin('verify-audit', '--expect', head)).toMatchObject({ code: 0 })
  expect(await admin('verify-audit', '--expect', '1:wrong')).toMatchObject({ code: 1 })
  expect(await admin('verify-store')).toMatchObject({ code: 0, stderr: '' })
  const store = openSqlite(join(instance.dataDir, 'keyferry.db'))
  await store.insertInto('instanceAdmins').values({ principalId: 'eve', createdAt: '2026' }).execute()
  expect(await admin('verify-store')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('eve of instanceAdmins'),
  })
  await store.deleteFrom('instanceAdmins').where('principalId', '=', 'eve').execute()
  await store.destroy()
  for (const key of ['authority', 'connections'])
    expect(await admin('rotate-key', key)).toMatchObject({ code: 0, stderr: '' })
  expect(await value()).toBe('after')
  expect(await admin('rotate-key', 'sign-in')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Stop every process'),
  })
  expect(await admin('end-sessions')).toMatchObject({ code: 0, stderr: '' })

  expect((await admin('restore', 'copy.db', '--yes')).code).toBe(1)
  await instance.stop()
  // Nobody is asked before it is clear that it can be done.
  expect((await admin('restore', 'none.db')).stderr).toContain('none.db does not exist')
  expect((await admin('restore', '.')).stderr).toContain('is not a file')
  expect((await admin('verify-backup', '.')).stderr).toContain('is not a file')
  expect(await admin('restore', 'copy.db')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('no terminal'),
  })
  expect(await admin('rotate-key', 'sign-in')).toMatchObject({ code: 0, stderr: '' })
  await chmod(join(home.dir, 'copy.db'), 0o644)
  expect(await admin('restore', 'copy.db', '--yes')).toMatchObject({ code: 0, stderr: '' })
  expect((await stat(join(instance.dataDir, 'keyferry.db'))).mode & 0o777).toBe(0o600)

  const before = await readFile(join(instance.dataDir, 'root.key'))
  expect(await admin('rotate-root-key')).toMatchObject({ code: 0, stderr: '' })
  expect((await readFile(join(instance.dataDir, 'root.key'))).equals(before)).toBe(false)
  await instance.restart()
  const restored = createKeyferryClient({ url: instance.url, token })
  expect((await restored.secrets.get.query(secret)).value).toBe('a value')
}

onEveryProfile((profile) => {
  it('loses nothing when a rotation is killed, wherever it is, and ends it later', async () => {
    const instance = await startInstance(profile)
    const { client, account } = await signUp(instance)
    const home = await newHome(environmentOf(instance))
    const { id: projectId } = await client.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
    const place = { projectId, environment: 'dev' }
    const secrets = Array.from({ length: 700 }, (_, n) => ({ key: `KEY_${n}`, value: `value ${n}`, comment: `${n}` }))
    await client.secrets.createMany.mutate({ ...place, secrets })
    await instance.stop()
    const { db, isWriting, heldUp, isHeldUp, letGo } = await watched(instance)
    const killed = async (args: string[], isDue: () => Promise<boolean>) => {
      const command = await home.start(['admin', ...args])
      let ended = false
      void command.ended.then(() => (ended = true))
      while (!ended && !(await isDue())) await pause(1)
      command.kill('SIGKILL')
      return (await command.ended).code
    }
    const rotation = () => db.selectFrom('dataKeyRotations').select('done').executeTakeFirst()
    const rotatesData = async () => Number((await rotation())?.done) >= 200 && (await isWriting())
    expect(await killed(['rotate-data-key', '--project', 'web-shop'], rotatesData)).toBeNull()
    // At its last statement.
    await heldUp()
    expect(await killed(['rotate-key', 'authority'], isHeldUp)).toBeNull()
    await letGo()
    expect(await db.selectFrom('instanceKeyRotations').selectAll().execute()).toEqual([])
    const organizationKey = async () =>
      (await db.selectFrom('organizations').select('dataKey').executeTakeFirst())?.dataKey
    const before = await organizationKey()
    // The new root key is in use then, and may not be in the place of the earlier one yet.
    await killed(['rotate-root-key'], async () => (await organizationKey()) !== before)
    await db.destroy()

    await instance.restart()
    const again = createKeyferryClient({ url: instance.url, token: account.token })
    const read = async () => {
      const { secrets } = await again.secrets.list.query(place)
      return secrets.map(({ key, value, comment }) => ({ key, value, comment }))
    }
    const whole = secrets.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(await read()).toEqual(whole)
    expect(await home.keyferry(['admin', 'rotate-root-key'])).toMatchObject({ code: 0, stderr: '' })
    await expect.poll(() => again.backup.rotations.query(), { timeout: 60_000 }).toEqual([])
    expect(await read()).toEqual(whole)
  })
})

/** The store of an instance, which somebody else writes to. */
async function watched({ dataDir, databaseUrl }: Place) {
  if (databaseUrl === null) {
    const db = openSqlite(join(dataDir, 'keyferry.db'), 0)
    const isWriting = async () => {
      try {
        await statement(db, 'begin immediate')
      } catch {
        return true
      }
      await statement(db, 'rollback')
      return false
    }
    // The statement takes so long that it is killed before it is over.
    const heldUp = () =>
      statement(
        db,
        `create trigger held_up after update on audit_head begin select count(*) from
          (with recursive counted (n) as (values (1) union all select n + 1 from counted where n < 100000000) select n from counted); end`,
      )
    return { db, isWriting, heldUp, isHeldUp: isWriting, letGo: () => statement(db, 'drop trigger held_up') }
  }
  const db = openPostgres(databaseUrl, 2)
  const others = `select 1 from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null`
  const isWriting = async () => (await statement(db, others)).length > 0
  const holder = openPostgres(databaseUrl, 1)
  const released = Promise.withResolvers<void>()
  return {
    db,
    isWriting,
    heldUp: () => {
      const locked = Promise.withResolvers<void>()
      const locking = holder.transaction().execute(async (tx) => {
        // However long the command takes to get there.
        await statement(tx, 'set local idle_in_transaction_session_timeout = 0')
        await statement(tx, 'select id from audit_head for update')
        locked.resolve()
        await released.promise
      })
      locking.catch(locked.reject)
      return locked.promise
    },
    isHeldUp: async () => (await statement(db, `${others} and wait_event_type = 'Lock'`)).length > 0,
    letGo: () => {
      released.resolve()
      return holder.destroy()
    },
  }
}
