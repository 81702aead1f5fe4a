import { randomBytes } from 'node:crypto'
import { amend, migrate, withOwnNames } from '@keyferry/db'
import { onEveryDatabase, type StoreTemplate } from '@keyferry/db/testing'
import { BadRequest, OWASP_COST, TooManyRequests, transact } from '@keyferry/kernel'
import { SILENT, testContext, type TestContext } from '@keyferry/kernel/testing'
import { hashPassword as hashOfEarlierVersions } from 'better-auth/crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createAuth, migrateAuth, type Auth } from './auth.ts'
import { bootstrapInstance } from './bootstrap.ts'
import { hashPassword } from './password-hash.ts'

const account = {
  email: 'ada@example.com',
  password: 'correct horse battery',
  organization: 'Acme & Söhne',
  withToken: true,
  tokenExpiresInDays: 30,
}
const url = 'http://127.0.0.1:4400'

/** Better-auth's tables are migrated once: it takes longer than most of the tests. */
const WITH_ACCOUNTS: StoreTemplate = {
  name: 'accounts',
  async make(db) {
    await migrate(db)
    await migrateAuth(db, SILENT)
  },
}

onEveryDatabase('accounts', (open, dialect) => {
  let test: TestContext
  let auth: Auth
  beforeEach(async () => {
    test = await testContext(() => open(WITH_ACCOUNTS), { isSetUp: false })
    auth = createAuth({
      ctx: test.ctx,
      rootKey: randomBytes(32),
      baseUrl: url,
      oidc: null,
    })
  })
  afterEach(() => test.close())

  const signIn = (password: string) =>
    auth.handler(
      new Request(`${url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ email: account.email, password }),
      }),
    )
  const setUp = async () => {
    const { identity } = await bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })
    if (!identity) throw new Error('no token')
    return identity.credentials
  }
  const rows = async (table: 'user' | 'account' | 'apikey') =>
    (await authTables(test).selectFrom(table).selectAll().execute()).length

  it('are migrated by processes that start together, and by each that starts later', async () => {
    const empty = await testContext(open, { isSetUp: false })
    onTestFinished(empty.close)
    const migrated = () => migrateAuth(empty.ctx.db, empty.ctx.log)
    // A fleet's processes start together; an embedded one is alone with its store.
    const starts = empty.ctx.db.dialect === 'postgres' ? 2 : 1
    await Promise.all(Array.from({ length: starts }, migrated))
    await migrated()
    expect(await authTables(empty).selectFrom('user').selectAll().execute()).toEqual([])
  })

  it('knows at once that another process revoked a key', async () => {
    const { token } = await setUp()
    const asked = () => auth.actorOf(new Headers({ authorization: `Bearer ${token}` }), null)
    const used = async () => (await authTables(test).selectFrom('apikey').select('lastRequest').execute())[0]
    expect(await asked()).not.toBeNull()
    const before = await used()
    expect(await asked()).not.toBeNull()
    // Remembered: better-auth was not asked, which would have counted.
    expect(await used()).toEqual(before)
    await authTables(test).deleteFrom('apikey').execute()
    expect(await asked()).toBeNull()
  })

  it('lets every request in that notes at the same time that its session is used', async () => {
    await setUp()
    const signedIn = await signIn(account.password)
    const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0] ?? '')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    onTestFinished(() => void vi.useRealTimers())
    const headers = new Headers({ cookie: cookie.join('; ') })
    const actors = await Promise.all(Array.from({ length: 8 }, () => auth.actorOf(headers, null)))
    expect(actors.map((actor) => actor?.kind)).toEqual(Array.from({ length: 8 }, () => 'user'))
  })

  it('makes accounts in the transaction of its caller, and one for each address', async () => {
    const passwordHash = await auth.hashNewPassword('correct horse battery')
    const person = { email: 'Eve@example.com', passwordHash, name: 'Eve' }
    const count = async () => [await rows('user'), await rows('account'), await rows('apikey')]
    const undone = transact(test.ctx, async (tx) => {
      const accounts = auth.within(withOwnNames(tx))
      const { id } = await accounts.createUser(person)
      await accounts.createApiKey({ userId: id, name: 'key' })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await count()).toEqual([0, 0, 0])

    const create = (email: string) =>
      transact(test.ctx, (tx) => auth.within(withOwnNames(tx)).createUser({ ...person, email }))
    expect(await create(person.email)).toMatchObject({ email: 'eve@example.com' })
    await expect(create('EVE@example.com')).rejects.toThrow('EVE@example.com already has an account.')
    expect(await count()).toEqual([1, 1, 0])
  })

  it('sets up an empty instance with an account that can sign in and a token that works', async () => {
    const made = await bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })
    expect(made.organization).toMatchObject({
      name: 'Acme & Söhne',
      slug: expect.stringMatching(/^acme-sohne-[0-9a-f]{6}$/),
    })

    const token = made.identity?.credentials.token ?? ''
    const byToken = await auth.actorOf(new Headers({ authorization: `Bearer ${token}` }), null)
    expect(byToken).toEqual({ kind: 'identity', id: made.identity?.id, name: 'Bootstrap token' })

    const answer = await signIn(account.password)
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie().find((line) => line.includes('session_token')) ?? ''
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=Lax/i)
    const bySession = await auth.actorOf(new Headers({ cookie: cookie.slice(0, cookie.indexOf(';')) }), null)
    expect(bySession).toEqual({ kind: 'user', id: made.user.id, name: account.email, sessionId: expect.any(String) })
  })

  it('works once: of two calls at the same time one wins, later ones are refused', async () => {
    const order: string[] = []
    const asEve = { ...account, email: 'eve@example.com' }
    const calls = Promise.allSettled(
      [account, asEve].map(async (given) => {
        await bootstrapInstance(test.ctx, auth, given, { isLocalProgram: true })
        order.push('set up')
      }),
    )
    // A password is hashed before anybody has to wait for the transaction.
    await test.ctx.db.insertInto('heartbeats').values({ id: 'other', at: '' }).execute()
    order.push('other writer')
    const results = await calls
    if (test.ctx.db.dialect === 'sqlite') expect(order).toEqual(['other writer', 'set up'])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = results.find((result) => result.status === 'rejected')
    expect(refused?.reason).toBeInstanceOf(BadRequest)
    await expect(bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })).rejects.toThrow(
      'Instance has already been set up',
    )
    expect(await rows('user')).toBe(1)
    expect(await rows('apikey')).toBe(1)
  })

  it('leaves nothing behind when the account cannot be made', async () => {
    await expect(
      bootstrapInstance(test.ctx, auth, { ...account, password: 'x7!qZ' }, { isLocalProgram: true }),
    ).rejects.toThrow('A password has')
    await expect(
      bootstrapInstance(test.ctx, auth, { ...account, tokenExpiresInDays: 100_000 }, { isLocalProgram: true }),
    ).rejects.toThrow('expiresIn')
    expect(await rows('user')).toBe(0)
    expect(await rows('account')).toBe(0)
    expect(await test.ctx.db.selectFrom('organizations').select('id').execute()).toEqual([])
    await bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })
  })

  // The store does not decide the rest.
  if (dialect === 'postgres') return

  it('knows nobody by a wrong token, a wrong password or a forged cookie', async () => {
    await bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })
    expect(await auth.actorOf(new Headers({ authorization: `Bearer kf_${'x'.repeat(64)}` }), null)).toBeNull()
    expect(await auth.actorOf(new Headers({ authorization: 'Basic YTpi' }), null)).toBeNull()
    expect(await auth.actorOf(new Headers({ cookie: 'keyferry.session_token=forged.forged' }), null)).toBeNull()
    expect(await auth.actorOf(new Headers(), null)).toBeNull()
    expect((await signIn('wrong password')).status).toBe(401)
  })

  it('keeps passwords as OWASP recommends, also those of earlier versions once they were used', async () => {
    await bootstrapInstance(test.ctx, auth, account, { isLocalProgram: true })
    const accounts = withOwnNames(test.ctx.db).withTables<{ account: { id: string; password: string | null } }>()
    const row = () => accounts.selectFrom('account').select(['id', 'password']).executeTakeFirstOrThrow()
    const stored = async () => (await row()).password
    const ctx = { ...test.ctx, scryptCost: OWASP_COST }
    auth = createAuth({ ctx, rootKey: randomBytes(32), baseUrl: url, oidc: null })
    const earlier = await hashOfEarlierVersions(account.password)
    await amend(accounts, 'account', (await row()).id, { password: earlier })
    expect((await signIn('wrong password')).status).toBe(401)
    expect(await stored()).toBe(earlier)
    expect((await signIn(account.password)).status).toBe(200)
    expect(await stored()).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/)
    expect((await signIn(account.password)).status).toBe(200)
  })

  it('hashes a few passwords at a time and lets no long queue grow', async () => {
    const hashes = Array.from({ length: 60 }, () => hashPassword(account.password, test.ctx.scryptCost))
    const settled = await Promise.allSettled(hashes)
    const refused = settled.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(8)
    for (const { reason } of refused) expect(reason).toBeInstanceOf(TooManyRequests)
  })

  it('signs nobody up from outside', async () => {
    const answer = await auth.handler(
      new Request(`${url}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ email: 'eve@example.com', password: 'long enough password', name: 'Eve' }),
      }),
    )
    expect(answer.status).toBe(400)
    expect(await rows('user')).toBe(0)
  })

  it('reports what broke to the caller and to the log, a line each, and prints nothing', async () => {
    const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process.stderr, 'write')]
    onTestFinished(() => printed.forEach((spy) => spy.mockRestore()))
    const said = [vi.spyOn(test.ctx.log, 'warn'), vi.spyOn(test.ctx.log, 'debug')]
    const { token } = await setUp()
    expect((await signIn('a wrong password')).status).toBe(401)
    expect(await auth.actorOf(new Headers({ authorization: `Bearer ${token}x` }), null)).toBeNull()
    // A flood of wrong tokens must not fill the log.
    expect(test.ctx.log.warn).not.toHaveBeenCalled()

    await authTables(test).schema.dropTable('session').execute()
    await expect(signIn(account.password)).rejects.toThrow(/session/)
    await authTables(test).schema.dropTable('apikey').execute()
    await auth.actorOf(new Headers({ authorization: `Bearer ${token}` }), null).catch(() => null)

    for (const spy of printed) expect(spy).not.toHaveBeenCalled()
    const calls: readonly (readonly unknown[])[] = said.flatMap((spy) => spy.mock.calls)
    expect(calls.length).toBeGreaterThan(0)
    for (const [details, message] of calls) {
      expect(details).toMatchObject({ part: 'auth' })
      expect(message).toMatch(/./)
      for (const secret of [token, account.email, account.password])
        expect(`${JSON.stringify(details)} ${String(message)}`).not.toContain(secret)
    }
  })

  it('logs no warning per request while the store takes no writes', async () => {
    const said = { warn: vi.spyOn(test.ctx.log, 'warn'), debug: vi.spyOn(test.ctx.log, 'debug') }
    const { token } = await setUp()
    await sql`pragma query_only = on`.execute(test.ctx.db)
    expect(await auth.actorOf(new Headers({ authorization: `Bearer ${token}` }), null)).toBeNull()
    expect(said.debug).toHaveBeenCalledWith(expect.objectContaining({ err: expect.any(Error) }), expect.any(String))
    expect(said.warn).not.toHaveBeenCalled()
  })

  it('creates no token unless one is requested', async () => {
    const made = await bootstrapInstance(test.ctx, auth, { ...account, withToken: false }, { isLocalProgram: true })
    expect(made.identity).toBeUndefined()
    expect(await rows('apikey')).toBe(0)
    expect((await signIn(account.password)).status).toBe(200)
  })

  it('keeps neither the password nor the token in the clear', async () => {
    const { token } = await setUp()
    const tables = authTables(test)
    const stored = JSON.stringify([
      await tables.selectFrom('user').selectAll().execute(),
      await tables.selectFrom('account').selectAll().execute(),
      await tables.selectFrom('apikey').selectAll().execute(),
    ])
    expect(stored).not.toContain(account.password)
    expect(stored).not.toContain(token)
  })
})

/** better-auth's own tables, which are not in our table types. */
const authTables = (test: TestContext) =>
  test.ctx.db
    .withoutPlugins()
    .withTables<{ user: { id: string }; account: { id: string }; apikey: { id: string; lastRequest: string | null } }>()
