/** The files in `deploy` and the Dockerfile: valid for what reads them, and right about Keyferry. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { readEnv } from '@keyferry/runtime'
import * as apps from 'kubernetes-models/apps/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as core from 'kubernetes-models/v1'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { DEPENDENCIES, PROGRAMS } from '../src/server-bundle.ts'

const ROOT = join(import.meta.dirname, '../../..')
const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')
/** Of node: the same wherever a server is started. The heap grows by half before its garbage is collected. */
const FLAGS = [
  '--liftoff-only',
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--no-incremental-marking-task',
]
/** Of `keyferry-server`, whose folder each of them starts in. */
const programs: readonly string[] = Object.values(PROGRAMS).map((name) => `${name}.js`)
const has = (command: string): boolean => spawnSync(command, ['--help']).error === undefined

/** Refuses what is no setting, and a secret from a file that is not there is none. */
function expectSettings(variables: Record<string, string>): void {
  const withoutFiles = Object.entries(variables).filter(([name]) => !name.endsWith('_FILE'))
  expect(readEnv(Object.fromEntries(withoutFiles)).warnings.filter((text) => text.includes('not a setting'))).toEqual(
    [],
  )
  for (const name of Object.keys(variables).filter((name) => name.endsWith('_FILE')))
    expect(() => readEnv({ [name]: '/not/there' })).toThrow(`${name}: /not/there cannot be read`)
}

describe('the image', () => {
  it('starts node itself as an ordinary user, with a program and settings that exist', async () => {
    const lines = (await read('Dockerfile')).split('\n')
    const last = (instruction: string): string =>
      lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? ''
    expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', ...FLAGS])
    expect(last('WORKDIR')).toMatch(/\/node_modules\/keyferry-server$/)
    const [program] = z.array(z.string()).parse(JSON.parse(last('CMD')))
    expect(programs).toContain(program)
    const variables = Object.fromEntries(
      last('ENV')
        .split(' ')
        .map((setting) => setting.split('=', 2)),
    )
    expectSettings(variables)
    expect(readEnv(variables)).toMatchObject({ HOST: '0.0.0.0', KEYFERRY_CREATE_ROOT_KEY: false })
    expect(lines.findLast((line) => line.startsWith('HEALTHCHECK'))).toContain('/api/ready')
  })
})

it('build-root refuses a directory that has a build', async () => {
  const target = await mkdtemp(join(tmpdir(), 'keyferry-root-'))
  onTestFinished(() => rm(target, { recursive: true }))
  await mkdir(join(target, 'node_modules'))
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }
  const built = spawnSync(join(ROOT, 'deploy/build-root'), [target], { encoding: 'utf8', env, timeout: 60_000 })
  expect(built).toMatchObject({ status: 1, stderr: expect.stringContaining('has a build already') })
})

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
})

describe.each(['compose.yaml', 'compose.fleet.yaml'])('deploy/%s', (file) => {
  it('runs programs that exist, with settings and secrets that exist', async () => {
    const { services, secrets } = z
      .object({
        services: z.record(z.string(), service),
        secrets: z.record(z.string(), z.object({ file: z.string() })),
      })
      .parse(parse(await read(`deploy/${file}`), { merge: true }))
    // They are neither committed nor part of what the image is built from.
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/secrets\/[\w-]+$/)
    expect((await read('.dockerignore')).split('\n')).toContain('deploy/secrets')
    expect((await read('.gitignore')).split('\n')).toContain('/deploy/secrets/')
    for (const { image, command = [], environment, secrets: own } of Object.values(services)) {
      for (const secret of own) expect(Object.keys(secrets)).toContain(secret)
      for (const path of Object.values(environment).filter((value) => value.startsWith('/run/secrets/')))
        expect(own.map((secret) => `/run/secrets/${secret}`)).toContain(path)
      if (image !== 'keyferry') continue
      for (const program of command) expect(programs).toContain(program)
      expectSettings({ ...environment, KEYFERRY_URL: 'http://127.0.0.1:4400' })
    }
  })
})

describe('deploy/keyferry.service', () => {
  it('starts a program that exists, with settings that exist', async () => {
    const unit = await read('deploy/keyferry.service')
    for (const file of ['deploy/keyferry.service', '.ci/image'])
      expect(await read(file)).toContain(`node ${FLAGS.join(' ')} server.js`)
    expect(await read('package.json')).toContain(`node ${FLAGS.join(' ')} apps/server/src/main.ts`)
    expect(programs).toContain(/^ExecStart=.* (\S+)$/m.exec(unit)?.[1])
    expect(unit).toMatch(/^WorkingDirectory=.*\/node_modules\/keyferry-server$/m)
    const settings = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, text = '']) => text.split(' '))
    expectSettings(Object.fromEntries(settings.map((setting) => setting.split('=', 2))))
  })

  it.skipIf(!has('systemd-analyze'))('leaves the process little that it does not need', () => {
    const analysis = ['security', '--offline=true', '--threshold=20', join(ROOT, 'deploy/keyferry.service')]
    const { status, stdout } = spawnSync('systemd-analyze', analysis, { encoding: 'utf8' })
    expect(status, stdout).toBe(0)
  })
})

