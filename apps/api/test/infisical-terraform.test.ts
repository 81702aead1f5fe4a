/** The names that Infisical's Terraform provider sends. What is taken does not depend on the store. */
import { emulators, type Emulator } from '@keyferry/core/emulators'
import { openSqliteStore } from '@keyferry/db/testing'
import { describe, expect, it } from 'vitest'
import { newProject, readyApi } from '../src/testing.ts'

interface TerraformNames {
  destination: string
  /** Where several destinations share one. */
  app?: string
  method: string
  /** Those that the provider has a field for. */
  credentials(vendor: Emulator): Record<string, unknown>
  destinationConfig(vendor: Emulator): Record<string, unknown>
  /** Those that it sends at all times, beside those of every resource. */
  syncOptions?: Record<string, unknown>
  /** Those that a configuration may lack. */
  optional?: Record<string, unknown>
}

const given =
  (...names: string[]) =>
  ({ credentials }: Emulator) =>
    Object.fromEntries(names.map((name) => [name, credentials[name]]))
const SHOULD = { shouldProtectSecrets: true, shouldMaskSecrets: false, shouldHideSecrets: false }
const AWS_OPTIONS = { keyId: 'alias/keyferry', tags: [{ key: 'team', value: 'a' }] }
const METADATA = { syncSecretMetadataAsTags: false }

/** What the resources of Infisical/terraform-provider-infisical e64b1b7 send. */
const TERRAFORM: readonly TerraformNames[] = [
  {
    destination: 'github',
    method: 'pat',
    credentials: given('personalAccessToken', 'instanceType', 'host'),
    destinationConfig: () => ({ scope: 'repository', owner: 'acme', repo: 'app' }),
  },
  {
    destination: 'github',
    method: 'pat',
    credentials: given('personalAccessToken', 'instanceType', 'host'),
    destinationConfig: () => ({ scope: 'repository-environment', owner: 'acme', repo: 'app', env: 'staging' }),
  },
  {
    destination: 'github',
    method: 'pat',
    credentials: given('personalAccessToken', 'instanceType', 'host'),
    destinationConfig: () => ({
      scope: 'organization',
      org: 'acme',
      visibility: 'selected',
      selectedRepositoryIds: [1002, 1001],
    }),
  },
  {
    destination: 'gitlab',
    method: 'access-token',
    credentials: given('accessToken', 'accessTokenType', 'instanceUrl'),
    destinationConfig: () => ({
      scope: 'project',
      projectId: '101',
      projectName: 'acme/app',
      targetEnvironment: '*',
      ...SHOULD,
    }),
  },
  {
    destination: 'gitlab',
    method: 'access-token',
    credentials: given('accessToken', 'accessTokenType', 'instanceUrl'),
    destinationConfig: () => ({
      scope: 'group',
      groupId: '11',
      groupName: 'acme',
      targetEnvironment: 'production',
      ...SHOULD,
    }),
  },
  {
    destination: 'aws-parameter-store',
    app: 'aws',
    method: 'access-key',
    credentials: given('accessKeyId', 'secretAccessKey'),
    destinationConfig: () => ({ region: 'eu-central-1', path: '/app/prod/' }),
    syncOptions: METADATA,
    optional: AWS_OPTIONS,
  },
  {
    destination: 'aws-secrets-manager',
    app: 'aws',
    method: 'access-key',
    credentials: given('accessKeyId', 'secretAccessKey'),
    destinationConfig: () => ({ region: 'eu-central-1', mappingBehavior: 'many-to-one', secretName: 'app/prod' }),
    syncOptions: METADATA,
    optional: AWS_OPTIONS,
  },
  {
    destination: 'aws-secrets-manager',
    app: 'aws',
    method: 'access-key',
    credentials: given('accessKeyId', 'secretAccessKey'),
    destinationConfig: () => ({ region: 'eu-central-1', mappingBehavior: 'one-to-one', secretName: '' }),
    syncOptions: METADATA,
    optional: AWS_OPTIONS,
  },
  {
    destination: 'gcp-secret-manager',
    app: 'gcp',
    method: 'service-account-key',
    credentials: given('serviceAccountKey'),
    destinationConfig: ({ target }) => ({ scope: 'global', projectId: target['projectId'] }),
  },
  {
    destination: 'azure-key-vault',
    method: 'client-secret',
    credentials: given('tenantId', 'clientId', 'clientSecret'),
    // As Azure shows it.
    destinationConfig: ({ target }) => ({ vaultBaseUrl: `${String(target['vaultBaseUrl'])}/` }),
  },
  {
    destination: 'cloudflare-workers',
    app: 'cloudflare',
    method: 'api-token',
    credentials: given('accountId', 'apiToken'),
    destinationConfig: ({ target }) => ({ scriptId: target['scriptId'] }),
  },
]

/** The fields as the provider keeps them: what was not answered is null, and so is empty text. */
const stateOf = (answered: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, answered[name] === '' ? null : (answered[name] ?? null)]))

