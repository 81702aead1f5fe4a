/** Keyferry speaks the routes that are read, so a second instance is the source. */
import { createServer } from 'node:http'
import { newProject } from '@keyferry/api/testing'
import type { KeyferryClient } from '@keyferry/client'
import { newHome, startApi, type Home } from '@keyferry/server/testing-cli'
import { beforeEach, expect, it, onTestFinished } from 'vitest'

let source: Awaited<ReturnType<typeof startApi>>
let target: Awaited<ReturnType<typeof startApi>>
let home: Home
beforeEach(async () => {
  source = await startApi()
  target = await startApi()
  home = await newHome({
    KEYFERRY_URL: target.url,
    KEYFERRY_TOKEN: target.api.token,
    INFISICAL_TOKEN: source.api.token,
  })
})

const SECRET_TEXT = 'canary-7f3a'

async function fill(client: KeyferryClient, projectId: string): Promise<void> {
  const dev = { projectId, environment: 'dev' }
  await client.environments.create.mutate({ projectId, name: 'Quality', slug: 'qa' })
  await client.folders.create.mutate({ ...dev, path: '/', name: 'common' })
  await client.folders.create.mutate({ ...dev, path: '/', name: 'api' })
  await client.folders.create.mutate({ ...dev, path: '/api', name: 'deep_er' })
  await client.imports.create.mutate({ ...dev, path: '/api', import: { environment: 'dev', path: '/' } })
  await client.imports.create.mutate({ ...dev, path: '/api', import: { environment: 'dev', path: '/common' } })
  const write = (environment: string, secretPath: string, key: string, value: string, comment = '') =>
    client.secrets.create.mutate({ projectId, environment, secretPath, key, value, comment })
  await write('dev', '/', 'HOST', `${SECRET_TEXT}\nsecond line\n`, 'where it is')
  await write('dev', '/common', '__proto__', SECRET_TEXT)
  await write('dev', '/api', 'URL', 'https://${HOST}/${dev.common.__proto__}')
  await write('dev', '/api/deep_er', 'EMPTY', '')
  await write('dev', '/api/deep_er', 'ELSEWHERE', '${@other.dev.KEY}')
  await write('qa', '/', 'ONLY', SECRET_TEXT)
  const tag = await client.tags.create.mutate({ projectId, slug: 'paid', name: 'Paid for', color: '#00ff00' })
  const metadata = [{ key: 'owner', value: 'ada', isEncrypted: true }]
  await client.secrets.update.mutate({ ...dev, key: 'HOST', tagIds: [tag.id], metadata })
}

/** Everything in a project, as its API shows it. */
async function contents(client: KeyferryClient, projectId: string) {
  const { environments } = await client.projects.get.query({ projectId })
  const all = []
  for (const { slug: environment, name } of environments) {
    const { secrets } = await client.secrets.list.query({ projectId, environment, recursive: true })
    const imports =
      environment === 'dev' ? await client.imports.list.query({ projectId, environment, path: '/api' }) : []
    all.push({
      environment,
      name,
      secrets: secrets.map(({ secretPath, key, value, comment, metadata, tags }) => ({
        secretPath,
        key,
        value,
        comment,
        metadata,
        tags: tags.map(({ slug, name, color }) => ({ slug, name, color })),
      })),
      imports: imports.map(({ environment, path }) => `${environment.slug}:${path}`),
    })
  }
  return all
}

