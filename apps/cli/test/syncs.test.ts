import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import { settled } from '@keyferry/server/demo'
import { signUp, startEmulators, startInstance, type TestInstance } from '@keyferry/server/testing'
import { newHome, type Home } from '@keyferry/server/testing-cli'
import { program } from '@keyferry/vitest/programs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'

// One instance for all of them: each test has a project with a sync of its own.
let instance: TestInstance
let client: KeyferryClient
let emulator: Emulator
let home: Home
let account: Awaited<ReturnType<typeof signUp>>['account']
let projectId = ''
let slug = ''
let projects = 0
let ref = { destination: '', syncId: '' }
const place = () => ({ projectId, environment: 'dev', secretPath: '/' })

const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  instance = await startInstance('embedded', undefined, (end) => closing.push(end))
  ;({ account, client } = await signUp(instance))
})
afterAll(async () => {
  for (const end of closing.reverse()) await end()
})

beforeEach(async () => {
  slug = `shop-no-${++projects}`
  home = await newHome({ KEYFERRY_URL: instance.url, KEYFERRY_TOKEN: account.token })
  const [first] = await startEmulators()
  if (!first) throw new Error('no destination')
  const [destination, started] = first
  emulator = started
  projectId = (await client.projects.create.mutate({ name: 'Shop', slug })).id
  await client.secrets.createMany.mutate({
    ...place(),
    secrets: Array.from({ length: 12 }, (_, n) => ({ key: `KEY_${n}`, value: `value-${n}` })),
  })
  const connection = await client.connections.create.mutate({
    destination,
    name: `vendor-of-${slug}`,
    credentials: emulator.credentials,
    projectId,
  })
  const sync = await client.syncs.create.mutate({
    ...place(),
    destination,
    name: 'to-vendor',
    connectionId: connection.id,
    target: emulator.target,
    autoSync: false,
    options: { deletionPolicy: 'owned' },
  })
  ref = { destination, syncId: sync.id }
})

// The command line also names what is wrong with the other projects.
afterEach(() => client.projects.delete.mutate({ projectId, syncs: 'keep-secrets' }))

const keyferry = (...args: string[]) => home.keyferry([...args, '--project', slug])