/** Validate what they are constructed with against Kubernetes' own schemas. */
const models = new Map<string, new (data: never) => { validate(): void }>(
  Object.entries({ ...core, ...apps, ...networking, ...policy }),
)

describe('deploy/kubernetes', async () => {
  const folder = 'deploy/kubernetes'
  const files = (await readdir(join(ROOT, folder))).filter((file) => file !== 'kustomization.yaml')
  const texts = await Promise.all(files.map((file) => read(join(folder, file))))
  const resources = texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => z.looseObject({ kind: z.string() }).parse(document.toJS())),
  )

  it('names the version of the product', async () => {
    const { images } = z
      .object({ images: z.array(z.object({ newTag: z.string() })) })
      .parse(parse(await read(`${folder}/kustomization.yaml`)))
    expect(images.map(({ newTag }) => newTag)).toEqual([JSON.parse(await read('package.json')).version])
  })

  it('holds what Kubernetes takes, and lists every file', async () => {
    const { resources: listed } = z
      .object({ resources: z.array(z.string()) })
      .parse(parse(await read(`${folder}/kustomization.yaml`)))
    expect(listed.toSorted()).toEqual(files.toSorted())
    for (const resource of resources) {
      const Model = models.get(resource.kind)
      if (!Model) throw new Error(`there is no schema of ${resource.kind}`)
      new Model(resource as never).validate()
      const wrong = { ...resource, metadata: { name: 7 } }
      expect(() => new Model(wrong as never).validate()).toThrow('name')
    }
  })

  it.skipIf(!has('kubectl'))('is rendered by kustomize, whole', () => {
    const rendered = spawnSync('kubectl', ['kustomize', join(ROOT, folder)], { encoding: 'utf8' })
    expect(rendered).toMatchObject({ status: 0, stderr: '' })
    const documents = parseAllDocuments(rendered.stdout).map(
      (document) => z.object({ kind: z.string() }).parse(document.toJS()).kind,
    )
    expect(documents.toSorted()).toEqual(resources.map(({ kind }) => kind).toSorted())
  })

  it('starts programs that exist, with settings, ports and files that exist', () => {
    const pods = resources
      .filter(({ kind }) => kind === 'Deployment')
      .map((deployment) => z.object({ spec: z.object({ template: z.object({ spec: pod }) }) }).parse(deployment))
    expect(pods).toHaveLength(2)
    const { data } = z
      .object({ data: z.record(z.string(), z.string()) })
      .parse(resources.find(({ kind }) => kind === 'ConfigMap'))
    expectSettings(data)
    for (const { spec } of pods) {
      const [container, ...others] = spec.template.spec.containers
      expect(others).toEqual([])
      expect(programs).toContain(container?.args[0])
      const ports = container?.ports.map(({ name }) => name) ?? []
      for (const probe of [container?.startupProbe, container?.readinessProbe, container?.livenessProbe])
        expect(ports).toContain((probe?.httpGet ?? probe?.tcpSocket)?.port)
      // What the service sends to a pod that ends finds it listening, and the process has its 30 seconds all the same.
      const waits = Number(container?.lifecycle?.preStop.exec.command[1] ?? 0)
      expect(waits > 0).toBe(ports.includes('http'))
      expect(spec.template.spec.terminationGracePeriodSeconds - waits).toBe(30)
      const mounted = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? []
      const files = Object.values(data).filter((value) => value.startsWith('/run/'))
      for (const path of files) expect(mounted.some((mount) => path.startsWith(`${mount}/`))).toBe(true)
      // Each is named, and none is optional: a pod without its root key stays pending with an event that names it.
      const secrets = spec.template.spec.volumes.flatMap(({ secret }) => secret ?? [])
      expect(secrets.map(({ optional }) => optional ?? false)).toEqual([false])
      expect(secrets.flatMap(({ items }) => items.map(({ path }) => path)).toSorted()).toEqual(
        files.map((path) => basename(path)).toSorted(),
      )
    }
  })
})

it('the way without internet access names the versions that the server needs', async () => {
  const { catalog } = z
    .object({ catalog: z.record(z.string(), z.union([z.string(), z.number()])) })
    .parse(parse(await read('pnpm-workspace.yaml')))
  const [, carried = ''] = /^ {4}npm pack (.*)$/m.exec(await read('docs/deploying.md')) ?? []
  for (const name of Object.keys(DEPENDENCIES)) expect(carried.split(' ')).toContain(`${name}@${catalog[name]}`)
})

const address = z.object({ port: z.string() })
const probe = z.object({ httpGet: address.optional(), tcpSocket: address.optional() })
const pod = z.object({
  terminationGracePeriodSeconds: z.number(),
  containers: z.array(
    z.object({
      args: z.array(z.string()),
      lifecycle: z
        .object({ preStop: z.object({ exec: z.object({ command: z.tuple([z.literal('sleep'), z.string()]) }) }) })
        .optional(),
      ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
      startupProbe: probe,
      readinessProbe: probe,
      livenessProbe: probe,
      volumeMounts: z.array(z.object({ mountPath: z.string() })),
    }),
  ),
  volumes: z.array(
    z.object({
      secret: z.object({ optional: z.boolean().optional(), items: z.array(z.object({ path: z.string() })) }).optional(),
    }),
  ),
})
