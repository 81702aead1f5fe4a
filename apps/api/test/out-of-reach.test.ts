/**
 * Every procedure, called by an admin who is narrowed to one folder: no answer names anything that was put out of their
 * reach, and what is out of reach is answered like what does not exist. Generated from the procedures' schemas; the
 * store makes no difference to it.
 */
import { randomUUID } from 'node:crypto'
import { runSync } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { openSqliteStore } from '@keyferry/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readyApi, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'
import { inputFor, procedures, type Procedure } from './request-matrix/inputs.ts'

/** In every name that is out of reach, and in the same place of a name that nothing has. */
const CANARY = /zqcanary|ZQCANARY/
const [HERE, NOWHERE] = ['zqcanary', 'zqnothing']

/** What a call can name, by the name of the field: in reach, out of reach, and what does not exist. */
interface World {
  inReach: ReadonlyMap<string, unknown>
  pairs: readonly (readonly [field: string, beyond: string, nothing: string])[]
}

/** Names are unique in a project, or in the instance, so creating one that is taken shows that it exists. */
const UNIQUE = new Set(['syncs.create slug', 'syncs.create name', 'syncs.update name'])

describe('what is out of reach', () => {
  let api: TestApi
  let vendor: Emulator
  let world: World
  let caller: { token: string; identityId: string }
  let built = 0

  beforeAll(async () => {
    api = await readyApi(openSqliteStore)
    vendor = await startEmulator()
    caller = await machine(api, 'narrowed admin')
    world = await build()
  })
  afterAll(async () => {
    await vendor.close()
    await api.close()
  })

  async function admin(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) {
    const answer = await api.send(method, url, body)
    expect(answer.status, `${method} ${url} ${answer.text}`).toBe(200)
    return answer.body
  }

  /** `/a` is in reach. It imports from, refers to, and is imported by and referred to from what is not. */
  async function build(): Promise<World> {
    const tag = `w${++built}`
    const { project } = await admin('POST', '/api/v1/projects', { projectName: tag })
    const projectId: string = project.id
    const environments = `/api/v1/projects/${projectId}/environments`
    const beyond = await admin('POST', environments, { name: HERE, slug: `${HERE}-env` })
    const dev = { projectId, environment: 'dev' }
    const folder = async (path: string, name: string, environment = 'dev'): Promise<string> =>
      (await admin('POST', '/api/v2/folders', { projectId, environment, path, name })).folder.id
    const secret = (secretPath: string, key: string, secretValue: string) =>
      admin('POST', `/api/v4/secrets/${key}`, { ...dev, secretPath, secretValue })
    const importing = async (path: string, from: string): Promise<string> => {
      const body = { ...dev, path, import: { environment: 'dev', path: from } }
      return (await admin('POST', '/api/v2/secret-imports', body)).secretImport.id
    }
    await folder('/', 'a')
    const folderId = await folder('/a', 'sub')
    await folder('/a', 'plain')
    const beyondFolder = await folder('/', HERE)
    await folder('/', HERE, `${HERE}-env`)
    await folder(`/${HERE}`, `${HERE}-deleted`)
    const { secret: beyondSecret } = await secret(`/${HERE}`, 'ZQCANARY_KEY', 'x')
    const { secret: inReachSecret } = await secret('/a', 'KEY', 'value')
    await secret('/a', 'OTHER', 'value')
    await secret('/a/sub', 'BELOW', 'is ${ZQCANARY_KEY}')
    await secret(`/${HERE}`, 'ZQCANARY_REFERS', '${dev.a.KEY}')
    const importId = await importing('/a', '/a/plain')
    await importing('/a/sub', `/${HERE}`)
    await importing(`/${HERE}/${HERE}-deleted`, '/a')
    const beyondImport = await importing(`/${HERE}`, '/a/plain')

    const connect = async (name: string) => {
      const body = { name, method: 'api-key', credentials: vendor.credentials, projectId }
      return (await admin('POST', '/api/v1/app-connections/trigger-dev', body)).appConnection.id
    }
    const connectionId = await connect(`${tag}-used`)
    const beyondConnection = await connect(`${HERE}-${tag}`)
    const sync = async (name: string, connection: string, secretPath: string, keySchema: string): Promise<string> => {
      const made = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
        ...dev,
        name,
        connectionId: connection,
        secretPath,
        syncOptions: { initialSyncBehavior: 'overwrite-destination', keySchema, deletionPolicy: 'owned' },
        destinationConfig: vendor.target,
      })
      await runSync(api.ctx, made.secretSync.id, new AbortController().signal)
      return made.secretSync.id
    }
    const syncId = await sync('in-reach', connectionId, '/a', `${tag}_A_{{secretKey}}`)
    const beyondSync = await sync(`${HERE}-sync`, beyondConnection, `/${HERE}`, `${tag}_{{secretKey}}`)
    const runsOf = async (id: string) => (await admin('GET', `/api/v1/secret-syncs/trigger-dev/${id}/runs`)).runs[0].id

    const trashOf = async (secretPath: string, key: string): Promise<string> => {
      await secret(secretPath, key, 'gone')
      await admin('DELETE', `/api/v4/secrets/${key}`, { ...dev, secretPath })
      const { trash } = await admin('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)
      return trash.find(({ name }: { name: string }) => name === key).id
    }
    const trashId = await trashOf('/a', 'GONE')
    const beyondTrash = await trashOf(`/${HERE}`, 'ZQCANARY_GONE')

    // The largest of the roles: it is let through to more answers than the others.
    const own = `/api/v1/projects/${projectId}/identity-memberships/${caller.identityId}`
    const { identityMembership } = await admin('POST', own, {
      role: 'admin',
      scopes: [{ environment: 'dev', secretPath: '/a/**' }],
    })
    const { project: foreign } = await admin('POST', '/api/v1/projects', {
      projectName: `${HERE}-${tag}`,
      slug: `${HERE}-${tag}`,
    })
    const place = { secretPath: '/a', path: '/a', sourceSecretPath: '/a', destinationSecretPath: '/a/plain' }
    const inReach = new Map<string, unknown>(
      Object.entries({
        ...place,
        projectId,
        slug: project.slug,
        environment: 'dev',
        sourceEnvironment: 'dev',
        destinationEnvironment: 'dev',
        destinationPath: '/a/plain',
        environmentId: project.environments.find(({ slug }: { slug: string }) => slug === 'dev')?.id,
        folderId,
        folderIdOrName: 'sub',
        importId,
        secretId: inReachSecret.id,
        key: 'KEY',
        value: 'text',
        syncId,
        syncName: 'in-reach',
        runId: await runsOf(syncId),
        trashId,
        planHash: 'none',
        app: 'trigger-dev',
        destination: 'trigger-dev',
        method: 'api-key',
        connectionId,
        connectionName: `${tag}-used`,
        credentials: vendor.credentials,
        target: vendor.target,
        list: 'projects',
        known: {},
        query: 'Q',
        from: '2020-01-01T00:00:00.000Z',
      }),
    )
    const path = (field: string) => [field, `/${HERE}`, `/${NOWHERE}`] as const
    const environment = (field: string) => [field, `${HERE}-env`, `${NOWHERE}-env`] as const
    const id = (field: string, beyond: string) => [field, beyond, randomUUID()] as const
    return {
      inReach,
      pairs: [
        ...['secretPath', 'path', 'sourceSecretPath', 'destinationSecretPath', 'destinationPath'].map(path),
        ...['environment', 'sourceEnvironment', 'destinationEnvironment'].map(environment),
        id('projectId', foreign.id),
        ['slug', `${HERE}-${tag}`, `${NOWHERE}-${tag}`],
        ['key', 'ZQCANARY_KEY', 'ZQNOTHING_KEY'],
        ['value', '${ZQCANARY_KEY}', '${ZQNOTHING_KEY}'],
        ['value', `\${dev.${HERE}.ZQCANARY_KEY}`, `\${dev.${NOWHERE}.ZQNOTHING_KEY}`],
        id('folderId', beyondFolder),
        ['folderIdOrName', HERE, NOWHERE],
        id('folderIdOrName', beyondFolder),
        id('importId', beyondImport),
        id('secretId', beyondSecret.id),
        id('environmentId', beyond.environment.id),
        id('membershipId', identityMembership.id),
        id('syncId', beyondSync),
        ['syncName', `${HERE}-sync`, `${NOWHERE}-sync`],
        ['name', `${HERE}-sync`, `${NOWHERE}-sync`],
        id('runId', await runsOf(beyondSync)),
        id('trashId', beyondTrash),
        id('connectionId', beyondConnection),
        ['connectionName', `${HERE}-${tag}`, `${NOWHERE}-${tag}`],
      ],
    }
  }

  interface Asked {
    status: number
    text: string
  }

  async function ask({ name, type }: Procedure, token: string, input: unknown): Promise<Asked> {
    const text = JSON.stringify(input)
    const { status, body } =
      type === 'query'
        ? await api.send(
            'GET',
            `/api/trpc/${name}${text === undefined ? '' : `?input=${encodeURIComponent(text)}`}`,
            undefined,
            { token },
          )
        : await api.send('POST', `/api/trpc/${name}`, input ?? {}, { token })
    return {
      status,
      text: JSON.stringify(body?.error?.data ? { ...body.error, data: { ...body.error.data, reqId: '' } } : body),
    }
  }

  /** What two answers must have in common, whatever their ids, times and versions and the requested names. */
  const likened = ({ status, text }: Asked, ...asked: string[]): [number, string] => {
    let plain = text
    for (const name of asked) plain = plain.replaceAll(name, '<asked>')
    return [
      status,
      plain
        .replaceAll(new RegExp(`${HERE}|${NOWHERE}`, 'gi'), '<name>')
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
        .replaceAll(/"version":\d+/g, '<version>'),
    ]
  }

  /** Fields that some procedure was asked with. */
  const named = new Set<string>()
  const walked = procedures.filter(({ type, meta }) => type !== 'subscription' && meta.verb !== 'anyone')
  it.each(walked.map((procedure) => [procedure.name, procedure] as const))('%s', async (name, procedure) => {
    const { token } = caller
    const isStale = ({ status }: Asked): boolean => procedure.type === 'mutation' && status === 200
    const plain = inputFor(procedure, world.inReach)
    // By position: the world is built again after a call that changed it.
    for (const index of world.pairs.keys()) {
      const [field, beyond, nothing] = world.pairs[index] ?? ['', '', '']
      const asked = (value: string): unknown => inputFor(procedure, new Map([...world.inReach, [field, value]]))
      if (UNIQUE.has(`${name} ${field}`) || !JSON.stringify(asked(beyond))?.includes(JSON.stringify(beyond))) continue
      const how = `${field} = ${beyond} ${JSON.stringify(asked(beyond))}`
      named.add(field)
      const seen = await ask(procedure, token, asked(beyond))
      const like = await ask(procedure, token, asked(nothing))
      expect(likened(seen, beyond), how).toEqual(likened(like, nothing))
      // An answer to a name that nothing has repeats none of the others.
      expect(like.text, how).not.toMatch(CANARY)
      if (isStale(seen) || isStale(like)) world = await build()
    }
    const seen = await ask(procedure, token, plain)
    expect(seen.text, JSON.stringify(plain)).not.toMatch(CANARY)
    if (isStale(seen)) world = await build()
  })

  // A field that no input has any more would be walked in vain.
  it('was named in every way', () => expect(named).toEqual(new Set(world.pairs.map(([field]) => field))))
})