/** `to`, with its answers changed. */
async function startProxy(to: string, change: (text: string) => string): Promise<string> {
  const server = createServer((request, response) => {
    void fetch(`${to}${request.url}`, { headers: { authorization: request.headers.authorization ?? '' } }).then(
      async (answer) =>
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(change(await answer.text())),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return `http://127.0.0.1:${address.port}`
}

it('copies a project whole, and again without changing a thing', async () => {
  const { id, slug } = await newProject(source.api)
  await fill(source.client, id)
  const args = ['import', 'infisical', '--site-url', source.url, '--project', slug]

  const preview = await home.keyferry([...args, '--dry-run'])
  expect(preview).toMatchObject({ code: 0, stderr: '' })
  expect(preview.stdout).toMatch(/^dev +\/api\/deep_er +2 +2 +0 +0 +0 of 0$/m)
  expect(preview.stdout).toContain('To add: 4 environments, 3 folders, 6 secrets, 2 imports.')
  expect(preview.stdout).toContain('dev:/api/deep_er ELSEWHERE: references another project')
  expect(await target.client.projects.list.query()).toEqual([])

  const copied = await home.keyferry([...args, '--yes'])
  expect(copied).toMatchObject({ code: 0, stderr: '' })
  expect(copied.stdout).toContain('Copied 6 secrets into Shop')
  const project = await target.client.projects.bySlug.query({ slug })
  const there = await contents(target.client, project.id)
  expect(there[0]?.secrets.flatMap(({ tags }) => tags)).toEqual([{ slug: 'paid', name: 'Paid for', color: '#00ff00' }])
  expect(there).toEqual(await contents(source.client, id))
  const resolved = await target.client.secrets.get.query({
    projectId: project.id,
    environment: 'dev',
    secretPath: '/api',
    key: 'URL',
    expandReferences: true,
  })
  expect(resolved.value).toBe(`https://${SECRET_TEXT}\nsecond line\n/${SECRET_TEXT}`)

  const again = await home.keyferry([...args, '--yes', '--json'])
  expect(again).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(again.stdout)).toMatchObject({ written: false, environmentsAdded: [] })
  const versions = await target.client.secrets.list.query({
    projectId: project.id,
    environment: 'dev',
    recursive: true,
  })
  expect(versions.secrets.map(({ version }) => version)).toEqual(versions.secrets.map(() => 1))
  for (const { stdout, stderr } of [preview, copied, again]) expect(stdout + stderr).not.toContain(SECRET_TEXT)
})

it('adds what is missing, keeps what differs, and takes one environment by id', async () => {
  const { id } = await newProject(source.api)
  await fill(source.client, id)
  const mine = await target.client.projects.create.mutate({ name: 'Mine', slug: 'mine-own' })
  await target.client.secrets.create.mutate({
    projectId: mine.id,
    environment: 'dev',
    key: 'HOST',
    value: 'my own',
  })
  const args = [
    'import',
    'infisical',
    '--site-url',
    `${source.url}/api/`,
    '--project',
    id,
    '--environment',
    'dev',
    '--to',
    'mine-own',
    '--yes',
  ]
  const { code, stdout } = await home.keyferry(args)
  expect(stdout).toContain('Has another value here, which is kept:\n  dev:/ HOST')
  expect(code).toBe(0)
  const [dev, ...others] = await contents(target.client, mine.id)
  expect(dev?.secrets.find(({ key }) => key === 'HOST')?.value).toBe('my own')
  expect(dev?.secrets).toHaveLength(5)
  expect(others.map(({ environment }) => environment)).toEqual(['staging', 'prod'])
})

it('takes the others when the vault refuses one, and names that', async () => {
  const { id, slug } = await newProject(source.api)
  const dev = { projectId: id, environment: 'dev' }
  await source.client.secrets.create.mutate({ ...dev, key: 'FINE', value: 'x' })
  await source.client.secrets.create.mutate({ ...dev, key: 'SELF', value: 'x' })
  // As an Infisical server may hold it: a value that names itself.
  const proxy = await startProxy(source.url, (text) =>
    text.replace('"secretKey":"SELF","secretValue":"x"', '"secretKey":"SELF","secretValue":"${SELF}"'),
  )
  const { code, stdout } = await home.keyferry(['import', 'infisical', '--site-url', proxy, '--project', slug, '--yes'])
  expect(stdout).toMatch(/Refused:\n {2}dev:\/ SELF: /)
  expect(code).toBe(1)
  const project = await target.client.projects.bySlug.query({ slug })
  const { secrets } = await target.client.secrets.list.query({ projectId: project.id, environment: 'dev' })
  expect(secrets.map(({ key }) => key)).toEqual(['FINE'])
})

it('signs in there by universal auth', async () => {
  const { id, slug } = await newProject(source.api)
  await source.client.secrets.create.mutate({ projectId: id, environment: 'dev', key: 'A', value: 'a' })
  const { id: identityId } = await source.client.identities.create.mutate({ name: 'mover', role: 'admin' })
  const { clientId } = await source.client.universalAuth.attach.mutate({ identityId })
  const { clientSecret } = await source.client.universalAuth.createSecret.mutate({ identityId })
  const args = ['import', 'infisical', '--site-url', source.url, '--project', slug, '--yes', '--client-id', clientId]
  const env = { INFISICAL_TOKEN: '' }
  const refused = await home.keyferry(args, { env: { ...env, INFISICAL_CLIENT_SECRET: 'wrong' } })
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('refused the sign-in (401)') })
  const piped = await home.keyferry([...args, '--dry-run'], { env, input: `${clientSecret}\n` })
  expect(piped).toMatchObject({ code: 0, stderr: '' })
  const copied = await home.keyferry(args, { env: { ...env, INFISICAL_CLIENT_SECRET: clientSecret } })
  expect(copied).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Copied 1 secret into') })
  expect(await home.keyferry([...args, '--token', 'x'])).toMatchObject({ code: 64, stdout: '' })
})

it('says what is wrong with the source', async () => {
  const { slug } = await newProject(source.api)
  const at = ['import', 'infisical', '--site-url', source.url]
  const refused = await home.keyferry([...at, '--project', slug, '--token', 'wrong'])
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('answered 401')
  const broken = await home.keyferry([...at, '--project', slug, '--token', 'no-token-of\nany-server'])
  expect(broken).toMatchObject({ code: 64, stderr: expect.not.stringContaining('no-token-of') })
  expect((await home.keyferry([...at, '--project', 'nope-nope'])).stderr).toContain('There is no project nope-nope')
  expect((await home.keyferry([...at, '--project', slug, '--environment', 'qa'])).stderr).toContain(
    'has no environment qa',
  )
  // Such as the page of a proxy where people sign in, and what only looks like the answer.
  const pages = [
    ['<html>', 'answered GET /api/v1/projects/slug/.* without JSON'],
    ['"secrets":[{"secretKey":1}],', 'answered GET /api/v3/secrets/raw in an unknown format'],
  ] as const
  for (const [page, words] of pages) {
    const proxy = await startProxy(source.url, (text) =>
      page === '<html>' ? page : text.replace('"secrets":[],', page),
    )
    const { code, stderr } = await home.keyferry(['import', 'infisical', '--site-url', proxy, '--project', slug])
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(words))
  }
})
