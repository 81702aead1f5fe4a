/** What the conformance suite doesn't ask: deployments, names that other bindings have, refusals of a whole batch. */
import { afterEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { startEmulator, type CloudflareWorkersEmulator } from './emulator/index.ts'
import workers from './index.ts'

let emulator: CloudflareWorkersEmulator
afterEach(() => emulator.close())

const clientAt = (scriptId = emulator.target.scriptId, apiToken: string = emulator.tokens.writer): Client =>
  workers.open(sessionTo(workers, { ...emulator.credentials, apiToken }), workers.target.parse({ scriptId }), {})

/** The outcome of every change by its key: `done`, or the error's kind. */
async function outcomes(client: Client, changes: readonly Change[]): Promise<Record<string, string>> {
  const ended: [string, string][] = []
  await client.apply(changes, {
    replacing: async () => {},
    done: async ({ key }) => void ended.push([key, 'done']),
    failed: async ({ key }, { kind }: DestinationError) => void ended.push([key, kind]),
  })
  return Object.fromEntries(ended)
}
const write = (key: string, value = 'value'): Change => ({ action: 'create', key, value, flags: {} })
const removal = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })
const everyDone = (changes: readonly Change[]) => Object.fromEntries(changes.map(({ key }) => [key, 'done']))

test('a hundred changes are one deployment, and removals of absent secrets none', async () => {
  emulator = await startEmulator()
  emulator.put('OLD', 'old')
  const changes = [...Array.from({ length: 99 }, (_, n) => write(`KEY_${n}`)), removal('OLD'), removal('ABSENT')]
  expect(await outcomes(clientAt(), changes)).toEqual(everyDone(changes))
  expect(emulator.deployments()).toBe(2)
  expect(await outcomes(clientAt(), [removal('ABSENT')])).toEqual({ ABSENT: 'done' })
  expect(emulator.deployments()).toBe(2)
})

test.each([
  ['names it', {}],
  ['names none', { namesRefused: false }],
  ['refuses to remove an absent one', { absentIsRemoved: false }],
  ['does both', { namesRefused: false, absentIsRemoved: false }],
  ['takes 25 at a time', { bulkLimit: 25 }],
])('a name that another binding has stops no other key, if Cloudflare %s', async (_, behaviour) => {
  emulator = await startEmulator({ behaviour })
  emulator.bind({ name: 'PLAIN', type: 'plain_text', text: 'theirs' })
  emulator.put('GONE', 'soon')
  const changes = [...Array.from({ length: 40 }, (_, n) => write(`KEY_${n}`)), write('PLAIN'), removal('GONE')]
  const client = clientAt()
  expect((await client.list()).map(({ key }) => key)).toEqual(['GONE'])
  // Somebody else removes it in between.
  emulator.remove('GONE')
  expect(await outcomes(client, changes)).toEqual({ ...everyDone(changes), PLAIN: 'rejected' })
  expect(emulator.contents().size).toBe(40)
  expect(emulator.deployments()).toBeLessThanOrEqual(3)
})

test('a Worker whose newest version is not deployed takes nothing, in one call', async () => {
  emulator = await startEmulator()
  emulator.setDeployed(false)
  const client = clientAt()
  await client.list()
  const before = emulator.log.length
  expect(await outcomes(client, [write('A'), write('B')])).toEqual({ A: 'conflict', B: 'conflict' })
  expect(emulator.log.length - before).toBe(1)
})

test('a change that the answer does not show is not done', async () => {
  emulator = await startEmulator()
  emulator.put('OLD', 'old')
  const client = clientAt()
  await client.list()
  const body = { success: true, errors: [], messages: [], result: { OLD: { name: 'OLD', type: 'secret_text' } } }
  for (const change of [write('NEW'), removal('OLD')]) {
    emulator.fail(1, { kind: 'status', status: 200, body }, (method) => method === 'PATCH')
    expect(await outcomes(client, [change])).toEqual({ [change.key]: 'unavailable' })
  }
})

test('a key of another type is shown as such', async () => {
  emulator = await startEmulator()
  emulator.bind({ name: 'SIGNING', type: 'secret_key' })
  expect(await clientAt().list()).toMatchObject([{ key: 'SIGNING', otherType: 'a secret of the type secret_key' }])
})

test('tokens: wrong, malformed, of others, read-only; and a Worker that does not exist', async () => {
  emulator = await startEmulator()
  const { tokens, credentials } = emulator
  const check = (apiToken: string) => workers.connection.check(sessionTo(workers, { ...credentials, apiToken }))
  const accountId = credentials.accountId
  expect(await check(tokens.writer)).toEqual({ label: accountId, id: accountId })
  expect(await check(tokens.admin)).toEqual({ label: 'Acme', id: accountId })
  expect(await check(tokens.ofAccount)).toEqual({ label: accountId, id: accountId })
  for (const wrong of ['cfut_unknownTokenOfSomebody', 'short', tokens.stranger, tokens.expired])
    await expect(check(wrong)).rejects.toMatchObject({ kind: 'auth' })
  await expect(clientAt('absent').list()).rejects.toMatchObject({ kind: 'missing' })
  const reader = clientAt(undefined, tokens.reader)
  await expect(outcomes(reader, [write('A')])).rejects.toMatchObject({ kind: 'auth' })
})