it('shows what would happen, does it, and says when nothing is left', async () => {
  const before = await keyferry('syncs', 'plan')
  expect(before).toMatchObject({ code: 2, stderr: '' })
  expect(before.stdout).toMatch(/^ {2}\+ KEY_3 +\S.*$/m)
  expect(before.stdout).toMatch(/^Plan: 12 to create, 0 to update, 0 to delete/m)
  expect(before.stdout).not.toContain('value-3')
  expect([...emulator.contents().keys()]).toEqual([])

  const applied = await keyferry('syncs', 'apply', 'to-vendor')
  expect(applied).toMatchObject({ code: 0, stderr: '' })
  expect(applied.stdout).toContain('Done: 12 created, 0 updated, 0 deleted.')
  expect(emulator.contents().get('KEY_3')).toBe('value-3')
  expect(await keyferry('syncs', 'plan', 'to-vendor')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('No changes. 12 unchanged.'),
  })

  await client.secrets.update.mutate({ ...place(), key: 'KEY_3', value: 'other' })
  const json = await keyferry('syncs', 'plan', '--json')
  expect(json.code).toBe(2)
  expect(JSON.parse(json.stdout)).toMatchObject([{ sync: 'to-vendor', changed: true, summary: { update: 1 } }])
  const where = (...more: string[]) => keyferry('where', 'KEY_3', '--env', 'dev', ...more)
  for (const timeout of ['0', 'Infinity', '1e9'])
    expect(await where('--wait', '--timeout', timeout)).toMatchObject({ code: 64, stdout: '' })
  const late = await where('--wait', '--timeout', '1')
  expect(late).toMatchObject({ code: 2, stdout: expect.stringContaining('The old value can’t be revoked yet:') })
  expect(late.stdout).toMatch(/^to-vendor .* KEY_3 +does not have the newest version yet/m)
  const waiting = await home.start(['where', 'KEY_3', '--env', 'dev', '--wait', '--json', '--project', slug])
  expect(await keyferry('syncs', 'apply', 'to-vendor')).toMatchObject({ code: 0 })
  expect(await waiting.ended).toMatchObject({ code: 0 })
  expect(JSON.parse(waiting.output())).toMatchObject({ version: 2, isDelivered: true, revocation: { isSafe: true } })
  const delivered = await where()
  expect(delivered.stdout).toContain('The old value can be revoked.')
  expect(delivered.stdout).toMatch(/^to-vendor .* KEY_3 .* (read back|write confirmed)$/m)
  await client.secrets.update.mutate({ ...place(), key: 'KEY_3', value: 'once more' })
  expect((await keyferry('syncs', 'list')).stdout).toMatch(/^to-vendor +dev:\/ .* out of sync /m)
  expect((await keyferry('syncs', 'plan', 'nope')).stderr).toContain('There are: to-vendor.')

  await keyferry('syncs', 'pause', 'to-vendor', '--reason', 'release 12')
  expect(await client.syncs.get.query(ref)).toMatchObject({
    status: 'paused',
    reason: { scope: 'sync', why: 'release 12', waiting: true },
  })
  expect(await keyferry('syncs', 'apply', 'to-vendor')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('release 12. Resume first.'),
  })
  const arrived = emulator.contents().get('KEY_3')
  await keyferry('syncs', 'exclude', 'to-vendor', 'KEY_3', '--reason', 'set by hand')
  await keyferry('syncs', 'resume', 'to-vendor')
  await client.secrets.update.mutate({ ...place(), key: 'KEY_4', value: 'sent' })
  expect(await keyferry('syncs', 'apply', 'to-vendor')).toMatchObject({ code: 0 })
  expect(emulator.contents().get('KEY_4')).toBe('sent')
  expect(emulator.contents().get('KEY_3')).toBe(arrived)
  await keyferry('syncs', 'pause', '--reason', 'freeze')
  expect((await keyferry('syncs', 'list')).stdout).toMatch(
    / paused .*All syncs of this project are paused by .*: freeze/m,
  )

  const connection = await keyferry('connections', 'test', `vendor-of-${slug}`)
  expect(connection).toMatchObject({ code: 0, stdout: expect.stringMatching(/^vendor-of-\S+ works/) })
  expect((await keyferry('connections', 'list')).stdout).toContain(`vendor-of-${slug}`)

  const healthy = await home.keyferry(['doctor', '--json'])
  expect(healthy).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(healthy.stdout)).toMatchObject({
    ok: true,
    errors: 0,
    findings: expect.arrayContaining([
      expect.objectContaining({ check: 'readiness', state: 'ok' }),
      expect.objectContaining({ check: 'clock', state: 'ok' }),
      expect.objectContaining({ check: 'proxy', message: 'It knows this machine by the address 127.0.0.1.' }),
      expect.objectContaining({ check: 'mail', state: 'warning', remedy: 'Set SMTP_URL and MAIL_FROM.' }),
      expect.objectContaining({ check: `connection vendor-of-${slug}`, state: 'ok' }),
      expect.objectContaining({ check: 'live feed', state: 'ok' }),
      expect.objectContaining({ check: `syncs of Shop (${slug})`, state: 'ok' }),
    ]),
  })
  emulator.fail(1, { kind: 'status', status: 401 })
  // As many as one person may have.
  const opened = vi.fn()
  const feeds = Array.from({ length: 20 }, () => client.syncs.events.subscribe({ projectId }, { onStarted: opened }))
  await vi.waitFor(() => expect(opened).toHaveBeenCalledTimes(20), { timeout: 60_000 })
  const ill = await home.keyferry(['doctor'])
  for (const feed of feeds) feed.unsubscribe()
  expect(ill.code).toBe(1)
  expect(ill.stdout).toMatch(/^error +connection vendor-of-\S+: .+\n +Replace its credentials/m)
  expect(ill.stdout).toMatch(/^error +live feed: .+20 live event streams/m)
  expect(ill.stdout).toMatch(/2 errors, 1 warning\.\n$/)
  const away = await home.keyferry(['doctor'], { env: { KEYFERRY_URL: 'http://127.0.0.1:1' } })
  expect(away).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^error +reach: .+\n +Is the instance running\?/),
  })

  // Its reader has gone before it prints, as `head` may.
  const { file, NODE_COMPILE_CACHE } = await program('keyferry')
  const line = `set -o pipefail; ${process.execPath} ${file} syncs list --project ${slug} | true`
  const cut = spawn('bash', ['-c', line], {
    env: { ...home.env, NODE_COMPILE_CACHE },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const said = text(cut.stderr)
  expect(await once(cut, 'exit')).toEqual([0, null])
  expect(await said).toBe('')
  // Nor can what it says beside the result be written: what it did counts.
  const note = `${process.execPath} ${file} folders create mute --project ${slug} --env dev 2>/dev/full`
  const mute = spawn('bash', ['-c', note], { env: { ...home.env, NODE_COMPILE_CACHE }, stdio: 'ignore' })
  expect(await once(mute, 'exit')).toEqual([0, null])
})

