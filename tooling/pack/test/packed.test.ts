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
import { installation } from '@keyferry/vitest/programs'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import product from '../../../package.json' with { type: 'json' }
import { billOfMaterials } from '../src/bill-of-materials.ts'
import { cliPackage } from '../src/cli.ts'
import { clientPackage } from '../src/client.ts'
import type { Package } from '../src/package.ts'
import { readmeOf } from '../src/readme.ts'
import { packedIn, tarballOf, type Tarball } from '../src/tarball.ts'

const PACKAGES = join(import.meta.dirname, '../../../packages')

let dir = ''
let clientContent: Package
let client: Tarball
/** Paths of tarballs. */
let cli = ''
let server = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyferry-packed-'))
  clientContent = await clientPackage()
  client = await tarballOf(join(dir, 'tarballs'), clientContent)
  // What other tests of the run start, and where a test below compares the bytes with another build.
  const packages = join(await installation(), 'node_modules')
  cli = await packedIn(join(dir, 'tarballs'), join(packages, 'keyferry'))
  server = await packedIn(join(dir, 'tarballs'), join(packages, 'keyferry-server'))
  await mkdir(join(dir, 'home'))
  await installed('app', [client.file, cli])
}, 600_000)
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
  const size = execFileSync('du', ['-sm', join(dir, 'app/node_modules/keyferry')], { encoding: 'utf8' })
  expect(Number.parseInt(size, 10)).toBeLessThan(60)
  // What npm has installed, by its own account.
  const lockfile = await readFile(join(dir, 'app/node_modules/.package-lock.json'), 'utf8')
  const { packages } = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(JSON.parse(lockfile))
  expect(Object.keys(packages).sort()).toEqual(['node_modules/@keyferry/client', 'node_modules/keyferry'])
})

// Each release compares all of its tarballs with a second build (.github/workflows/release.yml).
it('are the same bytes each time they are packed, whatever the umask', async () => {
  const mask = process.umask(0o077)
  onTestFinished(() => void process.umask(mask))
  const again = await tarballOf(join(dir, 'again'), await cliPackage())
  // Millions of bytes: to compare them one by one takes seconds.
  expect((await readFile(again.file)).equals(await readFile(cli))).toBe(true)
})

it('come with a bill of what was bundled, in one order and without a time or a random number', async () => {
  const bill = await billOfMaterials(clientContent, ['@keyferry/client'])
  expect(JSON.parse(bill)).toMatchObject({
    metadata: { component: { name: '@keyferry/client', version: product.version } },
    components: ['client', 'server', 'eventsource-parser', 'eventsource'].map((name) => ({ name })),
  })
  expect(bill).not.toMatch(/"(timestamp|serialNumber)"/)
})

it.each([['start'], ['admin', 'verify-store']])('say how to get the server: keyferry %s', async (...args) => {
  expect(await inApp(process.execPath, ['node_modules/keyferry/keyferry.js', ...args])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Install keyferry-server of the same version beside it'),
  })
})

it.each(['cli.md', 'client.md', 'deploying.md'])(
  'link to no document that they lack: %s as README',
  async (document) => {
    const readme = await readmeOf(document)
    expect(readme.match(/\]\((?!#|https:)[^)]*\)/g)).toBeNull()
    expect(readme).toMatch(/`docs\/\w+\.md`/)
  },
)

it('know their version', async () => {
  const printed = await inApp(process.execPath, ['node_modules/keyferry/keyferry.js', '--version'])
  expect(printed).toMatchObject({ code: 0, stdout: `${product.version}\n` })
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
  await installed('server', [cli, server, ...needed])
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
  const old = [...nodes].find(([version]) => Number(version) < 22)
  if (old)
    expect(await runIn('server', old[1], [command, 'admin', 'verify-audit'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not run on Node [\d.]+\n.*Use Node 22\.18 or newer/),
    })
  // It asks once it serves.
  const headers = { authorization: `Bearer ${signedIn.KEYFERRY_TOKEN}` }
  await vi.waitFor(
    async () =>
      expect(await (await fetch(`${url}/api/status`, { headers })).json()).toMatchObject({
        version: product.version,
        newerVersion: '99.0.0',
      }),
    { timeout: 60_000 },
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

// Each compiler with one of the two ways to find the types.
it.each([
  ['5.9', 'node16', 'node16', { 'program.mts': PROGRAM, 'mistakes.mts': MISTAKES, 'mistake.cts': MISTAKE }],
  ['current', 'esnext', 'bundler', { 'program.ts': PROGRAM, 'mistakes.ts': MISTAKES }],
] as const)(
  'have real types for TypeScript %s: module %s, resolution %s',
  async (version, module, resolution, files) => {
    await mkdir(join(dir, 'app', resolution))
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'app', resolution, name), text)
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom']
    const modules = ['--module', module, '--moduleResolution', resolution]
    const sources = Object.keys(files).map((name) => join(resolution, name))
    const { stdout } = await inApp(process.execPath, [compilers[version], ...options, ...modules, ...sources])
    expect((stdout.match(/\w+\.[cm]?ts.*error.*/g) ?? []).toSorted()).toEqual([
      ...('mistake.cts' in files ? [expect.stringMatching(/mistake\.cts.*Property 'nonsense' does not exist/)] : []),
      expect.stringMatching(/mistakes\.m?ts.*Type 'string' is not assignable to type 'number'/),
      expect.stringMatching(/mistakes\.m?ts.*Property 'nonsense' does not exist on type 'KeyferryClient'/),
      expect.stringMatching(/mistakes\.m?ts.*'nom' does not exist/),
    ])
  },
)

/** Lists projects by the client as a module of each kind, and prints whether both are the same code. */
const BOTH_KINDS = `
import { createRequire } from 'node:module'
import * as esm from '@keyferry/client'
const cjs = createRequire(process.cwd() + '/')('@keyferry/client')
for (const { createKeyferryClient } of [esm, cjs]) {
  const keyferry = createKeyferryClient({ url: process.env.KEYFERRY_URL, token: process.env.KEYFERRY_TOKEN })
  console.log((await keyferry.projects.list.query()).map(({ slug }) => slug).join())
}
console.log(esm.KeyferryApiError === cjs.KeyferryApiError)
`

it('talk to an instance on Node 20, 22 and 24, where they are on the PATH', async () => {
  const { url, client: admin, api } = await startApi()
  const { id: projectId } = await admin.projects.create.mutate({ name: 'Shop', slug: 'web-shop' })
  await admin.secrets.create.mutate({ projectId, environment: 'dev', key: 'API_KEY', value: 'x' })
  const env = { KEYFERRY_URL: url, KEYFERRY_TOKEN: api.token }
  const supported = [...nodes].filter(([version]) => ['20', '22', '24'].includes(version))
  expect(supported).not.toEqual([])
  for (const [version, node] of supported) {
    const printed = await inApp(node, ['--input-type=module', '-e', BOTH_KINDS], env)
    expect(printed, version).toMatchObject({ code: 0, stdout: 'web-shop\nweb-shop\ntrue\n' })
    const keyferry = ['node_modules/keyferry/keyferry.js', 'secrets', 'list', '--project', 'web-shop', '--env', 'dev']
    expect(await inApp(node, keyferry, env), version).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('API_KEY'),
    })
  }
})
