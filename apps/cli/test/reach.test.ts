/** What people do in the console beside secrets and syncs, by the names of things. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { receiveWebhooks } from '@keyferry/core/testing'
import { newHome, startApi, type Home } from '@keyferry/server/testing-cli'
import { beforeEach, expect, it } from 'vitest'

let home: Home
beforeEach(async () => {
  const { url, api, client } = await startApi()
  home = await newHome({ KEYFERRY_URL: url, KEYFERRY_TOKEN: api.token })
  await client.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
  expect(await home.keyferry(['use', 'web-shop', '--env', 'dev'])).toMatchObject({ code: 0 })
})

/** What a command prints as JSON. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await home.keyferry([...args, '--json'])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}
const failing =
  (expected: number) =>
  async (...args: string[]): Promise<string> => {
    const { code, stderr } = await home.keyferry(args)
    expect(code).toBe(expected)
    return stderr
  }
const failed = failing(1)
/** The command line is wrong, whatever the instance has. */
const wrong = failing(64)

it('tags secrets', async () => {
  await json('secrets', 'set', 'A=1', 'B=2')
  expect(await json('tags', 'create', 'billing', '--color', '#cc3300')).toMatchObject({ color: '#cc3300' })
  await json('tags', 'create', 'old')
  expect(await json('secrets', 'tag', 'A', 'B', '--add', 'billing', 'old')).toEqual([
    { name: 'A', tags: ['billing', 'old'] },
    { name: 'B', tags: ['billing', 'old'] },
  ])
  await json('secrets', 'tag', 'B', '--add', 'billing', '--remove', 'old')
  expect(await json('tags', 'update', 'billing', '--slug', 'money')).toMatchObject({ color: '#cc3300' })
  expect(await failed('secrets', 'tag', 'A', '--add', 'new')).toContain('There are: money, old.')
  expect(await wrong('secrets', 'tag', 'A')).toContain('--add or --remove')
  expect(await failed('secrets', 'import', '/nowhere/app.env')).toBe(
    "error: /nowhere/app.env can't be opened: no such file or directory\n  Check the path and its rights.\n",
  )
  expect((await home.keyferry(['secrets', 'list'])).stdout).toMatch(/^A .* money, old$[^]*^B .* money$/m)
  await json('tags', 'delete', 'old', '--yes')
  expect(await json('tags', 'list')).toMatchObject([{ slug: 'money' }])
  expect((await home.keyferry(['secrets', 'list'])).stdout).toMatch(/^A .* money$/m)
})

it('imports folders, and puts back what was deleted', async () => {
  await json('folders', 'create', 'first')
  await json('folders', 'create', 'second')
  await json('secrets', 'set', 'A=1', '--path', '/first')
  await json('secrets', 'set', 'A=2', '--path', '/second')
  await json('imports', 'create', '/first')
  await json('imports', 'create', 'dev:/second')
  const value = async () => (await home.keyferry(['secrets', 'get', 'A'])).stdout
  expect(await value()).toBe('2')
  expect(await json('imports', 'move', 'dev:/second', '1')).toMatchObject({ position: 1 })
  expect(await value()).toBe('1')
  expect((await home.keyferry(['imports', 'list'])).stdout).toMatch(/^1 +dev:\/second .*\n2 +dev:\/first /m)
  expect(await failed('imports', 'delete', '/third', '--yes')).toContain('It imports: dev:/second, dev:/first.')
  await json('imports', 'delete', '/first', '--yes')
  expect(await value()).toBe('2')

  await json('secrets', 'delete', 'A', '--yes', '--path', '/first')
  await json('folders', 'delete', 'first', '--yes')
  expect(await json('trash', 'list')).toHaveLength(2)
  expect(await json('trash', 'list', '--path', '/first')).toMatchObject([{ name: 'A', kind: 'secret' }])
  expect(await failed('trash', 'restore', 'nothing')).toContain('There are: first.')
  await json('trash', 'restore', 'first')
  expect(await json('trash', 'restore', 'A', '--path', '/first')).toMatchObject({ secretPath: '/first', name: 'A' })
  expect((await home.keyferry(['secrets', 'get', 'A', '--path', '/first'])).stdout).toBe('1')

  await json('environments', 'create', 'extra')
  await json('secrets', 'set', 'B=3', '--env', 'extra')
  await json('environments', 'delete', 'extra', '--yes')
  expect(await json('environments', 'deleted')).toMatchObject([{ slug: 'extra', secrets: 1 }])
  await json('environments', 'restore', 'extra')
  expect((await home.keyferry(['secrets', 'get', 'B', '--env', 'extra'])).stdout).toBe('3')
})