it('asks before the fuse, and carries out exactly what was shown', async () => {
  await client.syncs.trigger.mutate(ref)
  await settled(client, projectId, [ref], 60_000)
  const secrets = Array.from({ length: 6 }, (_, n) => ({ key: `KEY_${n}` }))
  await client.secrets.deleteMany.mutate({ ...place(), secrets })
  const waiting = await keyferry('syncs', 'apply')
  expect(waiting.code).toBe(3)
  expect(waiting.stdout).toMatch(/^ {2}- KEY_3 /m)
  expect(waiting.stdout).toContain('Needs an approval: This would delete 6 of 12 keys')
  expect(emulator.contents().size).toBe(12)
  const approved = await keyferry('syncs', 'apply', '--approve')
  expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining('6 deleted.') })
  expect(emulator.contents().size).toBe(6)
})

it('names each key that did not arrive', async () => {
  await client.secrets.create.mutate({ ...place(), key: 'BROKEN', value: '${NOWHERE}' })
  const failed = await keyferry('syncs', 'apply', '--json')
  expect(failed.code).toBe(1)
  expect(failed.stdout + failed.stderr).toContain('BROKEN')
  expect(emulator.contents().size).toBe(0)
})

it('prints what happens while it happens', async () => {
  const watching = await home.start(['syncs', 'watch', '--project', slug])
  await vi.waitFor(() => expect(watching.output()).toContain('Watching Shop'), { timeout: 60_000 })
  await client.secrets.create.mutate({ ...place(), key: `NEW_${randomUUID().slice(0, 4)}`, value: 'x' })
  await client.syncs.trigger.mutate(ref)
  await vi.waitFor(() => expect(watching.output()).toMatch(/secrets changed[\s\S]*to-vendor {2}succeeded/), {
    timeout: 60_000,
  })
  watching.kill('SIGINT')
  expect(await watching.ended).toMatchObject({ code: 0 })
})

