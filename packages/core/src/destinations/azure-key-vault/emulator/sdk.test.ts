/** Azure's own client, unmodified, must not notice that it talks to the emulator. */
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets'
import { SignJWT, importPKCS8 } from 'jose'
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator, type KeyVaultEmulator, type KeyVaultEmulatorOptions } from './index.ts'
import type { App } from './tenant.ts'

const VAULT = 'https://keyferry.vault.azure.net'
let emulator: KeyVaultEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const restart = async (options: KeyVaultEmulatorOptions): Promise<void> => {
  await emulator.close()
  emulator = await startEmulator(options)
}

/** The client insists on https and on the vault's real domain, so its last policy stands for the proxy with both. */
const throughProxy: SecretClientOptions['additionalPolicies'] = [
  {
    position: 'perRetry',
    policy: {
      name: 'proxy',
      async sendRequest(request, next) {
        const { url } = request
        request.url = url.replace(VAULT, emulator.url)
        request.allowInsecureConnection = true
        const answer = await next(request)
        request.url = url
        return { ...answer, bodyAsText: answer.bodyAsText?.replaceAll(emulator.url, VAULT) ?? null }
      },
    },
  },
]

const granted = z.looseObject({ access_token: z.string().default(''), expires_in: z.number().default(0) })

