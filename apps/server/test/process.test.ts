/** The commands as processes of their own, on the node that runs this test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { serve } from '@keyferry/api/serve'
import { OIDC_CLIENT, startProvider, type Provider } from '@keyferry/api/testing-oidc'
import { receiveWebhooks } from '@keyferry/core/testing'
import { createDatabase } from '@keyferry/db/testing'
import { program, type Program } from '@keyferry/vitest/programs'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { openRuntime, readEnv } from '@keyferry/runtime'
import { banner } from '../src/banner.ts'
import { settled } from '../src/demo/settled.ts'
import { bootstrap, clientOf, createSource, createSync } from '../src/demo/setup.ts'
import { startCollector, type Span } from './collector.ts'
import { environmentOf, newPlace, NODE_COMPILE_CACHE, startEmulators, type Place } from './instance.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const [APP, API, WORKER, CLI] = await Promise.all([
  program('server'),
  program('api'),
  program('worker'),
  program('keyferry'),
])
/** From the source, as in the repository. */
const DEMO: Program = { file: 'apps/server/src/demo/main.ts', NODE_COMPILE_CACHE }

interface Process {
  child: ChildProcess
  output(): string
  /** Waits until `pattern` was printed and gives its match. Fails with the output when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Waits for its end; the exit code, null when a signal ended it. */
  ended(): Promise<number | null>
}

function run(
  { file, NODE_COMPILE_CACHE }: Program,
  place: Place,
  { args = [], env = {}, input }: { args?: string[]; env?: Record<string, string>; input?: string } = {},
): Process {
  const child = spawn(process.execPath, ['--liftoff-only', file, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_COMPILE_CACHE,
      ...environmentOf(place),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  let text = ''
  // Not `exit`, which may come before the last lines that it printed.
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    child,
    output: () => text,
    printed(pattern) {
      return new Promise((found, failed) => {
        const look = (): void => {
          const match = pattern.exec(text)
          if (match) found(match)
        }
        for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
        look()
        void closed.then(() => failed(new Error(`ended without printing ${String(pattern)}:\n${text}`)))
      })
    },
    async ended() {
      await closed
      return child.exitCode
    },
  }
}

const ready = async (process: Process): Promise<string> =>
  (await process.printed(/serves on (http:\/\/[^\s"]+)/))[1] ?? ''

/** Every file with its content, but those of the queue, which is disposable, and of the lock. */
async function contents(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('lock'))
    .map((entry) => join(dir, entry.name))
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'base64')] as const)))
}

/** The whole way of a browser that has no session. Resolves to where it is sent at the end. */
async function signInByProvider(url: string, provider: Provider, profile: Record<string, unknown>): Promise<string> {
  const begun = await fetch(`${url}/api/auth/sign-in/social`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ provider: 'oidc', callbackURL: '/' }),
  })
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  const { url: there } = (await begun.json()) as { url: string }
  const { pathname, search } = new URL(await provider.authorize(there, profile))
  const done = await fetch(`${url}${pathname}${search}`, { headers: { cookie }, redirect: 'manual' })
  return done.headers.get('location') ?? ''
}

