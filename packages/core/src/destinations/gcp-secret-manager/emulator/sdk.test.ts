/** Google's own client, unmodified, must not notice that it talks to the emulator. */
import { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { importPKCS8, SignJWT, type JWTPayload } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator, type GcpEmulator, type GcpEmulatorOptions } from './index.ts'
import type { ServiceAccount } from './identities.ts'
import { checksumOf } from './limits.ts'

const PARENT = 'projects/keyferry-demo'
const BY_NUMBER = 'projects/123456789012'
/** The numbers of gRPC that the client shows. */
const [INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED] = [3, 5, 6, 7]
const [RESOURCE_EXHAUSTED, FAILED_PRECONDITION, UNAUTHENTICATED] = [8, 9, 16]

let emulator: GcpEmulator
let clients: SecretManagerServiceClient[]
beforeEach(async () => {
  clients = []
  emulator = await startEmulator()
})
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await emulator.close()
})

const restart = async (options: GcpEmulatorOptions): Promise<void> => {
  await emulator.close()
  emulator = await startEmulator(options)
}

const keyFile = z.object({ client_email: z.string(), private_key: z.string(), private_key_id: z.string() })
const keyOf = ({ key }: ServiceAccount) => keyFile.parse(JSON.parse(key))

function clientOf(account = emulator.accounts.manager): SecretManagerServiceClient {
  const { hostname, port } = new URL(emulator.url)
  const client = new SecretManagerServiceClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    credentials: keyOf(account),
    projectId: 'keyferry-demo',
  })
  clients.push(client)
  return client
}

const NO_RETRY = { retry: null }
const automatic = { replication: { automatic: {} } }
const payload = (text: string) => ({ data: Buffer.from(text), dataCrc32c: checksumOf(Buffer.from(text)) })

test('the checksum is Castagnoli, as Google has it', () => {
  expect([checksumOf(Buffer.from('v1')), checksumOf(Buffer.from('123456789'))]).toEqual(['3850320085', '3808858755'])
})

test('create, versions, read by number and latest, labels and delete', async () => {
  const client = clientOf()
  const [secret] = await client.createSecret({ parent: PARENT, secretId: 'A', secret: automatic })
  expect(secret).toMatchObject({ name: `${BY_NUMBER}/secrets/A`, replication: { automatic: {} } })
  await expect(client.accessSecretVersion({ name: `${PARENT}/secrets/A/versions/latest` })).rejects.toMatchObject({
    code: NOT_FOUND,
  })
  const [first] = await client.addSecretVersion({ parent: `${PARENT}/secrets/A`, payload: payload('a\nü') })
  expect(first).toMatchObject({
    name: `${BY_NUMBER}/secrets/A/versions/1`,
    state: 'ENABLED',
    clientSpecifiedPayloadChecksum: true,
  })
  await client.addSecretVersion({ parent: `${PARENT}/secrets/A`, payload: { data: Buffer.from('b') } })
  const [read] = await client.accessSecretVersion({ name: `${PARENT}/secrets/A/versions/1` })
  expect(Buffer.from(read.payload?.data ?? '').toString()).toBe('a\nü')
  expect(String(read.payload?.dataCrc32c)).toBe(checksumOf(Buffer.from('a\nü')))
  const [latest] = await client.accessSecretVersion({ name: `${PARENT}/secrets/A/versions/latest` })
  expect(latest.name).toBe(`${BY_NUMBER}/secrets/A/versions/2`)

  const name = `${PARENT}/secrets/A`
  const [labelled] = await client.updateSecret({
    secret: { name, labels: { by: 'me' } },
    updateMask: { paths: ['labels'] },
  })
  expect(labelled.labels).toEqual({ by: 'me' })
  await expect(client.deleteSecret({ name, etag: '"old"' })).rejects.toMatchObject({ code: FAILED_PRECONDITION })
  await client.deleteSecret({ name })
  await expect(client.getSecret({ name })).rejects.toMatchObject({ code: NOT_FOUND })
  expect(emulator.contents()).toEqual(new Map())
})

