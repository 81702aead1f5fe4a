/** The main job, from outside: everything over HTTP, every destination there is, both profiles. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { clientOf, createSource, createSync } from '../src/demo/setup.ts'
import { settled } from '../src/demo/settled.ts'
import { onEveryProfile, signUp, startEmulators, startInstance } from './instance.ts'

const DOTENV = `
PLAIN=one
QUOTED="two # not a comment"
MULTILINE="-----BEGIN KEY-----
abc
-----END KEY-----"
UNICODE="Grüße 👋"
__proto__=like-any-other
constructor=too
`
const VALUES = {
  PLAIN: 'one',
  QUOTED: 'two # not a comment',
  MULTILINE: '-----BEGIN KEY-----\nabc\n-----END KEY-----',
  UNICODE: 'Grüße 👋',
  ['__proto__']: 'like-any-other',
  constructor: 'too',
}
const LIMIT_MS = 60_000

onEveryProfile((profile) => {
  it('fills every target, delivers a change to all of them, and converges after a stop with work left and a lost queue', async () => {
    const instance = await startInstance(profile)
    const vendors = await startEmulators()
    const { account, client } = await signUp(instance)
    const { source } = await createSource(client, DOTENV)
    const syncs = await Promise.all([...vendors].map(([name, emulator]) => createSync(client, source, name, emulator)))
    await settled(client, source.projectId, syncs, LIMIT_MS)
    for (const emulator of vendors.values())
      expect(new Map(emulator.contents())).toEqual(new Map(Object.entries(VALUES)))

    await client.secrets.update.mutate({ ...source, key: 'PLAIN', value: 'changed' })
    await settled(client, source.projectId, syncs, LIMIT_MS)
    await client.secrets.delete.mutate({ ...source, key: 'QUOTED' })
    await settled(client, source.projectId, syncs, LIMIT_MS)
    for (const emulator of vendors.values()) {
      expect(emulator.contents().get('PLAIN')).toBe('changed')
      expect(emulator.contents().has('QUOTED')).toBe(false)
    }

    // The vendors hang while the changes are accepted, so the process dies with every sync behind.
    for (const emulator of vendors.values()) emulator.setLatency(60_000)
    for (let i = 0; i < 10; i++) await client.secrets.update.mutate({ ...source, key: 'PLAIN', value: `value ${i}` })
    await instance.stop()
    for (const emulator of vendors.values()) expect(emulator.contents().get('PLAIN')).toBe('changed')
    for (const emulator of vendors.values()) emulator.setLatency(0)
    await deleteQueue(instance)

    await instance.restart()
    await settled(clientOf(instance.url, account), source.projectId, syncs, LIMIT_MS)
    for (const emulator of vendors.values()) expect(emulator.contents().get('PLAIN')).toBe('value 9')
  }, 240_000)
})

async function deleteQueue({ dataDir, databaseUrl }: { dataDir: string; databaseUrl: string | null }): Promise<void> {
  if (databaseUrl === null) return rm(join(dataDir, 'queue'), { recursive: true })
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('drop schema pgboss cascade')
  await client.end()
}