describe('the app', { timeout: 240_000 }, () => {
  it('says where it serves and what to do first, lets a person sign in, shares neither directory nor port, ends on SIGTERM with 0, and starts with no other root key', async () => {
    const place = await newPlace('embedded')
    const [provider, elsewhere] = [await startProvider(), await receiveWebhooks()]
    onTestFinished(provider.close)
    provider.says = { userinfo_endpoint: elsewhere.url }
    const first = run(APP, place, {
      env: {
        LOG_LEVEL: 'info',
        KEYFERRY_ALLOW_PRIVATE_NETWORK: 'false',
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: OIDC_CLIENT.clientId,
        OIDC_CLIENT_SECRET: OIDC_CLIENT.clientSecret,
      },
    })
    const url = await ready(first)
    const code = (await first.printed(/"code":"([0-9A-Z-]{19})"/))[1] ?? ''
    const setup = { code, link: `${url}/first-run#code=${code}` }
    expect(first.output()).toContain(JSON.stringify(setup).slice(1, -1))
    // What a person at a terminal sees instead.
    const shown = banner({ url, version: '1.0.0', setup }, readEnv({ KEYFERRY_DATA_DIR: place.dataDir }))
    expect(shown).toContain(`create the owner account:\n  ${setup.link}\n  Setup code ${code}\n`)
    expect(shown).toMatch(new RegExp(`Root key +${join(place.dataDir, 'root.key')}\n +Back up this file`))
    // A browser on this very machine needs it too.
    const account = { email: 'ada@example.com', password: 'correct horse battery', organization: 'Acme' }
    const setUp = (body: object) =>
      fetch(`${url}/api/v1/admin/bootstrap`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify(body),
      })
    expect((await setUp(account)).status).toBe(403)
    const status = await fetch(`${url}/api/status`)
    expect(status.status).toBe(200)
    expect(await status.json()).toMatchObject({ profile: 'embedded', initialized: false })
    const done = await setUp({ ...account, setupCode: code })
    expect(done.status).toBe(200)
    const { identity } = (await done.json()) as { identity: { credentials: { token: string } } }
    const authorization = `Bearer ${identity.credentials.token}`
    for (const path of ['/api/v1/projects?search=hidden-in-a-query', '/api/hidden-in-a-path'])
      await (await fetch(`${url}${path}`, { headers: { authorization } })).text()

    const { email, password } = account
    const cli = (input: string, ...args: string[]): Process =>
      run(CLI, place, { args, input, env: { XDG_CONFIG_HOME: place.dataDir } })
    const signedIn = cli(password, 'login', '--url', url, '--email', email)
    expect(await signedIn.ended(), signedIn.output()).toBe(0)
    expect(signedIn.output()).toContain(`Signed in to Acme at ${url}`)
    const asked = cli('', 'connections', 'list', '--json')
    expect(await asked.ended(), asked.output()).toBe(0)
    // The provider's own host is called, and no other private one that its metadata name.
    expect(await signInByProvider(url, provider, { email, email_verified: true })).toBe('/')
    expect(await signInByProvider(url, provider, { sub: email })).toMatch(/[?&]error=/)
    expect(elsewhere.got).toEqual([])

    const same = run(APP, place)
    expect(await same.ended()).toBe(1)
    expect(same.output()).toContain(`${place.dataDir} is in use by another Keyferry (process ${first.child.pid})`)
    expect(same.output()).toContain('KEYFERRY_DATA_DIR')
    // How a process ends that can't start, the one above has shown.
    const opened = (there: Place, env: Record<string, string> = {}) =>
      openRuntime(readEnv({ ...environmentOf(there), ...env }))
    const { port } = new URL(url)
    const beside = { dataDir: join(place.dataDir, 'beside'), databaseUrl: null }
    const instance = await opened(beside)
    onTestFinished(instance.close)
    await expect(serve(instance, readEnv({ ...environmentOf(beside), PORT: port }))).rejects.toThrow(
      `Port ${port} is in use`,
    )

    first.child.kill('SIGTERM')
    expect(await first.ended()).toBe(0)
    expect(first.output()).toContain('Keyferry stopped')
    const lines = first
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    // Once per line, for strict parsers.
    for (const line of first.output().split('\n')) expect(line.split('"reqId":').length).toBeLessThanOrEqual(2)
    const requests = lines.filter(({ msg }) => msg === 'request')
    expect(requests.slice(0, 4).map(({ method, route, status }) => ({ method, route, status }))).toEqual([
      { method: 'POST', route: '/api/v1/admin/bootstrap', status: 403 },
      { method: 'POST', route: '/api/v1/admin/bootstrap', status: 200 },
      { method: 'GET', route: '/api/v1/projects', status: 200 },
      { method: 'GET', route: null, status: 404 },
    ])
    expect(requests[2]).toMatchObject({
      reqId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      actor: expect.stringMatching(/./),
      address: '127.0.0.1',
      bytes: expect.any(Number),
      ms: expect.any(Number),
    })
    expect(Number(requests[2]?.bytes)).toBeGreaterThan(100)
    expect(first.output()).not.toMatch(/hidden-in-a-query|hidden-in-a-path/)

    const wrong = await contents(place.dataDir)
    const KEYFERRY_ROOT_KEY = Buffer.alloc(32, 7).toString('base64')
    await expect(opened(place, { KEYFERRY_ROOT_KEY })).rejects.toThrow('Put the right one back')
    expect(await contents(place.dataDir)).toEqual(wrong)
    await rm(join(place.dataDir, 'root.key'))
    const missing = await contents(place.dataDir)
    await expect(opened(place)).rejects.toThrow('root.key back, or set KEYFERRY_ROOT_KEY')
    expect(await contents(place.dataDir)).toEqual(missing)
  })

  it('streams its audit log to a webhook, a file and stdout, leaves out no row when it is killed, starts again at once, and finishes what runs before it ends', async () => {
    const place = await newPlace('embedded')
    const hook = await receiveWebhooks()
    const file = join(place.dataDir, 'audit.jsonl')
    const collector = await startCollector()
    const headers = join(place.dataDir, 'headers')
    await writeFile(headers, 'x-tenant=shop%201,x-other=1\n', { mode: 0o600 })
    const env = {
      AUDIT_STREAM_URL: hook.url,
      AUDIT_STREAM_SECRET: 'a secret that signs what is sent',
      AUDIT_STREAM_FILE: file,
      AUDIT_STREAM_STDOUT: 'true',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/anywhere`,
      OTEL_EXPORTER_OTLP_HEADERS_FILE: headers,
    }
    // The log is on stdout, too; a row that is being printed has no end yet.
    const seqsIn = (text: string): number[] =>
      text
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{"id":'))
        .map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]))
    const posted = () => hook.got.map(({ text }) => seqsIn(text))
    const killed = run(APP, place, { env })
    const url = await ready(killed)
    const account = await bootstrap(url)
    const within = { timeout: 60_000 }
    await expect.poll(() => posted().flat().length, within).toBeGreaterThan(0)

    hook.answer = 503
    const project = await clientOf(url, account).projects.create.mutate({ name: 'Shop' })
    const readiness = async (): Promise<unknown> => (await fetch(`${url}/api/ready`)).json()
    const late = { ready: true, checks: { auditStream: expect.stringContaining('cannot be streamed (webhook)') } }
    await expect.poll(readiness, within).toMatchObject(late)
    // It dies between a delivery and the note that it arrived.
    hook.answer = 'hang'
    const tries = hook.got.length
    await expect.poll(() => hook.got.length, within).toBeGreaterThan(tries)
    killed.child.kill('SIGKILL')
    await killed.ended()
    const unnoted = posted().at(-1) ?? []

    hook.answer = 200
    // Nobody holds the directory any more.
    const again = run(APP, place, { env })
    const client = clientOf(await ready(again), account)
    await client.projects.delete.mutate({ projectId: project.id })
    const last = Math.max(...unnoted) + 1
    await expect.poll(() => posted().flat(), within).toContain(last)
    await expect.poll(async () => seqsIn(await readFile(file, 'utf8')), within).toContain(last)
    await expect.poll(() => seqsIn(again.output()), within).toContain(last)
    const all = Array.from({ length: last }, (_, n) => n + 1)
    expect(posted().filter((seqs) => seqs.includes(unnoted[0] ?? 0)).length).toBeGreaterThan(1)
    expect([...new Set(posted().flat())]).toEqual(all)
    expect([...new Set(seqsIn(await readFile(file, 'utf8')))]).toEqual(all)
    expect([...new Set([...seqsIn(killed.output()), ...seqsIn(again.output())])]).toEqual(all)

    const vendors = await startEmulators()
    const { source } = await createSource(client, 'ONE=1\nTWO=2')
    for (const emulator of vendors.values()) emulator.setLatency(200)
    await Promise.all([...vendors].map(([name, emulator]) => createSync(client, source, name, emulator)))
    // Every run has begun to write when the signal comes.
    for (const emulator of vendors.values()) {
      await expect.poll(() => emulator.log.some(({ method }) => method !== 'GET'), { timeout: 60_000 }).toBe(true)
    }
    again.child.kill('SIGTERM')
    expect(await again.ended()).toBe(0)
    for (const emulator of vendors.values())
      expect(Object.fromEntries(emulator.contents())).toEqual({ ONE: '1', TWO: '2' })
    // Protobuf is the default, and an endpoint of traces says nothing about metrics.
    expect(new Set(collector.got.map(({ path, type, tenant }) => `${path} ${type} ${tenant}`))).toEqual(
      new Set(['/anywhere application/x-protobuf shop 1']),
    )
  })
})

describe('a process of a fleet', { timeout: 240_000 }, () => {
  it.each([
    ['worker', WORKER],
    ['api', API],
  ])('%s does not start without DATABASE_URL', async (_name, part) => {
    const alone = run(part, await newPlace('embedded'))
    expect(await alone.ended()).toBe(1)
    expect(alone.output()).toContain('needs DATABASE_URL')
  })

  it.skipIf(!inject('postgresUrl'))('serves with an API and two workers, one of which is killed', async () => {
    const place = await newPlace('fleet', undefined, createDatabase)
    const collector = await startCollector()
    const env = {
      KEYFERRY_ROOT_KEY: Buffer.alloc(32, 1).toString('base64'),
      LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_SERVICE_NAME: 'keyferry-test',
    }
    const vendors = await startEmulators()
    const api = run(API, place, { env })
    const url = (await api.printed(/"url":"(http:[^"]+)"/))[1] ?? ''
    const workers = [run(WORKER, place, { env }), run(WORKER, place, { env })]
    await Promise.all(workers.map((worker) => worker.printed(/worker ready/)))
    const client = clientOf(url, await bootstrap(url))
    const { source } = await createSource(client, 'ONE=1\nTWO=2')
    for (const emulator of vendors.values()) emulator.setLatency(300)
    const syncs = await Promise.all([...vendors].map(([name, emulator]) => createSync(client, source, name, emulator)))
    workers[0]?.child.kill('SIGKILL')
    await settled(client, source.projectId, syncs, 60_000)
    for (const emulator of vendors.values())
      expect(Object.fromEntries(emulator.contents())).toEqual({ ONE: '1', TWO: '2' })
    const changed = 'a value that no span may carry'
    await client.secrets.update.mutate({ ...source, key: 'ONE', value: changed })
    for (const emulator of vendors.values())
      await expect.poll(() => emulator.contents().get('ONE'), { timeout: 60_000 }).toBe(changed)
    await settled(client, source.projectId, syncs, 60_000)
    workers[1]?.child.kill('SIGTERM')
    api.child.kill('SIGTERM')
    expect(await workers[1]?.ended()).toBe(0)
    expect(await api.ended()).toBe(0)

    // One trace from the change to every delivery, though two processes took part.
    const spans = collector.spans()
    const change = spans.find(({ name }) => name === 'POST /api/trpc/secrets.update')
    const trace = spans.filter(({ traceId }) => traceId === change?.traceId)
    const chain = (span: Span): string[] => {
      const parent = trace.find(({ spanId }) => spanId === span.parentSpanId)
      return parent ? [...chain(parent), span.name] : [span.name]
    }
    const calls = trace.filter(({ name }) => name.endsWith(' provider'))
    for (const destination of vendors.keys())
      expect(trace.map(({ attributes }) => attributes['keyferry.destination'])).toContain(destination)
    for (const call of calls)
      expect(chain(call).slice(0, -1)).toEqual(['POST /api/trpc/secrets.update', 'change', 'sync job', 'run'])
    expect(calls.length).toBeGreaterThanOrEqual(vendors.size)
    expect(trace.find(({ name }) => name === 'run')?.attributes).toMatchObject({ 'keyferry.run.state': 'succeeded' })
    expect(collector.services()).toEqual(new Set(['keyferry-test']))
    expect(collector.metrics()).toEqual(
      expect.arrayContaining(['keyferry_runs_total', 'keyferry_http_request_duration_seconds', 'keyferry_syncs']),
    )
    expect(collector.text()).not.toMatch(/a value that no span|"(ONE|TWO|to-[a-z-]+|[a-z-]+-demo)"/)
  })
})

describe('the demo', { timeout: 240_000 }, () => {
  it('ends with every target equal to the file, and ends with 0', async () => {
    const demo = run(DEMO, await newPlace('embedded'), { args: ['--exit'] })
    expect(await demo.ended(), demo.output()).toBe(0)
    expect(demo.output()).toContain('Every destination is in sync with the file')
  })
})
