import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { ACCOUNT, type TestApi } from '@keyferry/api/testing'
import type { KeyferryClient } from '@keyferry/client'
import { newHome, startApi, type Home } from '@keyferry/server/testing-cli'
import { totp } from '@keyferry/vitest/totp'
import { parse } from 'dotenv'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { UNSAFE_NAMES } from '../src/programs/unsafe-names.ts'

let api: TestApi
let url = ''
let token = ''
let client: KeyferryClient
let home: Home
let place = { projectId: '', environment: 'dev', secretPath: '/' }
beforeEach(async () => {
  ;({ api, url, client } = await startApi())
  token = api.token
  const project = await client.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
  place = { ...place, projectId: project.id }
  home = await newHome()
})

const written = async (name: string) => (await client.secrets.get.query({ ...place, key: name })).value
const signIn = async (): Promise<void> => {
  const { code, stderr } = await home.keyferry(['login', '--url', url, '--token'], { input: `${token}\n` })
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

describe('sign-in', () => {
  const file = () => join(home.dir, '.config/keyferry/config.json')

  it('keeps a token where only its owner reads it, and lets the environment win', async () => {
    await signIn()
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await home.keyferry(['use', 'web-shop', '--env', 'dev'])).code).toBe(0)
    expect((await home.keyferry(['secrets', 'list'])).code).toBe(0)
    const refused = await home.keyferry(['secrets', 'list'], { env: { KEYFERRY_TOKEN: 'wrong' } })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toBe(
      'error: Token is not valid\n  Sign in again with `keyferry login`, or set KEYFERRY_TOKEN.\n',
    )
    expect((await home.keyferry(['logout'])).code).toBe(0)
    expect(await readFile(file(), 'utf8')).not.toContain(token)
    expect((await home.keyferry(['secrets', 'list'])).code).toBe(1)
  })

  it('takes the token from a file, and sends none over plain http to a host that is not private', async () => {
    await writeFile(join(home.dir, 'token'), `${token}\n`, { mode: 0o600 })
    const env = { KEYFERRY_URL: url, KEYFERRY_TOKEN_FILE: 'token' }
    expect(await home.keyferry(['use'], { env })).toMatchObject({ code: 0, stderr: '' })
    const twice = await home.keyferry(['use', '--json'], { env: { ...env, KEYFERRY_TOKEN: token } })
    expect(JSON.parse(twice.stderr)).toMatchObject({ error: { message: expect.stringContaining('set one of them') } })
    const remote = 'http://keyferry.example.com'
    for (const args of [
      ['login', '--url', remote, '--token'],
      ['login', '--url', remote, '--email', 'a@b.co'],
    ]) {
      const refused = await home.keyferry(args, { input: token })
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--insecure') })
    }
    const used = await home.keyferry(['use'], { env: { KEYFERRY_URL: remote, KEYFERRY_TOKEN: token } })
    expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining('without TLS') })
    const nowhere = await home.keyferry(['use'], { env: { KEYFERRY_URL: 'keyferry', KEYFERRY_TOKEN: token } })
    expect(nowhere).toMatchObject({ code: 64, stderr: expect.stringContaining('is not the URL of an instance') })
    // Such as a file of two tokens. Where fetch refuses a header, its message quotes it.
    const broken = await home.keyferry(['use'], { env: { KEYFERRY_URL: url, KEYFERRY_TOKEN: `${token}\n${token}` } })
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('that no token has') })
    expect(broken.stderr).not.toContain(token)
  })

  it('says where settings can be kept when theirs cannot be written, before a sign-in that would be lost', async () => {
    await writeFile(join(home.dir, 'a-file'), '')
    for (const XDG_CONFIG_HOME of [join(home.dir, 'a-file'), '/proc/x']) {
      const env = { XDG_CONFIG_HOME }
      const refused = await home.keyferry(['login', '--url', url, '--token'], { input: 'never sent', env })
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toMatch(/^error: .*config\.json cannot be written.*\n.*XDG_CONFIG_HOME/)
    }
  })

  it('takes the token of a job for a machine', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const { id } = await client.identities.create.mutate({ name: 'ci' })
    const publicKeys = [publicKey.export({ type: 'spki', format: 'pem' }).toString()]
    await client.jwtAuth.attach.mutate({ identityId: id, configurationType: 'static', publicKeys, boundSubject: 'job' })
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${part({ alg: 'EdDSA' })}.${part({ sub: 'job', exp: Date.now() / 1000 + 300 })}`
    const jwt = `${unsigned}.${sign(null, Buffer.from(unsigned), privateKey).toString('base64url')}`
    const login = ['login', '--url', url, '--identity', id, '--method', 'jwt', '--json']
    expect(await home.keyferry(login, { input: `${unsigned}.x` })).toMatchObject({ code: 1, stdout: '' })
    await writeFile(join(home.dir, 'job-token'), jwt)
    const right = await home.keyferry([...login, '--token-file', 'job-token'])
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(right.stdout)).toMatchObject({ name: 'ci' })
    const absent = await home.keyferry(['login', '--url', url, '--identity', id, '--method', 'kubernetes'])
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('--token-file') })
  })

  it('takes email and password', async () => {
    const { email, password } = ACCOUNT
    const wrong = await home.keyferry(['login', '--url', url, '--email', email], { input: 'not the password' })
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    const right = await home.keyferry(['login', '--url', url, '--email', email, '--json'], { input: password })
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(right.stdout)).toMatchObject({ url, name: email })
    expect(await readFile(file(), 'utf8')).not.toContain(password)
    // A session may also write.
    expect(await home.keyferry(['secrets', 'set', 'A=1', '--project', 'web-shop', '--env', 'dev'])).toMatchObject({
      code: 0,
    })
    expect(await written('A')).toBe('1')
  })

  it('asks for the second factor where there is one: a code, or a recovery code', async () => {
    const { email, password } = ACCOUNT
    const auth = async (path: string, sent: unknown, cookie: string) => {
      const answer = await fetch(`${url}/api/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url, cookie },
        body: JSON.stringify(sent),
      })
      expect(answer.status).toBe(200)
      const body = enabling.parse(await answer.json())
      return {
        body,
        cookie: answer.headers
          .getSetCookie()
          .map((text) => text.slice(0, text.indexOf(';')))
          .join('; '),
      }
    }
    const session = await auth('sign-in/email', { email, password }, '')
    const enabled = await auth('two-factor/enable', { password }, session.cookie)
    const secret = new URL(enabled.body.totpURI ?? '').searchParams.get('secret') ?? ''
    await auth('two-factor/verify-totp', { code: totp(secret) }, session.cookie)

    const login = (...code: string[]) =>
      home.keyferry(['login', '--url', url, '--email', email, ...code], { input: password })
    const asked = await login()
    expect(asked).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Pass --code') })
    expect(await login('--code', '000000')).toMatchObject({ code: 1, stdout: '' })
    expect(await login('--code', totp(secret, 1))).toMatchObject({ code: 0, stderr: '' })
    expect((await home.keyferry(['use'])).code).toBe(0)
    const [recovery = ''] = enabled.body.backupCodes ?? []
    expect(await login('--code', recovery)).toMatchObject({ code: 0, stderr: '' })
    expect((await home.keyferry(['use'])).code).toBe(0)
    expect(await login('--code', recovery)).toMatchObject({ code: 1, stdout: '' })
  })

  it('shows no other instance what it was given for this one', async () => {
    const seen: unknown[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers)
      response.end('{}')
    })
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    onTestFinished(() => void other.close())
    const address = other.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    await signIn()
    const { code, stderr } = await home.keyferry(['secrets', 'list', '--project', 'web-shop', '--env', 'dev'], {
      env: { KEYFERRY_URL: `http://127.0.0.1:${address.port}` },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('Not signed in at')
    expect(seen).toEqual([])
  })
})

