import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf, sessionTo } from '../conformance/reconciler.ts'
import { startEmulator, type TriggerDevEmulator } from './emulator/index.ts'
import triggerDev from './index.ts'

let emulator: TriggerDevEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const sessionFor = (apiKey: string, url = emulator.url) => sessionTo(triggerDev, { apiKey, instanceUrl: url })

describe('the connection', () => {
  test.each(['personal', 'organization', 'prod', 'preview', 'prodReadOnly'] as const)(
    'a good key passes: %s',
    async (kind) => {
      const account = await triggerDev.connection.check(sessionFor(emulator.keys[kind]))
      expect(account.label).toMatch(/ada@example\.com|Key of the environment "(prod|preview)"/)
    },
  )

  test.each(['tr_pat_wrong', 'tr_oat_wrong', 'tr_prod_wrong', 'tr_prod_sk_wrong', 'anything'])(
    'a wrong key: %s',
    async (apiKey) => {
      const error = await failureOf(triggerDev.connection.check(sessionFor(apiKey)))
      expect(error).toMatchObject({ kind: 'auth', status: 401 })
      expect(error.message).toContain('does not accept this API key')
      expect(error.message).not.toContain(apiKey)
    },
  )

  test('a key without the right', async () => {
    const error = await failureOf(triggerDev.connection.check(sessionFor(emulator.keys.prodWriteOnly)))
    expect(error).toMatchObject({ kind: 'auth', status: 403 })
    expect(error.message).toContain('lacks the right')
  })

  test('something that is no Trigger.dev', async () => {
    for (const fault of [{ kind: 'html' } as const, { kind: 'status', status: 404, body: '<h1>404</h1>' } as const]) {
      for (let n = 1; n <= 3; n += 1) emulator.fail(n, fault)
      const error = await failureOf(triggerDev.connection.check(sessionFor(emulator.keys.personal)))
      expect(error.kind).toBe('rejected')
      expect(error.message).toContain('does not look like a Trigger.dev server')
      emulator.heal()
    }
  })

  test('a host that is not there', async () => {
    const error = await failureOf(triggerDev.connection.check(sessionFor('tr_pat_x', 'http://127.0.0.1:1')))
    expect(error).toMatchObject({ kind: 'unavailable' })
    expect(error.message).toContain('127.0.0.1:1')
  })

  test('instance URL: no trailing slash, no login, http or https', () => {
    const parse = (instanceUrl?: string) =>
      triggerDev.connection.methods['api-key'].credentials.safeParse({ apiKey: 'k', instanceUrl })
    expect(parse().data?.instanceUrl).toBe('https://api.trigger.dev')
    expect(parse('https://t.example.com/base//').data?.instanceUrl).toBe('https://t.example.com/base')
    for (const bad of ['ftp://x.example', 'https://a:b@x.example', 'x', `https://${'x'.repeat(255)}.example`]) {
      expect(parse(bad).success).toBe(false)
    }
  })
})

describe('pickers', () => {
  const { projects, environments } = triggerDev.choices ?? {}

  test('projects and environments of the token', async () => {
    const found = (await projects?.list(sessionFor(emulator.keys.personal), {})) ?? []
    expect(found[0]).toEqual({
      value: emulator.projects[0],
      label: 'Billing jobs',
      hint: 'Acme',
      row: {
        id: emulator.projects[0],
        name: 'Billing jobs',
        organization: { id: 'org_1', name: 'Acme', slug: 'acme-1a2b' },
      },
    })
    expect(found).toHaveLength(2)

    const places =
      (await environments?.list(sessionFor(emulator.keys.personal), { projectRef: emulator.projects[0] })) ?? []
    expect(places.map(({ value }) => value)).toEqual(['dev', 'stg', 'preview', 'prod'])
    expect(Object.keys(places[0]?.row ?? {})).toEqual(['id', 'slug', 'type'])
    for (const { value: environment } of places) {
      expect(triggerDev.target.safeParse({ projectRef: 'proj_a', environment }).success).toBe(true)
    }
  })

  test('a failing token, an environment key, an older server and a foreign project are errors, never empty lists', async () => {
    expect(await failureOf(Promise.resolve(projects?.list(sessionFor('tr_pat_wrong'), {})))).toMatchObject({
      kind: 'auth',
    })
    expect((await failureOf(Promise.resolve(projects?.list(sessionFor(emulator.keys.prod), {})))).message).toContain(
      'by hand',
    )
    const foreign = environments?.list(sessionFor(emulator.keys.personal), { projectRef: 'proj_x' })
    expect(await failureOf(Promise.resolve(foreign))).toMatchObject({ kind: 'missing' })
    await emulator.close()
    emulator = await startEmulator({ version: '4.4' })
    const old = environments?.list(sessionFor(emulator.keys.personal), { projectRef: emulator.projects[0] })
    expect((await failureOf(Promise.resolve(old))).message).toContain('older than 4.5.0')
  })
})