async function tokenOf(form: Record<string, string>, tenantId = emulator.tenantId) {
  const answer = await fetch(`${emulator.url}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  })
  return { status: answer.status, body: granted.parse(await answer.json()) }
}

function clientOf(app: App = emulator.apps.officer): SecretClient {
  const getToken = async (scopes: string | string[]) => {
    const scope = [scopes].flat().join(' ')
    const { body } = await tokenOf({ client_id: app.clientId, client_secret: app.clientSecret, scope })
    return { token: body.access_token, expiresOnTimestamp: Date.now() + body.expires_in * 1000 }
  }
  return new SecretClient(VAULT, { getToken }, { additionalPolicies: throughProxy, retryOptions: { maxRetries: 0 } })
}

async function allOf<Row>(listing: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of listing) rows.push(row)
  return rows
}

const namesOf = async (listing: AsyncIterable<{ name: string }>): Promise<string[]> =>
  (await allOf(listing)).map(({ name }) => name)

test('set, get, change properties, versions and a name in other case', async () => {
  const client = clientOf()
  const first = await client.setSecret('DATABASE-URL', 'a\nü', { contentType: 'text/plain', tags: { by: 'me' } })
  expect(first).toMatchObject({
    name: 'DATABASE-URL',
    value: 'a\nü',
    properties: { version: expect.stringMatching(/^[0-9a-f]{32}$/) },
  })
  const second = await client.setSecret('database-url', 'b')
  expect(second.properties.tags).toBeUndefined()
  expect(await client.getSecret('Database-Url')).toMatchObject({ name: 'DATABASE-URL', value: 'b' })
  expect(await client.getSecret('DATABASE-URL', { version: first.properties.version })).toMatchObject({ value: 'a\nü' })
  expect(await allOf(client.listPropertiesOfSecretVersions('DATABASE-URL'))).toHaveLength(2)

  await client.updateSecretProperties('DATABASE-URL', second.properties.version ?? '', { enabled: false })
  await expect(client.getSecret('DATABASE-URL')).rejects.toMatchObject({
    statusCode: 403,
    details: { error: { innerError: { code: 'SecretDisabled' } } },
  })
  expect(emulator.log[0]).toMatchObject({ status: 401, bytes: 0 })
})

test.each([false, true])('every page of the list, without values; short ones: %s', async (sparsePages) => {
  await restart({ sparsePages })
  for (let n = 0; n < 60; n += 1) emulator.put(`K-${n}`, 'v')
  emulator.plant({ name: 'A-CERT', isManaged: true, contentType: 'application/x-pkcs12' })
  emulator.plant({ name: 'OFF', isEnabled: false, tags: { a: 'b' } })
  const listed = await allOf(clientOf().listPropertiesOfSecrets())
  expect(new Set(listed.map(({ name }) => name))).toHaveLength(62)
  expect(listed.find(({ name }) => name === 'A-CERT')).toMatchObject({ managed: true, enabled: true })
  expect(listed.find(({ name }) => name === 'OFF')).toMatchObject({ enabled: false, tags: { a: 'b' } })
  expect(JSON.stringify(listed)).not.toContain('planted')
  expect(emulator.log.filter(({ path, status }) => path.startsWith('/secrets') && status === 200)).toHaveLength(
    sparsePages ? 10 : 3,
  )
})

test.each([0, 2])('delete, set again, recover and purge, each met by %i calls', async (settleAfter) => {
  await restart({ settleAfter })
  const client = clientOf()
  const [quick, polling] = [{ intervalInMs: 1 }, { statusCode: 409 }]
  await client.setSecret('A', 'one')
  const deleting = await client.beginDeleteSecret('A', quick)
  if (settleAfter > 0)
    await expect(client.setSecret('A', 'two')).rejects.toMatchObject({
      ...polling,
      message: expect.stringMatching(/being deleted/),
    })
  expect(await deleting.pollUntilDone()).toMatchObject({ recoveryId: `${VAULT}/deletedsecrets/A` })
  expect(await namesOf(client.listPropertiesOfSecrets())).toEqual([])
  expect(await namesOf(client.listDeletedSecrets())).toEqual(['A'])
  expect((await client.getDeletedSecret('A')).recoveryId).toBe(`${VAULT}/deletedsecrets/A`)
  await expect(client.getSecret('A')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' })
  await expect(client.setSecret('A', 'two')).rejects.toMatchObject({
    ...polling,
    details: { error: { innerError: { code: 'ObjectIsDeletedButRecoverable' } } },
  })
  const recovering = await client.beginRecoverDeletedSecret('A', quick)
  await recovering.pollUntilDone()
  expect(await client.getSecret('A')).toMatchObject({ value: 'one' })

  await (await client.beginDeleteSecret('A', quick)).pollUntilDone()
  await client.purgeDeletedSecret('A')
  if (settleAfter === 0) expect(await client.setSecret('A', 'two')).toMatchObject({ value: 'two' })
  else await expect(client.setSecret('A', 'two')).rejects.toMatchObject(polling)
})

test('a vault without a bin deletes at once', async () => {
  await restart({ hasBin: false })
  const client = clientOf()
  await client.setSecret('A', 'one')
  const { recoveryId } = await (await client.beginDeleteSecret('A')).pollUntilDone()
  expect(recoveryId).toBeUndefined()
  await client.setSecret('A', 'two')
  expect(emulator.contents()).toEqual(new Map([['A', 'two']]))
})

test('what a vault cannot hold, and whose secrets it refuses to change', async () => {
  emulator.plant({ name: 'A-CERT', isManaged: true })
  const client = clientOf()
  await client.setSecret('BIG', 'x'.repeat(25_600))
  for (const [name, value, more] of [
    ['A_B', 'v', {}],
    ['x'.repeat(128), 'v', {}],
    ['BIGGER', 'x'.repeat(25_601), {}],
    ['TAGS', 'v', { tags: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`t${n}`, ''])) }],
    ['TYPE', 'v', { contentType: 'x'.repeat(256) }],
  ] as const)
    await expect(client.setSecret(name, value, more)).rejects.toMatchObject({ statusCode: 400, code: 'BadParameter' })
  await expect(client.setSecret('A-CERT', 'v')).rejects.toMatchObject({ statusCode: 403, code: 'Forbidden' })
  await expect(client.beginDeleteSecret('A-CERT')).rejects.toMatchObject({ statusCode: 403 })
  expect([...emulator.contents().keys()]).toEqual(['BIG'])
})

test('rights, the firewall, an outdated token and throttling', async () => {
  const { writer, reader, stranger } = emulator.apps
  await clientOf(writer).setSecret('A', 'v')
  await expect(clientOf(writer).getSecret('A')).rejects.toMatchObject({ statusCode: 403 })
  expect(await clientOf(reader).getSecret('A')).toMatchObject({ value: 'v' })
  await expect(clientOf(reader).setSecret('A', 'w')).rejects.toMatchObject({
    statusCode: 403,
    details: { error: { innerError: { code: 'ForbiddenByRbac' } } },
  })
  await expect(namesOf(clientOf(stranger).listPropertiesOfSecrets())).rejects.toMatchObject({ statusCode: 403 })

  const client = clientOf()
  await client.getSecret('A')
  emulator.expireTokens()
  await expect(client.getSecret('A')).rejects.toMatchObject({ statusCode: 401 })
  emulator.setFirewall(true)
  await expect(clientOf().getSecret('A')).rejects.toMatchObject({
    statusCode: 403,
    message: expect.stringMatching(/Client address/),
  })
  emulator.setFirewall(false)

  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  const throttledClient = clientOf()
  await throttledClient.getSecret('A')
  await expect(throttledClient.getSecret('A')).rejects.toMatchObject({ statusCode: 429, code: 'Throttled' })
})

test('tokens: each refusal has its code, and a certificate proves an app too', async () => {
  const { clientId, clientSecret } = emulator.apps.officer
  const scope = 'https://vault.azure.net/.default'
  const right = { client_id: clientId, client_secret: clientSecret, scope }
  const refused = (error: string, code: number) => ({ error, error_codes: [code] })
  expect(await tokenOf(right)).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } })
  expect(await tokenOf({ ...right, client_secret: 'wrong' })).toMatchObject({
    status: 401,
    body: refused('invalid_client', 7000215),
  })
  expect(await tokenOf({ ...right, client_id: randomUUID() })).toMatchObject({
    status: 400,
    body: refused('unauthorized_client', 700016),
  })
  expect(await tokenOf(right, randomUUID())).toMatchObject({ status: 400, body: refused('invalid_request', 90002) })
  expect(await tokenOf({ ...right, scope: 'https://vault.azure.net' })).toMatchObject({ status: 400 })
  const { body } = await tokenOf({ ...right, scope: 'https://graph.microsoft.com/.default' })
  const misdirected = await fetch(`${emulator.url}/secrets?api-version=7.3`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  })
  expect(await misdirected.json()).toMatchObject({ error: { message: expect.stringContaining('AKV10022') } })

  const { certificateBody, privateKey } = await emulator.certificate()
  const thumbprint = createHash('sha256').update(new X509Certificate(certificateBody).raw).digest('base64url')
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(`${emulator.url}/${emulator.tenantId}/oauth2/v2.0/token`)
    .setJti(randomUUID())
    .setNotBefore('0 s')
    .setExpirationTime('5 m')
    .sign(await importPKCS8(privateKey, 'PS256'))
  const signed = {
    client_id: clientId,
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  expect(await tokenOf({ ...signed, client_assertion: assertion })).toMatchObject({ status: 200 })
  expect(await tokenOf({ ...signed, client_assertion: `${assertion.slice(0, -8)}AAAAAAAA` })).toMatchObject({
    status: 401,
    body: refused('invalid_client', 700027),
  })
})
