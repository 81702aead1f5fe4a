/** `cloudflare`, unmodified, must not notice that it talks to the emulator. */
import Cloudflare from 'cloudflare'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type CloudflareWorkersEmulator } from './index.ts'

let emulator: CloudflareWorkersEmulator
let account_id: string
let scriptName: string
beforeEach(async () => {
  emulator = await startEmulator()
  account_id = String(emulator.credentials.accountId)
  scriptName = String(emulator.target.scriptId)
})
afterEach(() => emulator.close())

const connect = (apiToken = String(emulator.credentials.apiToken)) =>
  new Cloudflare({ baseURL: String(emulator.credentials.instanceUrl), apiToken, maxRetries: 0 })
const secretsOf = (client = connect()) => client.workers.scripts.secrets
const text = (name: string, value: string) => ({ name, text: value, type: 'secret_text' as const })
const refusal = (status: number, code: number) => ({ status, errors: [{ code }] })

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

test('set, list, get and remove one secret, each a deployment', async () => {
  const secrets = secretsOf()
  expect(await secrets.update(scriptName, { account_id, ...text('A', 'a1\nü') })).toEqual({
    name: 'A',
    type: 'secret_text',
  })
  await secrets.update(scriptName, { account_id, ...text('a-b.c', '') })
  emulator.bind({ name: 'KEY', type: 'secret_key' })
  emulator.bind({ name: 'PLAIN', type: 'plain_text', text: 'open' })
  expect(await all(secrets.list(scriptName, { account_id }))).toEqual([
    { name: 'A', type: 'secret_text' },
    { name: 'a-b.c', type: 'secret_text' },
    { name: 'KEY', type: 'secret_key' },
  ])
  expect(await secrets.get('A', { account_id, script_name: scriptName })).toEqual({ name: 'A', type: 'secret_text' })
  expect(emulator.contents().get('A')).toBe('a1\nü')
  const settings = await connect().workers.scripts.scriptAndVersionSettings.get(scriptName, { account_id })
  expect(settings.bindings).toContainEqual({ name: 'PLAIN', type: 'plain_text', text: 'open' })
  const gone = { account_id, script_name: scriptName, url_encoded: true }
  expect(await secrets.delete('a-b.c', gone)).toBeNull()
  await expect(secrets.delete('a-b.c', gone)).rejects.toMatchObject(refusal(404, 10_056))
  expect(emulator.deployments()).toBe(4)
})

test('a bulk request is one deployment, and all or nothing', async () => {
  const secrets = secretsOf()
  for (const name of ['OLD', 'KEPT', 'CHANGED']) emulator.put(name, name)
  const patch = (changes: Record<string, ReturnType<typeof text> | null>) =>
    secrets.bulkUpdate(scriptName, { account_id, secrets: changes })
  const after = await patch({ NEW: text('NEW', 'n'), CHANGED: text('CHANGED', 'c'), OLD: null, ABSENT: null })
  expect(Object.keys(after).sort()).toEqual(['CHANGED', 'KEPT', 'NEW'])
  expect(emulator.contents()).toEqual(
    new Map([
      ['KEPT', 'KEPT'],
      ['CHANGED', 'c'],
      ['NEW', 'n'],
    ]),
  )
  expect(emulator.deployments()).toBe(2)

  emulator.bind({ name: 'PLAIN', type: 'plain_text', text: 'open' })
  const held = emulator.contents()
  const refused = [
    [{ X: text('X', 'x'), PLAIN: text('PLAIN', 'x') }, 10_053],
    [{ X: text('X', 'x'), LARGE: text('LARGE', 'x'.repeat(5_121)) }, 10_054],
    [Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`K${n}`, text(`K${n}`, '')])), 100_160],
  ] as const
  for (const [changes, code] of refused) await expect(patch(changes)).rejects.toMatchObject(refusal(400, code))
  const many = (from: number) =>
    Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`K${from + n}`, text(`K${from + n}`, '')]))
  await patch(many(0))
  await expect(patch(many(64))).rejects.toMatchObject(refusal(400, 10_055))
  emulator.setDeployed(false)
  await expect(patch({ X: text('X', 'x') })).rejects.toMatchObject(refusal(400, 10_215))
  for (const [key, value] of held) expect(emulator.contents().get(key)).toBe(value)
  expect(emulator.contents().has('X')).toBe(false)
  expect(emulator.deployments()).toBe(3)
})

test('tokens, accounts, Workers and missing permissions', async () => {
  const { tokens } = emulator
  expect(await connect().user.tokens.verify()).toMatchObject({ status: 'active' })
  expect(await connect(tokens.expired).user.tokens.verify()).toMatchObject({ status: 'expired' })
  expect(await connect(tokens.ofAccount).accounts.tokens.verify({ account_id })).toMatchObject({ status: 'active' })
  await expect(connect(tokens.ofAccount).user.tokens.verify()).rejects.toMatchObject(refusal(401, 1000))
  expect(await connect(tokens.admin).accounts.get({ account_id })).toMatchObject({ name: 'Acme' })
  await expect(connect().accounts.get({ account_id })).rejects.toMatchObject(refusal(403, 10_000))
  const scripts = await all(connect().workers.scripts.list({ account_id }))
  expect(scripts.map(({ id }) => id)).toEqual(['storefront', 'storefront-staging', 'checkout'])

  const list = (token?: string, script = scriptName) => all(secretsOf(connect(token)).list(script, { account_id }))
  await expect(list('not a token')).rejects.toMatchObject(refusal(400, 6003))
  await expect(list('cfut_unknownTokenOfSomebody')).rejects.toMatchObject(refusal(401, 10_000))
  await expect(list(tokens.stranger)).rejects.toMatchObject(refusal(403, 10_000))
  await expect(list(undefined, 'absent')).rejects.toMatchObject(refusal(404, 10_007))
  await expect(
    secretsOf(connect(tokens.reader)).update(scriptName, { account_id, ...text('A', 'a') }),
  ).rejects.toMatchObject(refusal(403, 10_000))
})

test('the first call too many blocks the token, with the seconds to wait', async () => {
  emulator.setRateLimit({ burst: 2, refill: 2, intervalMs: 60_000 })
  const calls = () => secretsOf().list(scriptName, { account_id }).asResponse()
  expect((await calls()).headers.get('ratelimit')).toBe('"default";r=1;t=60')
  await calls()
  await expect(calls()).rejects.toMatchObject({ status: 429, errors: [{ code: 971 }] })
  await expect(calls()).rejects.toMatchObject({ status: 429 })
})