it('adds recipients of alerts, and chooses which of them a person gets', async () => {
  const receiver = await receiveWebhooks()
  const created = await home.keyferry(['alerts', 'create', 'webhook', '--name', 'ops', '--project', 'web-shop'], {
    input: `${receiver.url}\n`,
  })
  // The secret that signs the deliveries.
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{20,}\n$/) })
  expect(await json('alerts', 'list')).toMatchObject([{ name: 'ops', kind: 'webhook' }])
  expect(await home.keyferry(['alerts', 'test', 'ops'])).toMatchObject({ code: 0 })
  expect(await wrong('alerts', 'create', 'email')).toContain('No email address')
  expect(await failed('alerts', 'create', 'email', 'ops@example.com')).toContain('Email is not set up')
  receiver.answer = 500
  expect(await home.keyferry(['alerts', 'test', 'ops'])).toMatchObject({ code: 1 })
  await json('alerts', 'delete', 'ops', '--yes')
  expect(await json('alerts', 'list')).toEqual([])

  expect(await json('notifications', 'list')).toMatchObject({ notifications: [], unread: 0 })
  await json('notifications', 'read')
  expect(await json('notifications', 'preferences', 'failed=none', 'recovered=none')).toMatchObject({
    failed: 'none',
    recovered: 'none',
  })
  expect((await home.keyferry(['notifications', 'preferences'])).stdout).toMatch(/^failed +none$/m)
  expect(await failed('notifications', 'preferences', 'failed=often')).toContain('failed')
  expect(await wrong('notifications', 'preferences', 'fialed=none')).toContain('There are: failed, blocked')
})

it('sets with which tokens of others a machine signs in', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const { id } = await json('machines', 'create', 'ci')
  const jwt = ['--method', 'jwt']
  const set = ['machines', 'set-sign-in', 'ci', ...jwt]
  expect(await failed(...set, 'configurationType=static')).toContain('public key')
  expect(await wrong(...set, 'boundSubjct=job')).toContain('There is no field boundSubjct')
  await json(...set, 'configurationType=static', 'boundSubject=job', `publicKeys:=${JSON.stringify([pem])}`)
  await json(...set, 'boundAudiences=keyferry')
  const shown = await json('machines', 'sign-in', 'ci', ...jwt)
  expect(shown).toMatchObject({ boundSubject: 'job', boundAudiences: 'keyferry', publicKeys: [pem.trim()] })

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${part({ alg: 'EdDSA' })}.${part({ sub: 'job', aud: 'keyferry', exp: Date.now() / 1000 + 300 })}`
  const token = `${unsigned}.${sign(null, Buffer.from(unsigned), privateKey).toString('base64url')}`
  const login = ['login', '--url', home.env['KEYFERRY_URL'] ?? '', '--identity', id, ...jwt]
  expect(await home.keyferry(login, { input: token })).toMatchObject({ code: 0 })
  const removed = await home.keyferry(['machines', 'remove-sign-in', 'ci', ...jwt, '--yes'])
  expect(removed).toMatchObject({ code: 0, stderr: 'ci no longer signs in by jwt.\n' })
  expect(await home.keyferry(login, { input: token })).toMatchObject({ code: 1 })
  expect(await failed('machines', 'sign-in', 'robot', ...jwt)).toContain('There are: ci.')
})
