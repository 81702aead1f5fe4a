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
  syncOptions?: Record<string, unknown>
}

const given =
  (...names: string[]) =>
  ({ credentials }: Emulator) =>
    Object.fromEntries(names.map((name) => [name, credentials[name]]))
const SHOULD = { shouldProtectSecrets: true, shouldMaskSecrets: false, shouldHideSecrets: false }
const AWS_OPTIONS = { keyId: 'alias/keyferry', tags: [{ key: 'team', value: 'a' }], syncSecretMetadataAsTags: false }

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
      selectedRepositoryIds: [1001],
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
    syncOptions: AWS_OPTIONS,
  },
  {
    destination: 'aws-secrets-manager',
    app: 'aws',
    method: 'access-key',
    credentials: given('accessKeyId', 'secretAccessKey'),
    destinationConfig: () => ({ region: 'eu-central-1', mappingBehavior: 'many-to-one', secretName: 'app/prod' }),
    syncOptions: AWS_OPTIONS,
  },
  {
    destination: 'aws-secrets-manager',
    app: 'aws',
    method: 'access-key',
    credentials: given('accessKeyId', 'secretAccessKey'),
    destinationConfig: () => ({ region: 'eu-central-1', mappingBehavior: 'one-to-one' }),
    syncOptions: AWS_OPTIONS,
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
    destinationConfig: ({ target }) => ({ vaultBaseUrl: target['vaultBaseUrl'] }),
  },
  {
    destination: 'cloudflare-workers',
    app: 'cloudflare',
    method: 'api-token',
    credentials: given('accountId', 'apiToken'),
    destinationConfig: ({ target }) => ({ scriptId: target['scriptId'] }),
  },
]

describe("the names of Infisical's Terraform provider", () => {
  it.for(TERRAFORM)('are taken and returned: $destination $method', async (names) => {
    const { destination, app = destination, method, credentials, destinationConfig, syncOptions = {} } = names
    const api = await readyApi(openSqliteStore)
    const vendor = await (await emulators()).get(destination)?.()
    if (!vendor) throw new Error(`no emulator for ${destination}`)
    const { id: projectId } = await newProject(api)
    const connection = { name: 'account', method, credentials: { ...vendor.credentials, ...credentials(vendor) } }
    const connected = await api.send('POST', `/api/v1/app-connections/${app}`, connection)
    expect(connected.status, connected.text).toBe(200)
    expect(connected.body.appConnection).toMatchObject({ app, method })
    const base = `/api/v1/secret-syncs/${destination}`
    const common = {
      initialSyncBehavior: 'overwrite-destination',
      disableSecretDeletion: false,
      keySchema: 'A_{{secretKey}}',
    }
    const sync = {
      name: 'of-terraform',
      projectId,
      environment: 'dev',
      secretPath: '/',
      connectionId: connected.body.appConnection.id,
      autoSyncEnabled: true,
      destinationConfig: destinationConfig(vendor),
      syncOptions: { ...common, ...syncOptions },
    }
    const created = await api.send('POST', base, sync)
    expect(created.status, created.text).toBe(200)
    const { body } = await api.send('GET', `${base}/${created.body.secretSync.id}`)
    expect(body.secretSync).toMatchObject({
      destination,
      destinationConfig: sync.destinationConfig,
      syncOptions: sync.syncOptions,
    })
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
