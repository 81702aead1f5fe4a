/** The tarballs as a user gets them: installed into empty folders, without a network, a home or the repository. */
import { execFile, execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { startApi } from '@keyferry/server/testing-cli'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packCli } from '../src/cli.ts'
import { packClient } from '../src/client.ts'
import type { Tarball } from '../src/tarball.ts'

let dir = ''
let client: Tarball
let cli: Tarball
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyferry-packed-'))
  client = await packClient(join(dir, 'tarballs'))
  cli = await packCli(join(dir, 'tarballs'))
  await mkdir(join(dir, 'home'))
  await mkdir(join(dir, 'app'))
  await writeFile(join(dir, 'app/package.json'), '{ "name": "app", "private": true }')
  const install = ['install', '--offline', '--no-update-notifier', '--no-audit', '--no-fund', client.file, cli.file]
  expect(await inApp('npm', install)).toMatchObject({ code: 0 })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program in the folder that the packages are installed in. */
const inApp = (program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((done) => {
    const options = { cwd: join(dir, 'app'), env: { PATH: process.env['PATH'], HOME: join(dir, 'home'), ...env } }
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

const require = createRequire(import.meta.url)
const compilers = {
  '5.9': join(dirname(require.resolve('typescript-5.9/package.json')), 'bin/tsc'),
  current: join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'),
}

describe.each(Object.entries(compilers))('with TypeScript %s', (version, tsc) => {
  it.each([
    ['node16', 'node16', '.mts'],
    ['node16', 'node16', '.cts'],
    ['esnext', 'bundler', '.ts'],
  ])('types are real: module %s, resolution %s, %s', async (module, moduleResolution, extension) => {
    const folder = `${version}-${moduleResolution}${extension}`
    await mkdir(join(dir, 'app', folder))
    // Modules of the older kind have no await at the top.
    const files = extension === '.cts' ? { program: PROGRAM } : { program: PROGRAM, mistakes: MISTAKES }
    for (const [name, text] of Object.entries(files))
      await writeFile(join(dir, 'app', folder, `${name}${extension}`), text)
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom']
    const modules = ['--module', module, '--moduleResolution', moduleResolution]
    const sources = Object.keys(files).map((name) => join(folder, `${name}${extension}`))
    const { stdout } = await inApp(process.execPath, [tsc, ...options, ...modules, ...sources])
    expect(stdout.match(/\w+\.[cm]?ts.*error.*/g) ?? []).toEqual(
      extension === '.cts'
        ? []
        : [
            expect.stringMatching(/mistakes\.m?ts.*Type 'string' is not assignable to type 'number'/),
            expect.stringMatching(/mistakes\.m?ts.*Property 'nonsense' does not exist on type 'KeyferryClient'/),
            expect.stringMatching(/mistakes\.m?ts.*'nom' does not exist/),
          ],
    )
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
      stderr: expect.stringContaining('Run it where the instance is installed'),
    })
  })
})
