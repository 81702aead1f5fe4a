/** The tarballs as a user gets them: installed into empty folders, without a network, a home or the repository. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { destinations } from '@keyferry/core/destinations'
import { startApi } from '@keyferry/server/testing-cli'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import product from '../../../package.json' with { type: 'json' }
import { cliPackage } from '../src/cli.ts'
import { clientPackage } from '../src/client.ts'
import { serverPackage } from '../src/server.ts'
import { tarballOf, type Tarball } from '../src/tarball.ts'

const PACKAGES = join(import.meta.dirname, '../../../packages')

let dir = ''
let client: Tarball
let cli: Tarball
let server: Tarball
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyferry-packed-'))
  client = await tarballOf(join(dir, 'tarballs'), await clientPackage())
  cli = await tarballOf(join(dir, 'tarballs'), await cliPackage())
  server = await tarballOf(join(dir, 'tarballs'), await serverPackage())
  await mkdir(join(dir, 'home'))
  await installed('app', [client.file, cli.file])
})
afterAll(() => rm(dir, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Installs tarballs, and nothing else, into an empty folder. */
async function installed(folder: string, tarballs: readonly string[]): Promise<void> {
  await mkdir(join(dir, folder))
  await writeFile(join(dir, folder, 'package.json'), '{ "name": "app", "private": true }')
  const quiet = ['--offline', '--no-update-notifier', '--no-audit', '--no-fund']
  expect(await runIn(folder, 'npm', ['install', ...quiet, ...tarballs])).toMatchObject({ code: 0 })
}

/** Runs a program in the folder of the client and the command line. */
const inApp = (program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  runIn('app', program, args, env)

const runIn = (
  folder: string,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> =>
  new Promise((done) => {
    const options = { cwd: join(dir, folder), env: { PATH: process.env['PATH'], HOME: join(dir, 'home'), ...env } }
    execFile(program, args, options, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }),
    )
  })

/** Node by major version: this one, and those on the PATH. */
const nodes = new Map(
  [process.execPath, ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))].flatMap(
    (file) => {
      try {
        return [[execFileSync(file, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).trim(), file]]
      } catch {
        return []
      }
    },
  ),
)

it('are small and need no other package', async () => {
  expect(client.installed).toBeLessThan(300_000)
  expect(cli.installed).toBeLessThan(60_000_000)
  const { stdout } = await inApp('npm', ['ls', '--all', '--parseable', '--no-update-notifier'])
  const installed = stdout.trim().split('\n').slice(1)
  expect(installed.map((path) => path.slice(path.indexOf('node_modules/'))).sort()).toEqual([
    'node_modules/@keyferry/client',
    'node_modules/keyferry',
  ])
})

it('are the same bytes each time they are packed', async () => {
  for (const [content, first] of [
    [await cliPackage(), cli],
    [await serverPackage(), server],
  ] as const) {
    const again = await tarballOf(join(dir, 'again'), content)
    // Millions of bytes: to compare them one by one takes seconds.
    expect((await readFile(again.file)).equals(await readFile(first.file)), content.manifest.name).toBe(true)
  }
})

