/**
 * Processes of an earlier commit beside those of this one, on one store: whatever maintenance they run, nothing is
 * lost.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createDatabase } from '@keyferry/db/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { environmentOf, newPlace, NODE_COMPILE_CACHE, onEveryProfile, startInstance, type Profile } from './instance.ts'

/** The last commit whose maintenance did not look for a newer store. */
const OLDER = '9a61d4fa801536b5c31a28a5fcb2ddf61d23ee3d'
/** What its command line says where it must not touch the store, in its own words. */
const REFUSALS: Record<Profile, RegExp> = {
  embedded: /The store is older than this Keyferry|is in use by another Keyferry/,
  fleet: /The store is older than this Keyferry|KEYFERRY_ROOT_KEY_NEXT beside|keeps its data in Postgres/,
}
const ROOT = join(import.meta.dirname, '../../..')
const isThere = spawnSync('git', ['cat-file', '-e', `${OLDER}^{commit}`], { cwd: ROOT }).status === 0

describe.skipIf(!isThere)(`beside ${OLDER.slice(0, 7)} (needs the history of git)`, () => {
  let older: string
  beforeAll(async () => {
    older = await mkdtemp(join(tmpdir(), 'keyferry-older-'))
    const unpack = `git archive ${OLDER} apps packages package.json | tar -x -C '${older}'`
    expect(spawnSync('sh', ['-c', unpack], { cwd: ROOT }).status).toBe(0)
    linkModules(older)
  })
  afterAll(() => rm(older, { recursive: true, force: true }))

  onEveryProfile((profile) => {
    it('loses nothing, whatever maintenance the older processes run', { timeout: 300_000 }, async () => {
      // The older version creates the schema.
      const place = await newPlace(profile, undefined, createDatabase)
      const env = {
        ...environmentOf(place),
        ...(profile === 'fleet' ? { KEYFERRY_ROOT_KEY: readFileSync(join(place.dataDir, 'root.key'), 'utf8') } : {}),
        KEYFERRY_PASSPHRASE: 'a long passphrase',
      }
      const before = await serveOlder(older, env)
      let serving: { url: string } = before
      const { send, projectId, token } = await seedFixtures(() => serving.url)
      // A fleet is replaced one process after the other.
      if (profile === 'embedded') await before.stop()
      const instance = await startInstance(profile, place)
      serving = instance
      const contents = async () => ({
        now: (await send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)).secrets.map(content),
        versions: (
          await send('GET', `/api/v1/secret-versions/A?projectId=${projectId}&environment=dev`)
        ).secretVersions.map(content),
      })
      const whole = await contents()
      expect(whole.versions.map(({ comment }: { comment: string }) => comment)).toEqual(['second', 'first'])

      const file = (name: string) => join(place.dataDir, name)
      const commands = [
        ['rotate-data-key', '--project', projectId],
        ['rotate-root-key'],
        ['prune-audit', '--older-than', '1', '--yes'],
        ['export-project', file('older.keyferry'), '--project', projectId],
        ['backup', file('older.db')],
        ['verify-audit'],
        ['restore', file('older.db'), '--yes'],
      ]
      const results = await resultsOf(
        older,
        commands.map((args) => ['admin', ...args]),
        env,
      )
      expect(results).toHaveLength(commands.length)
      // By the words of the older code: one that can't be loaded would fail as well.
      for (const { code, stderr } of results) {
        expect(code).toBeGreaterThan(0)
        expect(stderr).toMatch(REFUSALS[profile])
      }
      expect(existsSync(file('older.keyferry'))).toBe(false)

      // The new process begins; only new ones may continue with it.
      await send('POST', `/api/v1/projects/${projectId}/rotate-data-key`)
      if (profile === 'fleet') {
        const ready = await fetch(`${before.url}/api/ready`)
        expect(ready.status).toBe(503)
        // It lets nobody in who signed in with this version.
        const secret = { projectId, environment: 'dev', secretValue: 'from before' }
        const written = await fetch(`${before.url}/api/v4/secrets/B`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
          body: JSON.stringify(secret),
        })
        expect(written.status).toBeGreaterThanOrEqual(400)
      }
      await expect
        .poll(async () => (await send('GET', '/api/v1/data-key-rotations')).rotations, { timeout: 60_000 })
        .toEqual([])
      expect(await contents()).toEqual(whole)
      if (profile === 'fleet') return
      // One process at a time: the older one does not start beside this one, nor on the store that it left.
      await expect(serveOlder(older, env)).rejects.toThrow('is in use by another Keyferry')
      await instance.stop()
      await expect(serveOlder(older, env)).rejects.toThrow('by a newer version of Keyferry')
      await instance.restart()
      expect(await contents()).toEqual(whole)
    })
  })
})

