import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createDatabase } from '@keyferry/db/testing'
import { backup, listAudit, rotateRootKey, SYSTEM, verifyAudit, type Context } from '@keyferry/kernel'
import { insertOrganization, readSetting } from '@keyferry/kernel/authority'
import { createProject, createSecret, getSecret, updateSecrets } from '@keyferry/vault'
import { ownPostgres } from '@keyferry/vitest/own-postgres'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { changeRootKey, openAdmin, OPERATOR } from './admin.ts'
import { StartupError } from '../startup-error.ts'
import { readEnv, type Env } from '../settings/env.ts'
import { openRuntime, type Runtime } from '../open.ts'
import { announce } from '../processes.ts'
import { restoreBackup } from './restore.ts'
import { prepareNextKey } from '../keys/root-key.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function environment(variables: Record<string, string> = {}): Promise<Env> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-admin-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  return readEnv({ LOG_LEVEL: 'silent', KEYFERRY_DATA_DIR: dir, ...variables })
}

async function open(env: Env): Promise<Runtime> {
  const instance = await openRuntime(env)
  closing.push(() => instance.close())
  return instance
}

async function close(instance: Runtime): Promise<void> {
  closing.pop()
  await instance.close()
}

/** An organization, a project and the secret A = `first`. */
async function setUp({ ctx }: Runtime): Promise<string> {
  const id = randomUUID()
  await ctx.db.transaction().execute((tx) => insertOrganization(ctx, tx, { id, name: 'Acme', slug: 'acme' }))
  const project = await createProject(ctx, SYSTEM, { name: 'Shop', withDefaultEnvironments: true })
  await createSecret(ctx, SYSTEM, {
    ...place(project.id),
    key: 'A',
    value: 'first',
    comment: '',
  })
  return project.id
}

const place = (projectId: string) => ({ projectId, environment: 'dev', secretPath: '/' })
const read = async (ctx: Context, projectId: string, key = 'A') => {
  const flags = {
    expandReferences: false,
    includeImports: false,
    showValues: true,
  }
  return (await getSecret(ctx, SYSTEM, { ...place(projectId), ...flags, key })).value
}

describe('a change of the root key in a file', () => {
  it('happens while the instance serves, which continues with the new one', async () => {
    const env = await environment()
    const serving = await open(env)
    const projectId = await setUp(serving)
    const old = await readFile(join(env.KEYFERRY_DATA_DIR, 'root.key'), 'utf8')

    expect(await changeRootKey(env)).toBeGreaterThanOrEqual(4)
    expect(await readFile(join(env.KEYFERRY_DATA_DIR, 'root.key'), 'utf8')).not.toBe(old)
    expect(existsSync(join(env.KEYFERRY_DATA_DIR, 'root.key.next'))).toBe(false)
    expect(await read(serving.ctx, projectId)).toBe('first')
    const { id } = await createProject(serving.ctx, SYSTEM, { name: 'Later', withDefaultEnvironments: true })

    const { authKey } = serving
    await close(serving)
    const again = await open(env)
    expect(await read(again.ctx, projectId)).toBe('first')
    await createSecret(again.ctx, SYSTEM, {
      ...place(id),
      key: 'B',
      value: 'b',
      comment: '',
    })
    expect(again.authKey).toEqual(authKey)
    expect(await verifyAudit(again.ctx)).toMatchObject({ problem: null })
    await close(again)
    await writeFile(join(env.KEYFERRY_DATA_DIR, 'root.key'), old)
    await expect(open(env)).rejects.toThrow('is not the root key')
  })

  it.each([
    ['after the new key was written', async (env: Env) => void prepareNextKey(env.KEYFERRY_DATA_DIR)],
    [
      'after the store was rewrapped',
      async (env: Env) => {
        const next = prepareNextKey(env.KEYFERRY_DATA_DIR)
        const { ctx, close } = await openAdmin(env)
        await rotateRootKey(ctx, OPERATOR, next)
        await close()
      },
    ],
  ])('that dies %s is no obstacle to a start, and is finished by doing it again', async (_, half) => {
    const env = await environment()
    const first = await open(env)
    const projectId = await setUp(first)
    await close(first)
    const old = await readFile(join(env.KEYFERRY_DATA_DIR, 'root.key'), 'utf8')
    await half(env)
    const started = await open(env)
    expect(await read(started.ctx, projectId)).toBe('first')
    await close(started)
    await changeRootKey(env)
    expect(await readFile(join(env.KEYFERRY_DATA_DIR, 'root.key'), 'utf8')).not.toBe(old)
    expect(await read((await open(env)).ctx, projectId)).toBe('first')
  })
})