it('say how to get the server', async () => {
  expect(await inApp(process.execPath, ['node_modules/keyferry/keyferry.js', 'start'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('npm install keyferry-server'),
  })
})

/** A package that is installed in `folder` of the repository, as a tarball, which a registry would have. */
function packedFolder(folder: string): string {
  const file = join(dir, 'tarballs', `${basename(folder)}.tar`)
  execFileSync('tar', ['-cf', file, '-C', dirname(folder), basename(folder)])
  return file
}

it('serve an instance: keyferry start', async () => {
  const sqlite = realpathSync(join(PACKAGES, 'db/node_modules/better-sqlite3'))
  const postgres = realpathSync(join(PACKAGES, 'queue/node_modules/@electric-sql/pglite'))
  const needed = [sqlite, realpathSync(join(sqlite, '../node-addon-api')), postgres].map(packedFolder)
  await installed('server', [cli.file, server.file, ...needed])
  const size = execFileSync('du', ['-sm', join(dir, 'server/node_modules')], { encoding: 'utf8' })
  expect(Number.parseInt(size, 10)).toBeLessThan(200)

  const dataDir = join(dir, 'data')
  const releases = createServer((_request, answer) => answer.end('{"name": "keyferry-server", "version": "99.0.0"}'))
  onTestFinished(() => void releases.close())
  await once(releases.listen(0, '127.0.0.1'), 'listening')
  const { port } = z.object({ port: z.number() }).parse(releases.address())
  const env = {
    PATH: process.env['PATH'],
    HOME: join(dir, 'home'),
    PORT: '0',
    KEYFERRY_DATA_DIR: dataDir,
    KEYFERRY_RELEASES_URL: `http://127.0.0.1:${port}/latest`,
    KEYFERRY_ALLOW_PRIVATE_NETWORK: `127.0.0.1:${port}`,
  }
  const command = join(dir, 'server/node_modules/keyferry/keyferry.js')
  const starting = spawn(process.execPath, [command, 'start'], { env })
  // Passed on to the server, which SIGKILL would leave behind.
  onTestFinished(() => void starting.kill('SIGTERM'))
  let printed = ''
  for (const stream of [starting.stdout, starting.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const url = await vi.waitFor(() => /serves on (http:[\w./:]+)/.exec(printed)?.[1] ?? expect.fail(printed), {
    timeout: 120_000,
  })

  const page = await fetch(url)
  expect({ status: page.status, text: await page.text() }).toEqual({
    status: 200,
    text: expect.stringMatching(/<script/),
  })
  const owner = { email: 'ada@example.com', password: 'correct horse battery', organization: 'Shop' }
  const bootstrap = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(owner) }
  const { identity } = z
    .object({ identity: z.object({ credentials: z.object({ token: z.string() }) }) })
    .parse(await (await fetch(`${url}/api/v1/admin/bootstrap`, bootstrap)).json())
  const signedIn = { KEYFERRY_URL: url, KEYFERRY_TOKEN: identity.credentials.token }
  const keyferry = (...args: string[]) =>
    runIn('server', process.execPath, [command, ...args], { ...signedIn, KEYFERRY_DATA_DIR: dataDir })
  const listed = await keyferry('api', 'GET', '/api/v1/destinations')
  const { destinations: served } = z
    .object({ destinations: z.array(z.object({ name: z.string() })) })
    .parse(JSON.parse(listed.stdout))
  expect(served.map(({ name }) => name).toSorted()).toEqual(destinations().map(({ name }) => name))
  expect(await keyferry('admin', 'verify-audit')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('unbroken'),
  })
  // It asks once it serves.
  await vi.waitFor(
    async () =>
      expect(JSON.parse((await keyferry('api', 'GET', '/api/status')).stdout)).toMatchObject({
        version: product.version,
        newerVersion: '99.0.0',
      }),
    { timeout: 30_000 },
  )

  const ended = once(starting, 'exit')
  starting.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
}, 240_000)

const PROGRAM = `import { createKeyferryClient, isKeyferryError, machineToken, type Inputs, type Outputs } from '@keyferry/client'
const keyferry = createKeyferryClient({ url: 'http://127.0.0.1:4400', token: machineToken({ url: 'x', clientId: 'a', clientSecret: 'b' }) })
export async function names(input: Inputs['projects']['get']): Promise<string[]> {
  const project: Outputs['projects']['get'] = await keyferry.projects.get.query(input)
  const feed = keyferry.syncs.events.subscribe({ projectId: project.id }, { onData: ({ data }) => data.kind, onGap: () => {} })
  feed.unsubscribe()
  return (await keyferry.projects.list.query().catch((error: unknown) => { throw isKeyferryError(error) ? error.code : error })).map(({ name }) => name)
}
`
const MISTAKES = `import { createKeyferryClient } from '@keyferry/client'
const keyferry = createKeyferryClient({ url: 'http://127.0.0.1:4400' })
const project = await keyferry.projects.get.query({ projectId: 'x' })
export const n: number = project.id
keyferry.nonsense
keyferry.projects.create.mutate({ nom: 'Shop' })
`
/** Modules of the older kind have no await at the top. */
const MISTAKE = `${PROGRAM}keyferry.nonsense
`

const require = createRequire(import.meta.url)
const compilers = {
  '5.9': join(dirname(require.resolve('typescript-5.9/package.json')), 'bin/tsc'),
  current: join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'),
}

describe.each(Object.entries(compilers))('with TypeScript %s', (version, tsc) => {
  it.each([
    ['node16', 'node16', { 'program.mts': PROGRAM, 'mistakes.mts': MISTAKES, 'mistake.cts': MISTAKE }],
    ['esnext', 'bundler', { 'program.ts': PROGRAM, 'mistakes.ts': MISTAKES }],
  ])('types are real: module %s, resolution %s', async (module, moduleResolution, files) => {
    const folder = `${version}-${moduleResolution}`
    await mkdir(join(dir, 'app', folder))
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'app', folder, name), text)
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom']
    const modules = ['--module', module, '--moduleResolution', moduleResolution]
    const sources = Object.keys(files).map((name) => join(folder, name))
    const { stdout } = await inApp(process.execPath, [tsc, ...options, ...modules, ...sources])
    expect((stdout.match(/\w+\.[cm]?ts.*error.*/g) ?? []).toSorted()).toEqual([
      ...('mistake.cts' in files ? [expect.stringMatching(/mistake\.cts.*Property 'nonsense' does not exist/)] : []),
      expect.stringMatching(/mistakes\.m?ts.*Type 'string' is not assignable to type 'number'/),
      expect.stringMatching(/mistakes\.m?ts.*Property 'nonsense' does not exist on type 'KeyferryClient'/),
      expect.stringMatching(/mistakes\.m?ts.*'nom' does not exist/),
    ])
  })
})

describe.each(['20', '22', '24'])('on Node %s', (version) => {
  it('talk to an instance', async ({ skip }) => {
    const node = nodes.get(version) ?? skip(`no Node ${version} on the PATH`)
    const { url, client: admin, api } = await startApi()
    const { id: projectId } = await admin.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
    await admin.secrets.create.mutate({ projectId, environment: 'dev', key: 'API_KEY', value: 'x' })
    const env = { KEYFERRY_URL: url, KEYFERRY_TOKEN: api.token }

    const call = `createKeyferryClient({ url: process.env.KEYFERRY_URL, token: process.env.KEYFERRY_TOKEN }).projects.list.query().then((all) => console.log(all.map(({ slug }) => slug).join()))`
    const esm = `import { createKeyferryClient } from '@keyferry/client'; ${call}`
    const cjs = `const { createKeyferryClient } = require('@keyferry/client'); ${call}`
    expect(await inApp(node, ['--input-type=module', '-e', esm], env)).toMatchObject({ code: 0, stdout: 'web-shop\n' })
    expect(await inApp(node, ['--input-type=commonjs', '-e', cjs], env)).toMatchObject({
      code: 0,
      stdout: 'web-shop\n',
    })

    const keyferry = (args: readonly string[]) => inApp(node, ['node_modules/keyferry/keyferry.js', ...args], env)
    expect(await keyferry(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect(await keyferry(['secrets', 'list', '--project', 'web-shop', '--env', 'dev'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('API_KEY'),
    })
    expect(await keyferry(['admin', 'verify-store'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm install keyferry-server'),
    })
  })
})