test('versions are disabled, enabled and destroyed, at once or later', async () => {
  emulator.plant({ id: 'A', values: ['one', 'two', 'three'] })
  emulator.plant({ id: 'LATER', versionDestroyTtl: '86400s' })
  const client = clientOf()
  const name = (version: number) => `${PARENT}/secrets/A/versions/${version}`
  await client.disableSecretVersion({ name: name(1) })
  await client.destroySecretVersion({ name: name(2) })
  await expect(client.accessSecretVersion({ name: name(1) })).rejects.toMatchObject({
    code: FAILED_PRECONDITION,
    message: expect.stringContaining('DISABLED'),
  })
  await expect(client.destroySecretVersion({ name: name(2) })).rejects.toMatchObject({ code: FAILED_PRECONDITION })
  const [versions] = await client.listSecretVersions({ parent: `${PARENT}/secrets/A` })
  expect(versions.map(({ state }) => state)).toEqual(['ENABLED', 'DESTROYED', 'DISABLED'])
  const [enabled] = await client.listSecretVersions({ parent: `${PARENT}/secrets/A`, filter: 'state:ENABLED' })
  expect(enabled.map((version) => version.name)).toEqual([`${BY_NUMBER}/secrets/A/versions/3`])
  await client.enableSecretVersion({ name: name(1) })
  const [first] = await client.getSecretVersion({ name: name(1) })
  expect(first.state).toBe('ENABLED')
  const [later] = await client.destroySecretVersion({ name: `${PARENT}/secrets/LATER/versions/1` })
  expect(later).toMatchObject({ state: 'DISABLED', scheduledDestroyTime: expect.anything() })
})

test.each([3, 25_000])('every page of the list, newest first, without values; %i a page', async (pageCap) => {
  await restart({ pageCap })
  for (let n = 0; n < 10; n += 1) emulator.plant({ id: `K-${n}` })
  emulator.plant({ id: 'REGIONAL', location: 'europe-west3' })
  const client = clientOf()
  const [secrets] = await client.listSecrets({ parent: PARENT, pageSize: 25_000 })
  expect(secrets.map(({ name }) => name)).toEqual(
    Array.from({ length: 10 }, (_, n) => `${BY_NUMBER}/secrets/K-${9 - n}`),
  )
  expect(JSON.stringify(secrets)).not.toContain('planted')
  const regional = `${PARENT}/locations/europe-west3`
  const [inRegion] = await client.listSecrets({ parent: regional })
  expect(inRegion.map(({ name }) => name)).toEqual([`${BY_NUMBER}/locations/europe-west3/secrets/REGIONAL`])
  const [empty] = await client.listSecrets({ parent: `${PARENT}/locations/us-east1` })
  expect(empty).toEqual([])
})

test('global secrets need a replication, regional ones refuse it', async () => {
  await restart({ forbidsAutomatic: true })
  const client = clientOf()
  const create = (parent: string, secret: object) => client.createSecret({ parent, secretId: 'A', secret })
  const regional = `${PARENT}/locations/europe-west3`
  await expect(create(regional, automatic)).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  await expect(create(PARENT, {})).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  await expect(create(PARENT, automatic)).rejects.toMatchObject({ code: FAILED_PRECONDITION })
  await expect(create(`${PARENT}/locations/atlantis`, {})).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  const replicas = (location: string) => ({ replication: { userManaged: { replicas: [{ location }] } } })
  await expect(create(PARENT, replicas('atlantis'))).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  await create(PARENT, replicas('europe-west1'))
  await create(regional, {})
  expect(emulator.secrets('europe-west3')).toHaveLength(1)
})

test('what a project cannot hold', async () => {
  const client = clientOf()
  const create = (secretId: string, more: object = {}) =>
    client.createSecret({ parent: PARENT, secretId, secret: { ...automatic, ...more } })
  await create('x'.repeat(255))
  await create('A')
  await expect(create('A')).rejects.toMatchObject({ code: ALREADY_EXISTS })
  for (const [id, more] of [
    ['A.B', {}],
    ['x'.repeat(256), {}],
    ['L', { labels: { Upper: 'x' } }],
    ['L', { annotations: { a: 'x'.repeat(16_384) } }],
  ] as const)
    await expect(create(id, more)).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  const add = (data: Buffer, more: object = {}) =>
    client.addSecretVersion({ parent: `${PARENT}/secrets/A`, payload: { data, ...more } })
  await add(Buffer.alloc(65_536, 1))
  await expect(add(Buffer.alloc(65_537, 1))).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  await expect(add(Buffer.alloc(0))).rejects.toMatchObject({ code: INVALID_ARGUMENT })
  await expect(add(Buffer.from('v1'), { dataCrc32c: 1 })).rejects.toMatchObject({ code: INVALID_ARGUMENT })
})