describe.skipIf(!inject('postgresUrl'))('a change of the root key in the environment', () => {
  it('moves from one key over both to the other', async () => {
    const [old, next] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
    const DATABASE_URL = await createDatabase()
    const fleet = (keys: Record<string, string>) => environment({ DATABASE_URL, ...keys })
    const first = await open(await fleet({ KEYFERRY_ROOT_KEY: old }))
    const projectId = await setUp(first)
    await close(first)
    await expect(changeRootKey(await fleet({ KEYFERRY_ROOT_KEY: old }))).rejects.toThrow('KEYFERRY_ROOT_KEY_NEXT')
    const both = await fleet({ KEYFERRY_ROOT_KEY: old, KEYFERRY_ROOT_KEY_NEXT: next })
    const serving = await open(both)
    // One that was not restarted would be left with nothing that it can read.
    const behind = announce(serving.ctx, () => ({ rootKeys: [Buffer.from(old, 'base64')], dataDir: null }))
    await expect.poll(() => changeRootKey(both).catch(String)).toContain(`process ${process.pid} on`)
    await behind.stop()
    await changeRootKey(both)
    expect(await read(serving.ctx, projectId)).toBe('first')
    await close(serving)
    await close(await open(both))
    await expect(open(await fleet({ KEYFERRY_ROOT_KEY: old }))).rejects.toThrow(StartupError)
    expect(await read((await open(await fleet({ KEYFERRY_ROOT_KEY: next }))).ctx, projectId)).toBe('first')
  })
})

describe('a backup', () => {
  it('is one moment of the store, taken while others write, and comes back whole', async () => {
    const env = await environment()
    const serving = await open(env)
    const projectId = await setUp(serving)
    // Both secrets always change together: a backup that caught half of it would show two values.
    let writing = true
    const writer = (async () => {
      for (let i = 0; writing; i++) {
        const secrets = ['X', 'Y'].map((key) => ({ key, value: `value ${i}` }))
        await updateSecrets(serving.ctx, SYSTEM, { ...place(projectId), mode: 'upsert', secrets })
        // As between two requests: SQLite answers at once, and the file that is hashed meanwhile would never be read.
        await setImmediate()
      }
    })()
    const file = join(env.KEYFERRY_DATA_DIR, 'backup.db')
    const other = await openAdmin(env)
    await expect.poll(() => read(serving.ctx, projectId, 'Y').catch(() => '')).toContain('value')
    await backup(serving.ctx, OPERATOR, file)
    writing = false
    await writer
    // Its audit row waits for the lock in this very thread, so nobody may hold that meanwhile.
    await backup(other.ctx, OPERATOR, `${file}.2`)
    const { entries: made } = await listAudit(serving.ctx, OPERATOR, { action: 'instance.backup', limit: 10 })
    expect(made.map(({ details }) => details['file'])).toEqual([`${file}.2`, file])
    await expect(backup(other.ctx, OPERATOR, file)).rejects.toThrow('exists already')
    await other.close()
    await updateSecrets(serving.ctx, SYSTEM, {
      ...place(projectId),
      mode: 'upsert',
      secrets: [{ key: 'A', value: 'lost' }],
    })
    await expect(restoreBackup(env, file, { unsealed: true })).rejects.toThrow('is in use')
    await close(serving)
    expect(await readdir(env.KEYFERRY_DATA_DIR)).not.toContainEqual(expect.stringContaining('partial'))

    for (const from of [file, `${file}.2`]) {
      const frozen = from === file
      expect(await restoreBackup(env, from, { unsealed: true, frozen })).toContain('before-restore')
      const again = await open(env)
      const pauses: unknown = JSON.parse(await readSetting(again.ctx.db, 'pauses'))
      const paused = expect.objectContaining({
        by: 'Operator',
        why: expect.stringContaining('Restored from backup.db'),
      })
      expect(pauses).toEqual(frozen ? { instance: paused } : {})
      expect(await read(again.ctx, projectId)).toBe('first')
      expect(await read(again.ctx, projectId, 'X')).toBe(await read(again.ctx, projectId, 'Y'))
      expect(await verifyAudit(again.ctx)).toMatchObject({ problem: null })
      const { entries } = await listAudit(again.ctx, OPERATOR, { action: 'instance.restore', limit: 10 })
      expect(entries).toMatchObject([{ actor: { name: 'Operator' }, details: { file: from } }])
      expect(
        (await listAudit(again.ctx, OPERATOR, { action: 'instance.end-sessions', limit: 10 })).entries,
      ).toHaveLength(1)
      await close(again)
    }
  })

  it('is refused, with nothing changed, when it is none, damaged, or of another root key', async () => {
    const env = await environment()
    const serving = await open(env)
    const projectId = await setUp(serving)
    const file = join(env.KEYFERRY_DATA_DIR, 'backup.db')
    await backup(serving.ctx, OPERATOR, file)
    await close(serving)
    const none = join(env.KEYFERRY_DATA_DIR, 'none')
    await writeFile(none, 'not a database')
    await expect(restoreBackup(env, none, { unsealed: true })).rejects.toThrow('is not a whole Keyferry store')
    const bytes = await readFile(file)
    // Anywhere: a value of a row, a page that nothing uses, the line at the end.
    for (const at of [bytes.length - 3, Math.floor(bytes.length / 2), bytes.length - 700]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(none, changed)
      await expect(restoreBackup(env, none, { unsealed: false })).rejects.toThrow(StartupError)
    }
    const line = bytes.lastIndexOf('\nkeyferry-backup-1 ')
    await writeFile(none, bytes.subarray(0, line))
    await expect(restoreBackup(env, none, { unsealed: false })).rejects.toThrow('does not say whether it was changed')
    await writeFile(none, bytes.subarray(0, Math.floor(bytes.length / 2)))
    await expect(restoreBackup(env, none, { unsealed: true })).rejects.toThrow(StartupError)
    await expect(
      restoreBackup({ ...env, KEYFERRY_ROOT_KEY: randomBytes(32) }, file, { unsealed: true }),
    ).rejects.toThrow('is not the root key')
    expect(await readdir(env.KEYFERRY_DATA_DIR)).not.toContainEqual(expect.stringMatching(/restor/))
    // The last step does not happen, as when the process is killed right before it.
    const agreed = () => rm(join(env.KEYFERRY_DATA_DIR, 'keyferry.db.restoring'))
    await expect(restoreBackup(env, file, { unsealed: false, agreed })).rejects.toThrow('ENOENT')
    expect(await read((await open(env)).ctx, projectId)).toBe('first')
  })
})