describe("the names of Infisical's Terraform provider", () => {
  it.for(TERRAFORM)('are taken and returned: $destination $method', async (names) => {
    const { destination, app = destination, method, credentials, destinationConfig, syncOptions = {} } = names
    const { optional = {} } = names
    const api = await readyApi(openSqliteStore)
    const vendor = await (await emulators()).get(destination)?.()
    if (!vendor) throw new Error(`no emulator for ${destination}`)
    const { id: projectId } = await newProject(api)
    const connection = { name: 'account', method, credentials: { ...vendor.credentials, ...credentials(vendor) } }
    const connected = await api.send('POST', `/api/v1/app-connections/${app}`, connection)
    expect(connected.status, connected.text).toBe(200)
    const { id: connectionId, credentialsHash } = connected.body.appConnection
    expect(connected.body.appConnection).toMatchObject({ app, method })
    const ofConnection = `/api/v1/app-connections/${app}/${connectionId}`
    expect((await api.send('GET', ofConnection)).body.appConnection).toMatchObject({
      name: 'account',
      method,
      credentialsHash,
      description: null,
    })

    const base = `/api/v1/secret-syncs/${destination}`
    const config = destinationConfig(vendor)
    const place = { projectId, environment: 'dev', secretPath: '/', connectionId, destinationConfig: config }
    const common = { initialSyncBehavior: 'overwrite-destination', disableSecretDeletion: false, ...syncOptions }
    const options = Object.keys({ ...common, keySchema: null, ...optional })
    const plan = (name: string, sent: object) => ({
      ...place,
      name,
      description: '',
      isAutoSyncEnabled: true,
      syncOptions: sent,
    })
    const expectRead = async (id: string, planned: ReturnType<typeof plan>) => {
      const { status, body } = await api.send('GET', `${base}/${id}`)
      expect(status).toBe(200)
      const { connection: used, environment, folder, destinationConfig: shown, syncOptions: set } = body.secretSync
      expect({ connectionId: used.id, environment: environment.slug, secretPath: folder.path }).toEqual({
        connectionId,
        environment: 'dev',
        secretPath: '/',
      })
      expect(body.secretSync).toMatchObject({ name: planned.name, projectId, isAutoSyncEnabled: true })
      expect(body.secretSync.description ?? '').toBe('')
      expect(stateOf(shown, Object.keys(config))).toEqual(stateOf(config, Object.keys(config)))
      expect(stateOf(set, options)).toEqual(stateOf({ ...planned.syncOptions }, options))
    }

    const bare = plan('bare', { ...common, keySchema: '' })
    const full = plan('full', { ...common, ...optional, keySchema: 'A_{{secretKey}}', disableSecretDeletion: true })
    const created = await api.send('POST', base, bare)
    expect(created.status, created.text).toBe(200)
    const { id } = created.body.secretSync
    await expectRead(id, bare)
    // GitLab's resource leaves out a key schema that is not set, the others send empty text.
    for (const next of [full, bare, full, plan('bare', common)]) {
      const changed = await api.send('PATCH', `${base}/${id}`, next)
      expect(changed.status, changed.text).toBe(200)
      await expectRead(id, next)
    }
    const renewed = await api.send('PATCH', ofConnection, { ...connection, description: 'by Terraform' })
    expect(renewed.status, renewed.text).toBe(200)
    const { credentialsHash: hash } = renewed.body.appConnection
    expect((await api.send('GET', ofConnection)).body.appConnection).toMatchObject({
      description: 'by Terraform',
      credentialsHash: hash,
      method,
    })
    expect((await api.send('DELETE', `${base}/${id}`)).status).toBe(200)
    expect((await api.send('GET', `${base}/${id}`)).status).toBe(404)
    expect((await api.send('DELETE', ofConnection)).status).toBe(200)
    expect((await api.send('GET', ofConnection)).status).toBe(404)
    await api.close()
    await vendor.close()
  })

  it('a vault that its connection allows is allowed with a slash at its end, and no other one', async () => {
    const api = await readyApi(openSqliteStore)
    const vendor = await (await emulators()).get('azure-key-vault')?.()
    if (!vendor) throw new Error('no emulator for azure-key-vault')
    const { id: projectId } = await newProject(api)
    const { vaultBaseUrl } = vendor.target
    const connected = await api.send('POST', '/api/v1/app-connections/azure-key-vault', {
      name: 'limited',
      method: 'client-secret',
      credentials: vendor.credentials,
      allowedTargets: [{ vaultBaseUrl }],
    })
    const body = { projectId, environment: 'dev', secretPath: '/', connectionId: connected.body.appConnection.id }
    const post = (name: string, url: string) =>
      api.send('POST', '/api/v1/secret-syncs/azure-key-vault', {
        ...body,
        name,
        destinationConfig: { vaultBaseUrl: url },
        syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      })
    expect((await post('allowed', `${String(vaultBaseUrl)}/`)).status).toBe(200)
    expect((await post('other', 'https://other.vault.azure.net/')).status).toBe(400)
    await api.close()
    await vendor.close()
  })

  it('ask for metadata as tags, which one secret with all keys can’t have', async () => {
    const api = await readyApi(openSqliteStore)
    const vendor = await (await emulators()).get('aws-secrets-manager')?.()
    const { id: projectId } = await newProject(api)
    const account = { name: 'account', method: 'access-key', credentials: vendor?.credentials }
    const { body: app } = await api.send('POST', '/api/v1/app-connections/aws', account)
    const body = {
      name: 'tagged',
      projectId,
      environment: 'dev',
      secretPath: '/',
      connectionId: app.appConnection.id,
      syncOptions: { initialSyncBehavior: 'overwrite-destination', syncSecretMetadataAsTags: true },
    }
    const post = (destinationConfig: object) =>
      api.send('POST', '/api/v1/secret-syncs/aws-secrets-manager', { ...body, destinationConfig })
    const refused = await post({ region: 'eu-central-1', mappingBehavior: 'many-to-one', secretName: 'app/prod' })
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('syncSecretMetadataAsTags')])
    const { status, body: made } = await post(vendor?.target ?? {})
    expect([status, made.secretSync?.syncOptions]).toMatchObject([200, { syncSecretMetadataAsTags: true }])
    await api.close()
    await vendor?.close()
  })
})