test('rights, a project that is off or unknown, and quotas', async () => {
  emulator.plant({ id: 'A' })
  const access = { name: `${PARENT}/secrets/A/versions/1` }
  const { writer, stranger } = emulator.accounts
  await expect(clientOf(writer).accessSecretVersion(access)).rejects.toMatchObject({ code: PERMISSION_DENIED })
  await expect(clientOf(stranger).listSecrets({ parent: PARENT })).rejects.toMatchObject({ code: PERMISSION_DENIED })
  const manager = clientOf()
  await expect(manager.listSecrets({ parent: 'projects/nobodys' })).rejects.toMatchObject({
    code: PERMISSION_DENIED,
    message: expect.stringContaining('or it may not exist'),
  })
  await expect(manager.listSecrets({ parent: 'projects/keyferry-off' })).rejects.toMatchObject({
    code: PERMISSION_DENIED,
    message: expect.stringContaining('Enable it by visiting'),
  })
  const locations: unknown[] = []
  for await (const { locationId } of manager.listLocationsAsync({ name: PARENT })) locations.push(locationId)
  expect(locations).toContain('europe-west1')

  emulator.setRateLimit(true)
  const parent = `${PARENT}/secrets/A`
  const adds = await Promise.allSettled(
    [1, 2, 3].map((n) => manager.addSecretVersion({ parent, payload: payload(`v${n}`) }, NO_RETRY)),
  )
  const refused = adds.filter(({ status }) => status === 'rejected')
  expect(refused).toMatchObject([{ reason: { code: RESOURCE_EXHAUSTED } }])
})

/** A call as a client without a library makes it. */
async function call(path: string, { token, body }: { token?: string; body?: URLSearchParams | object } = {}) {
  const isForm = body instanceof URLSearchParams
  const answer = await fetch(emulator.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(!isForm && { 'content-type': 'application/json' }),
    },
    body: isForm || body === undefined ? body : JSON.stringify(body),
  })
  const text = await answer.text()
  return { status: answer.status, body: z.looseObject({}).parse(JSON.parse(text)) }
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

async function assertionOf(account: ServiceAccount, claims: JWTPayload = {}): Promise<string> {
  const { client_email: email, private_key: pem, private_key_id: kid } = keyOf(account)
  const now = Math.floor(Date.now() / 1000)
  const usual = { iss: email, scope: SCOPE, aud: `${emulator.url}/token`, iat: now, exp: now + 3600 }
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .sign(await importPKCS8(pem, 'RS256'))
}

const exchange = (assertion: string) =>
  call('/token', {
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  })

test('tokens: exchanged, impersonated, outdated and refused', async () => {
  const { manager, deputy, stranger } = emulator.accounts
  const list = (token: unknown) => call(`/v1/${PARENT}/secrets`, { token: String(token) })
  const { body: own } = await exchange(await assertionOf(manager))
  expect(own).toMatchObject({ expires_in: 3599, token_type: 'Bearer' })
  expect(await list(own.access_token)).toEqual({ status: 200, body: {} })

  const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
  expect(await exchange(`${(await assertionOf(manager)).slice(0, -8)}AAAAAAAA`)).toEqual(refused)
  const hourAgo = Math.floor(Date.now() / 1000) - 7_200
  expect(await exchange(await assertionOf(manager, { iat: hourAgo, exp: hourAgo + 3_600 }))).toEqual(refused)
  expect(await exchange(await assertionOf(manager, { aud: 'https://elsewhere.example/token' }))).toEqual(refused)
  expect(await exchange(await assertionOf(manager, { scope: 'openid' }))).toMatchObject({
    body: { error: 'invalid_scope' },
  })

  const path = `/v1/projects/-/serviceAccounts/${manager.email}:generateAccessToken`
  const request = { delegates: [], scope: [SCOPE], lifetime: '3600s' }
  const { body: deputys } = await exchange(await assertionOf(deputy))
  expect(await list(deputys.access_token)).toMatchObject({ status: 403 })
  const { body: borrowed } = await call(path, { token: String(deputys.access_token), body: request })
  expect(borrowed).toMatchObject({ expireTime: expect.stringMatching(/^\d{4}-.*T[\d:]+Z$/) })
  expect(await list(borrowed.accessToken)).toMatchObject({ status: 200 })
  const { body: strangers } = await exchange(await assertionOf(stranger))
  expect(await call(path, { token: String(strangers.access_token), body: request })).toMatchObject({ status: 403 })

  emulator.expireTokens()
  expect(await list(own.access_token)).toMatchObject({ status: 401, body: { error: { status: 'UNAUTHENTICATED' } } })
  const client = clientOf({ ...manager, key: JSON.stringify({ ...keyOf(manager), private_key_id: 'unknown' }) })
  await expect(client.listSecrets({ parent: PARENT })).rejects.toMatchObject({ code: UNAUTHENTICATED })
})

test('projects, and whether the API is on there', async () => {
  const { body } = await exchange(await assertionOf(emulator.accounts.manager))
  const token = String(body.access_token)
  expect(await call('/v1/projects?pageSize=100', { token })).toMatchObject({
    body: { projects: [{ projectId: 'keyferry-demo', projectNumber: '123456789012' }, { projectId: 'keyferry-off' }] },
  })
  const service = (id: string) => call(`/v1/projects/${id}/services/secretmanager.googleapis.com`, { token })
  expect(await service('keyferry-demo')).toMatchObject({ body: { state: 'ENABLED' } })
  expect(await service('keyferry-off')).toMatchObject({ body: { state: 'DISABLED' } })
})