describe('secrets', () => {
  const at = ['--project', 'web-shop', '--env', 'dev']
  const env = () => ({ KEYFERRY_URL: url, KEYFERRY_TOKEN: token })
  const keyferry = (args: readonly string[], input: string | Uint8Array = '', more = {}) =>
    home.keyferry(args, { input, env: { ...env(), ...more } })

  it('come out byte for byte, and no list shows a value', async () => {
    const values = new Map([
      ['PLAIN', 'open sesame'],
      ['LINES', 'one\ntwo\r\nthree\n'],
      ['QUOTES', `a 'b' "c" \`d\` # e`],
      ['BLANK', ''],
      ['SPACES', '  x  '],
      ['DOLLAR', '$HOME ${} ${X:-y} \\n \\'],
      ['UNICODE', 'žluťoučký 🐎'],
    ])
    const assignments = [...values].map(([name, value]) => `${name}=${value}`)
    expect(await keyferry(['secrets', 'set', ...assignments, ...at])).toMatchObject({ code: 0, stdout: '' })
    for (const name of ['LINES', 'DOLLAR']) {
      expect(await keyferry(['secrets', 'get', name, ...at])).toEqual({ code: 0, stdout: values.get(name), stderr: '' })
    }
    await writeFile(join(home.dir, 'value'), 'ends with a newline\n')
    expect(await keyferry(['secrets', 'set', 'FILED', '--file', 'value', ...at])).toMatchObject({ code: 0 })
    expect(await written('FILED')).toBe('ends with a newline\n')
    expect(await keyferry(['secrets', 'set', 'PIPED', ...at], 'from a pipe\n')).toMatchObject({ code: 0 })
    expect(await written('PIPED')).toBe('from a pipe')

    const list = await keyferry(['secrets', 'list', ...at])
    const json = await keyferry(['secrets', 'list', '--json', ...at])
    for (const [name, value] of values) {
      expect(list.stdout).toContain(name)
      for (const { stdout } of [list, json])
        if (value.length > 2 && name !== 'SPACES') expect(stdout).not.toContain(value)
    }
    const rows: unknown[] = JSON.parse(json.stdout)
    expect(rows).toHaveLength(values.size + 2)

    const exported = await keyferry(['secrets', 'export', ...at, '--format', 'json'])
    expect(JSON.parse(exported.stdout)).toEqual(
      Object.fromEntries([...values, ['PIPED', 'from a pipe'], ['FILED', 'ends with a newline\n']]),
    )
  })

  it('go out in the format that was requested, whole or not at all', async () => {
    const values = { A: 'x', B: `it's`, C: 'line\nline', D: 'a#b $HOME', E: 'back\\', F: '', __proto__X: 'own' }
    const set = (key: string, value: string) => client.secrets.create.mutate({ ...place, key, value })
    for (const [name, value] of Object.entries(values)) await set(name, value)
    const send = (...more: string[]) => keyferry(['secrets', 'export', ...at, ...more])
    const dotenv = await send()
    expect(dotenv).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('A .env file can’t represent E\n'),
    })
    const { E: ended, ...others } = values
    expect({ ...parse((await send('--base64')).stdout) }).toEqual({
      ...others,
      E_BASE64: Buffer.from(ended).toString('base64'),
    })
    const script = (await send('--format', 'shell')).stdout
    const shown = spawnSync('sh', ['-c', `eval "$1"; printf '%s|' "$B" "$D" "$E"`, 'sh', script], { encoding: 'utf8' })
    expect(shown.stdout).toBe(`it's|a#b $HOME|back\\|`)

    // In a workflow: commands on stdout, the values in a file that other steps have written to.
    expect((await send('--format', 'github-actions')).stderr).toContain('no GITHUB_ENV')
    const job = join(home.dir, 'job-env')
    await writeFile(job, 'BEFORE=1\n')
    const sent = await keyferry(['secrets', 'export', ...at, '--format', 'github-actions'], '', { GITHUB_ENV: job })
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('::add-mask::line%0Aline\n::add-mask::line\n'),
    })
    expect(await readFile(job, 'utf8')).toMatch(
      /^BEFORE=1\nA<<(\S+)\nx\n\1\nB<<(\S+)\nit's\n\2\nC<<(\S+)\nline\nline\n\3\n/,
    )
  })

  it('are refused where bytes are not UTF-8, where there is no value, and where a name stands twice', async () => {
    const latin1 = Buffer.from('gr\u00fcn', 'latin1')
    await writeFile(join(home.dir, 'latin1'), latin1)
    const tries = [
      keyferry(['secrets', 'set', 'PW', ...at], latin1),
      keyferry(['secrets', 'set', 'PW', '--file', 'latin1', ...at]),
      keyferry(['secrets', 'import', '-', '--yes', ...at], Buffer.concat([Buffer.from('PW='), latin1])),
      keyferry(['secrets', 'import', 'latin1', '--yes', ...at]),
    ]
    for (const refused of await Promise.all(tries))
      expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not text in UTF-8') })
    expect(await keyferry(['secrets', 'set', 'PW', ...at])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no value for PW'),
    })
    expect((await keyferry(['secrets', 'set', 'PW=1', 'PW=2', ...at])).stderr).toContain('PW is set twice')
    await expect(written('PW')).rejects.toThrow('not found')
    expect(await keyferry(['secrets', 'set', 'PW=', ...at])).toMatchObject({ code: 0 })
    expect(await written('PW')).toBe('')
  })

  it('are shown without control characters, but handed to a pipe exactly', async () => {
    const hostile = '\u001B]0;owned\u0007\u001B[2J\u009B31m\u202Eevil\u200B\nerror: faked'
    await client.secrets.create.mutate({ ...place, key: 'A', value: hostile, comment: hostile })
    const unseen = /(?!\n)[\p{Cc}\p{Cf}]/u
    const list = await keyferry(['secrets', 'list', ...at])
    expect(list.stdout).toContain('evil')
    expect(list.stdout).not.toMatch(unseen)
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(2)
    const json = await keyferry(['secrets', 'list', '--json', ...at])
    expect(json.stdout).not.toMatch(unseen)
    expect(JSON.parse(json.stdout)).toMatchObject([{ comment: hostile }])
    const missing = await keyferry(['secrets', 'list', ...at, '--env', hostile])
    expect(missing.stderr).toContain('evil')
    expect(missing.stderr).not.toMatch(unseen)
    expect(missing.stderr).not.toMatch(/^error: faked/m)
    expect((await keyferry(['secrets', 'get', 'A', ...at])).stdout).toBe(hostile)
    const exported = await keyferry(['secrets', 'export', '--format', 'json', ...at])
    expect(exported.stdout).not.toMatch(unseen)
    expect(JSON.parse(exported.stdout)).toEqual({ A: hostile })
  })

  it('are taken from a .env file after a preview', async () => {
    await client.secrets.create.mutate({ ...place, key: 'KEPT', value: 'same' })
    await writeFile(join(home.dir, 'app.env'), 'KEPT=same\nNEW=fresh-value\n')
    const asked = await keyferry(['secrets', 'import', 'app.env', ...at])
    expect(asked).toMatchObject({
      code: 1,
      stdout: '+ NEW (11 bytes)\n1 to add, 0 to change, 1 unchanged, 0 refused.\n',
    })
    expect(asked.stderr).toContain('--yes')
    await expect(written('NEW')).rejects.toThrow('not found')
    expect(await keyferry(['secrets', 'import', 'app.env', '--yes', ...at])).toMatchObject({ code: 0 })
    expect(await written('NEW')).toBe('fresh-value')
    expect(await keyferry(['secrets', 'delete', 'NEW', ...at])).toMatchObject({ code: 1 })
    expect(await keyferry(['secrets', 'delete', 'NEW', '--yes', ...at])).toMatchObject({ code: 0 })
    await expect(written('NEW')).rejects.toThrow('not found')
  })

  it('fail in one line with what to do, or as JSON', async () => {
    const missing = await keyferry(['secrets', 'get', 'NOPE', ...at])
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toMatch(/^error: Secret with name "NOPE" not found in dev:\/\n$/)
    const json = await keyferry(['secrets', 'get', 'NOPE', '--json', ...at])
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'NotFound' } })
    expect((await keyferry(['secrets', 'list', '--project', 'web-shop', '--env', 'qa'])).stderr).toContain(
      'Pass --env with one of dev, staging, prod.',
    )
    await mkdir(join(home.dir, 'folder'))
    const unreadable = [
      ['secrets', 'import', 'folder', '--yes'],
      ['secrets', 'set', 'PW', '--file', 'folder'],
      ['api', 'POST', '/api/v1/projects', '--input', 'folder'],
      ['login', '--url', url, '--identity', 'x', '--method', 'jwt', '--token-file', 'folder'],
    ]
    for (const args of unreadable)
      expect((await keyferry(args)).stderr, args.join(' ')).toContain("folder can't be opened: illegal operation")
    const wrong = [
      ['secrets', 'lst'],
      ['secrets', 'set', 'A', 'B'],
      ['secrets', 'import', '-'],
      ['api', 'GET', 'me'],
      ['api', 'GET', '/api/v1/me', 'field'],
      ['login', '--url', 'nonsense'],
      ['admin', 'prune-audit', '--older-than', 'x'],
      ['admin', 'verify-audit', '--expect', 'x'],
    ]
    for (const args of wrong) expect((await keyferry(args)).code, args.join(' ')).toBe(64)
    const asJson = await keyferry(['api', 'GET', 'me', '--json'])
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'Usage' } })
    await api.app.close()
    expect((await keyferry(['secrets', 'list', ...at])).stderr).toContain(`No answer from ${url}: connect ECONNREFUSED`)
  })

  describe('run', () => {
    const node = (script: string) => ['--', process.execPath, '-e', script]

    it('gives them to a command, resolved, and passes its exit code on', async () => {
      await client.secrets.create.mutate({ ...place, key: 'HOST', value: 'db.internal' })
      await client.secrets.create.mutate({ ...place, key: 'DSN', value: 'pg://${HOST}/x' })
      const ran = await keyferry(['run', ...at, ...node('process.stdout.write(process.env.DSN); process.exit(7)')])
      expect(ran).toEqual({ code: 7, stdout: 'pg://db.internal/x', stderr: '' })
      // Without a shell, and without reading the command's own options.
      expect(await keyferry(['run', ...at, '--', 'echo', '--json', '$HOST; true'])).toMatchObject({
        code: 0,
        stdout: '--json $HOST; true\n',
      })
      expect(await keyferry(['run', ...at, '--', 'no-such-command-here'])).toMatchObject({ code: 127 })
      await client.secrets.create.mutate({ ...place, key: 'BROKEN', value: '${NOWHERE}' })
      const refused = await keyferry(['run', ...at, '--', 'echo', 'ran'])
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toContain('BROKEN')
    })

    it('refuses names that decide what code runs, unless they are allowed, and keeps its own credentials', async () => {
      const sent = (names: readonly string[]) =>
        client.secrets.updateMany.mutate({
          ...place,
          mode: 'upsert',
          secrets: names.map((key) => ({ key, value: 'x' })),
        })
      const examples = UNSAFE_NAMES.flatMap(({ names }) => names.map((name) => name.replace('*', 'X')))
      await sent(['FINE', 'NODE_ENV', 'GITHUB_TOKEN', 'DATABASE_URL', ...examples])
      const refused = await keyferry(['run', ...at, '--', 'echo', 'ran'])
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      for (const name of examples) expect(refused.stderr).toContain(`${name} (decides `)
      for (const name of ['FINE', 'NODE_ENV', 'GITHUB_TOKEN', 'DATABASE_URL'])
        expect(refused.stderr).not.toContain(`${name} (decides `)
      for (const format of ['dotenv', 'shell'])
        expect(await keyferry(['secrets', 'export', ...at, '--format', format])).toMatchObject({ code: 1, stdout: '' })
      expect(await keyferry(['secrets', 'export', ...at, '--format', 'json'])).toMatchObject({ code: 0 })

      await client.secrets.deleteMany.mutate({ ...place, secrets: examples.map((key) => ({ key })) })
      await sent(['PS4', 'TERM'])
      expect(await keyferry(['run', ...at, '--allow-unsafe', 'PS4', '--', 'echo', 'ran'])).toMatchObject({ code: 1 })
      const ofInstance = { SMTP_URL: 's', AUDIT_STREAM_SECRET: 'a', OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE: 'o' }
      const own = {
        ...ofInstance,
        KEYFERRY_ROOT_KEY_FILE: '/k',
        KEYFERRY_PASSPHRASE: 'p',
        KEYFERRY_DATA_DIR: '/d',
      }
      const show = node('console.log(JSON.stringify(process.env))')
      const ran = await home.keyferry(['run', ...at, '--allow-unsafe', 'PS4', 'TERM', ...show], {
        env: { ...env(), ...own },
      })
      const seen: unknown = JSON.parse(ran.stdout)
      expect(seen).toMatchObject({ FINE: 'x', PS4: 'x', TERM: 'x', DATABASE_URL: 'x', KEYFERRY_URL: url })
      for (const name of [
        'KEYFERRY_TOKEN',
        'KEYFERRY_ROOT_KEY_FILE',
        'KEYFERRY_PASSPHRASE',
        ...Object.keys(ofInstance),
      ])
        expect(seen).not.toHaveProperty(name)
      // Outside an instance those names are the command's; the token only where it is named.
      const outside = await home.keyferry(['run', ...at, '--allow-unsafe', 'PS4', 'TERM', 'KEYFERRY_TOKEN', ...show], {
        env: { ...env(), ...ofInstance },
      })
      expect(JSON.parse(outside.stdout)).toMatchObject({ ...ofInstance, KEYFERRY_TOKEN: token })
    })

    it('names in its documentation what it refuses', async () => {
      const documented = await readFile(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')
      for (const { reason, names } of UNSAFE_NAMES)
        expect(documented).toContain(`| ${reason} | ${names.map((name) => `\`${name}\``).join(', ')} |`)
    })

    it('hands signals on', async () => {
      const script = `process.on('SIGTERM', () => { console.log('told'); process.exit(3) }); console.log('ready'); setInterval(() => {}, 1000)`
      Object.assign(home.env, env())
      const running = await home.start(['run', ...at, ...node(script)])
      await vi.waitFor(() => expect(running.output()).toContain('ready'), { timeout: 60_000 })
      running.kill('SIGTERM')
      expect(await running.ended).toMatchObject({ code: 3, stdout: 'ready\ntold\n' })
      const killed = await keyferry(['run', ...at, ...node(`process.kill(process.pid, 'SIGKILL')`)])
      expect(killed.code).toBe(128 + 9)
    })
  })
})

const enabling = z.looseObject({ totpURI: z.string().optional(), backupCodes: z.array(z.string()).optional() })