// oxlint-disable-next-line no-explicit-any -- what a client without types sees.
type Answer = any

const content = (row: Answer) => ({
  key: row.secretKey,
  version: row.version,
  value: row.secretValue,
  comment: row.secretComment ?? row.comment,
  metadata: row.secretMetadata ?? row.metadata,
})

/** A project whose secret A has two versions, each with a comment and metadata. */
async function seedFixtures(url: () => string) {
  let token = ''
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(url() + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    expect({ path, status: answer.status }).toEqual({ path, status: 200 })
    return answer.json()
  }
  const account = { email: 'ada@example.com', password: 'correct horse battery', organization: 'Acme' }
  token = (await send('POST', '/api/v1/admin/bootstrap', account)).identity.credentials.token
  const projectId = (await send('POST', '/api/v1/projects', { projectName: 'Shop' })).project.id
  const secret = (secretValue: string, secretComment: string) => ({
    projectId,
    environment: 'dev',
    secretValue,
    secretComment,
    secretMetadata: [{ key: 'owner', value: secretComment }],
  })
  await send('POST', '/api/v4/secrets/A', secret('one', 'first'))
  await send('PATCH', '/api/v4/secrets/A', secret('two', 'second'))
  return { send, projectId, token: () => token }
}

/**
 * One `node_modules` for the older tree: its own packages by their names, and every other that a folder of this tree
 * has installed.
 */
function linkModules(older: string): void {
  const link = (name: string, target: string): void => {
    const path = join(older, 'node_modules', name)
    if (existsSync(path)) return
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path)
  }
  for (const folder of foldersOf(older)) {
    const { name }: { name: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    link(name, folder)
  }
  for (const folder of foldersOf(ROOT)) {
    const installed = join(folder, 'node_modules')
    if (!existsSync(installed)) continue
    const names = readdirSync(installed)
      .filter((name) => !name.startsWith('.') && name !== '@keyferry')
      .flatMap((name) =>
        name.startsWith('@') ? readdirSync(join(installed, name)).map((one) => join(name, one)) : [name],
      )
    for (const name of names) link(name, realpathSync(join(installed, name)))
  }
}

const foldersOf = (tree: string): string[] =>
  ['apps', 'packages'].flatMap((group) => readdirSync(join(tree, group)).map((name) => join(tree, group, name)))

/**
 * Runs command lines of the older version one after the other, in one process: loading it takes longer than all of
 * them.
 */
async function resultsOf(
  older: string,
  commands: string[][],
  env: Record<string, string>,
): Promise<{ code: number; stderr: string }[]> {
  const script = `
    import { PassThrough, Readable } from 'node:stream'
    import { text } from 'node:stream/consumers'
    import { run } from ${JSON.stringify(join(older, 'apps/cli/src/program.ts'))}
    const results = []
    for (const args of ${JSON.stringify(commands)}) {
      const [stdout, stderr] = [new PassThrough().resume(), new PassThrough()]
      const code = await run(args, process.env, { stdin: Readable.from([]), stdout, stderr })
      results.push({ code, stderr: await text(stderr.end()) })
    }
    process.stdout.write('\\n' + JSON.stringify(results), () => process.exit(0))`
  const child = start(['--input-type=module', '--eval', script], env)
  const [stdout, problems, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`the older version ended with ${code}: ${problems}`)
  return JSON.parse(stdout.split('\n').at(-1) ?? '')
}

interface Serving {
  url: string
  stop(): Promise<void>
}

/** The older version as one process, on a store that it makes. */
async function serveOlder(older: string, env: Record<string, string>): Promise<Serving> {
  const child = start([join(older, 'apps/keyferry/src/main.ts')], env)
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ended
  }
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGKILL')
    await ended
  })
  const { promise, resolve, reject } = Promise.withResolvers<Serving>()
  let said = ''
  let problems = ''
  child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
  child.once('close', (code) => reject(new Error(`the older version ended with ${code}: ${said}${problems}`)))
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    const url = /serves on (\S+)/.exec(said)?.[1]
    if (url !== undefined) resolve({ url, stop })
  })
  return promise
}

const start = (args: string[], env: Record<string, string>): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, args, { env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE, ...env } })