/** Debian's server beside its tools: those refuse a newer server, and the package of the other tests has no tools. */
const installed = `/usr/lib/postgresql/${/\d+/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0]}`

describe.skipIf(!existsSync(join(installed, 'bin/postgres')))(
  'a dump of Postgres (needs the Debian package postgresql)',
  () => {
    it('comes back with the commands that the documents and the command line name', async () => {
      const { url: DATABASE_URL } = await ownPostgres({ installed })
      const env = await environment({ DATABASE_URL, KEYFERRY_ROOT_KEY: randomBytes(32).toString('base64') })
      const first = await open(env)
      // With the queue's tables and partitions.
      await first.jobs.start()
      const projectId = await setUp(first)
      const told = await restoreBackup(env, 'keyferry.dump', { unsealed: false }).catch(String)
      const restoring = /pg_restore .*/.exec(String(told))?.[0] ?? ''
      const dumping =
        /pg_dump .*/.exec(await backup(first.ctx, OPERATOR, 'keyferry.dump').then(String, String))?.[0] ?? ''
      const documented = await readFile(join(import.meta.dirname, '../../../../docs/keys-and-backups.md'), 'utf8')
      expect(documented).toContain(dumping.replace(/\.$/, ''))
      expect(documented).toContain(restoring)
      const run = (command: string) => {
        const { status, stderr } = spawnSync('sh', ['-c', command.replace(/\.$/, '')], {
          cwd: env.KEYFERRY_DATA_DIR,
          env: { ...process.env, DATABASE_URL },
          encoding: 'utf8',
        })
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      }
      run(dumping)
      const place = { projectId, environment: 'dev', secretPath: '/' }
      const secrets = [{ key: 'A', value: 'lost' }]
      await updateSecrets(first.ctx, SYSTEM, { ...place, mode: 'upsert', secrets })
      await close(first)
      run(restoring)
      const again = await open(env)
      await again.jobs.start()
      expect(await read(again.ctx, projectId)).toBe('first')
      expect(await verifyAudit(again.ctx)).toMatchObject({ problem: null })
    })
  },
)