it('reaches what the API can: from an empty project to a sync, and who has access', async () => {
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await home.keyferry([...args, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout)
  }
  await json('projects', 'create', 'Till', '--slug', 'till-1', '--no-environments')
  const inTill = ['--project', 'till-1']
  await json('environments', 'create', 'prod', '--name', 'Production', ...inTill)
  await json('environments', 'update', 'prod', '--name', 'Live', ...inTill)
  await json('folders', 'create', 'api', '--env', 'prod', ...inTill)
  await json('folders', 'rename', 'api', 'web', '--env', 'prod', ...inTill)
  await json('secrets', 'set', 'A=1', 'B=2', 'C=3', '--env', 'prod', '--path', '/web', ...inTill)
  expect(await json('environments', 'list', ...inTill)).toMatchObject([{ slug: 'prod', name: 'Live' }])
  expect(await json('folders', 'list', '--env', 'prod', ...inTill)).toMatchObject([{ path: '/web', secretCount: 3 }])

  const ownCredentials = JSON.stringify(emulator.credentials)
  const partly = await home.keyferry(['connections', 'create', 'own', '--type', ref.destination, ...inTill], {
    input: '{}',
  })
  expect(partly).toMatchObject({ code: 1, stderr: expect.stringContaining(': Required') })
  const connected = ['connections', 'create', 'own', '--type', ref.destination, ...inTill]
  expect(await home.keyferry(connected, { input: ownCredentials })).toMatchObject({ code: 0, stdout: '' })
  await json('connections', 'update', 'own', '--description', 'of the till', ...inTill)
  const target = Object.entries(emulator.target).map(([name, value]) => `${name}:=${JSON.stringify(value)}`)
  const from = ['--env', 'prod', '--path', '/web', ...inTill]
  // The sync of the project before has this destination.
  await home.keyferry(['syncs', 'delete', 'to-vendor', '--yes', '--project', slug])
  const create = [
    'syncs',
    'create',
    'till',
    '--type',
    ref.destination,
    '--connection',
    'own',
    '--no-auto-sync',
    ...from,
  ]
  expect(await json(...create, '--target', ...target, '--option', 'deletionPolicy=owned')).toMatchObject({
    name: 'till',
  })
  const misspelt = await home.keyferry(['syncs', 'update', 'till', '--option', 'deletionPolcy=mirror', ...inTill])
  expect(misspelt).toMatchObject({ code: 64, stderr: expect.stringContaining('There is no field deletionPolcy') })
  expect(await json('syncs', 'update', 'till', '--option', 'driftCheck=off', ...inTill)).toMatchObject({
    options: { driftCheck: 'off', deletionPolicy: 'owned' },
  })
  expect(await home.keyferry(['syncs', 'apply', 'till', ...inTill])).toMatchObject({ code: 0 })
  expect(emulator.contents().get('A')).toBe('1')

  const { clientId, clientSecret } = await (async () => {
    await json('machines', 'create', 'till-robot')
    await json('members', 'add', 'till-robot', '--machine', '--role', 'viewer', '--scope', 'prod:/web/**', ...inTill)
    return json('machines', 'create-secret', 'till-robot')
  })()
  const login = ['login', '--url', home.env['KEYFERRY_URL'] ?? '', '--client-id', clientId]
  expect(await home.keyferry(login, { input: clientSecret })).toMatchObject({ code: 0 })
  const asRobot = { env: { KEYFERRY_TOKEN: '' } }
  const seen = await home.keyferry(['secrets', 'list', ...from], asRobot)
  expect(seen).toMatchObject({ code: 0, stdout: expect.stringContaining('A ') })
  expect(await home.keyferry(['projects', 'delete', 'till-1', '--yes'], asRobot)).toMatchObject({ code: 1 })
  expect(
    await json('members', 'update', 'till-robot', '--role', 'developer', '--whole-project', ...inTill),
  ).toMatchObject({
    role: 'developer',
    scopes: null,
  })

  // Only a person creates API keys.
  const signIn = ['login', '--url', home.env['KEYFERRY_URL'] ?? '', '--email', account.email]
  expect(await home.keyferry(signIn, { input: account.password })).toMatchObject({ code: 0 })
  const asPerson = { env: { KEYFERRY_TOKEN: '' } }
  const creating = ['keys', 'create', 'till-key', '--role', 'viewer', '--days', '7', ...inTill]
  expect(await home.keyferry(creating, asPerson)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\S{20,}\n$/),
  })
  expect(await home.keyferry(['keys', 'revoke', 'till-key', '--yes'], asPerson)).toMatchObject({ code: 0 })
  expect(await json('people', 'list')).toHaveLength(1)
  expect((await json('people', 'invite', 'new@example.com')).link).toContain('http')

  const page = await home.keyferry(['secrets', 'list', '--sort', 'name', '--desc', '--limit', '2', ...from])
  expect(page.stdout.match(/^[A-C] /gm)).toEqual(['C ', 'B '])
  expect(page.stderr).toContain('1 to 2 of 3.')
  expect(await home.keyferry(['audit', 'list', '--limit', '0'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('It is a whole number from 1 to 1000.'),
  })
  const { entries } = await json('audit', 'list', '--action', 'api-key.', '--limit', '1')
  expect(entries).toMatchObject([{ action: 'api-key.revoke' }])
  expect(await json('audit', 'verify')).toMatchObject({ problem: null })
  const named = await json('api', 'POST', '/api/v1/projects', 'projectName=Second', 'shouldCreateDefaultEnvs:=false')
  expect(named.project).toMatchObject({ name: 'Second', environments: [] })
  const exported = await home.keyferry(['api', 'GET', '/api/v1/audit/export', 'action=project.'])
  const rows = exported.stdout.trimEnd().split('\n')
  expect(rows.length).toBeGreaterThan(1)
  for (const row of rows) expect(JSON.parse(row)).toMatchObject({ action: expect.stringMatching(/^project\./) })
  expect(await home.keyferry(['api', 'GET', '/api/v1/nothing'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('404'),
  })

  const { file, NODE_COMPILE_CACHE } = await program('keyferry')
  const script = join(home.dir, 'completion.bash')
  await writeFile(script, (await home.keyferry(['completion', 'bash'])).stdout)
  const offers = async (...words: string[]): Promise<string[]> => {
    const line = ['keyferry', ...words].map((word) => `'${word}'`).join(' ')
    const command = `keyferry() { '${process.execPath}' '${file}' "$@"; }`
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _keyferry; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', `source ${script}; ${command}; ${ask}`], {
      env: { ...home.env, NODE_COMPILE_CACHE },
    })
    return stdout.split('\n').filter(Boolean)
  }
  expect(await offers('secrets', 'list', '--project', 'till')).toEqual(['till-1'])
  expect(await offers('secrets', 'get', ...from, '')).toEqual(expect.arrayContaining(['A', 'B', 'C', '--expand']))
  expect(await offers('syncs', 'plan', ...inTill, 'ti')).toEqual(['till'])

  await home.keyferry(['syncs', 'delete', 'till', '--remove-secrets', '--yes', ...inTill])
  await vi.waitFor(() => expect(emulator.contents().size).toBe(0), { timeout: 60_000 })
  await json('machines', 'delete', 'till-robot', '--yes')
  await json('folders', 'delete', 'web', '--yes', '--env', 'prod', ...inTill)
  await json('environments', 'delete', 'prod', '--yes', ...inTill)
  await json('projects', 'delete', 'till-1', '--yes')
  expect((await home.keyferry(['projects', 'list'])).stdout).not.toContain('till-1')
})
