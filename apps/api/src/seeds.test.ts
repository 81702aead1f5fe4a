/**
 * The sample requests of Infisical's pages for the two syncs (Trigger.dev and Devin, read 2026-11), sent as printed.
 */
import { runSync } from '@keyferry/core'
import { emulators, type Emulator } from '@keyferry/core/emulators'
import { startEmulator as startDevin } from '@keyferry/core/emulators/devin'
import { startEmulator as startVault } from '@keyferry/core/emulators/hashicorp-vault'
import { startEmulator as startTriggerDev } from '@keyferry/core/emulators/trigger-dev'
import { onEveryDatabase, openSqliteStore } from '@keyferry/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from './testing.ts'

const SAMPLES = [
  {
    destination: 'trigger-dev',
    start: startTriggerDev,
    request: {
      name: 'my-trigger-dev-sync',
      isEnabled: true,
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
    },
    config: { environment: 'prod' },
    targetUrl: ({ url, target }: Emulator) => `${url}/projects/v3/${String(target.projectRef)}`,
  },
  {
    destination: 'devin',
    start: startDevin,
    request: {
      name: 'my-devin-sync',
      isEnabled: true,
      syncOptions: {
        initialSyncBehavior: 'overwrite-destination',
        autoSyncEnabled: true,
        disableSecretDeletion: false,
      },
    },
    config: {},
    // A host of its own: whose console is where is not known.
    targetUrl: () => null,
  },
]

onEveryDatabase('the sample requests', (open) => {
  describe.each(SAMPLES)('$destination', ({ destination, start, request, config, targetUrl }) => {
    let api: TestApi
    let vendor: Emulator
    let projectId: string
    let connectionId: string
    let connectedText: string
    let body: Record<string, unknown>
    const base = `/api/v1/secret-syncs/${destination}`

    beforeEach(async () => {
      api = await readyApi(open)
      vendor = await start()
      projectId = (await newProject(api)).id
      await api.send('POST', '/api/v1/folders', {
        workspaceId: projectId,
        environment: 'dev',
        name: 'my-secrets',
        path: '/',
      })
      await api.send('POST', '/api/v3/secrets/raw/DATABASE_URL', {
        workspaceId: projectId,
        environment: 'dev',
        secretPath: '/my-secrets',
        secretValue: 'postgres://canary',
      })
      const connected = await api.send('POST', `/api/v1/app-connections/${destination}`, {
        name: `my-${destination}-connection`,
        method: 'api-key',
        credentials: vendor.credentials,
      })
      connectionId = connected.body.appConnection.id
      connectedText = connected.text
      body = {
        ...request,
        projectId,
        description: 'an example sync',
        connectionId,
        environment: 'dev',
        secretPath: '/my-secrets',
        destinationConfig: { ...vendor.target, ...config },
      }
    })
    afterEach(async () => {
      await api.close()
      await vendor.close()
    })

    const run = async (syncId: string) => {
      while ((await runSync(api.ctx, syncId, new AbortController().signal)).again);
    }

    it('does not give the credential back', () => {
      const secret = Object.values(vendor.credentials).filter((value) => !String(value).startsWith('http'))
      for (const value of secret) expect(connectedText).not.toContain(value)
    })

    it('is accepted as printed and answered with all the fields of the sample', async () => {
      const created = await api.send('POST', base, body)
      expect(created.status, created.text).toBe(200)
      const { id } = created.body.secretSync
      await run(id)
      const { status, body: answer } = await api.send('GET', `${base}/${id}`)
      expect(status).toBe(200)
      const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/)
      expect(answer).toEqual({
        secretSync: expect.objectContaining({
          id,
          name: request.name,
          description: 'an example sync',
          isEnabled: true,
          isAutoSyncEnabled: true,
          version: 1,
          folderId: uuid,
          connectionId,
          createdAt: time,
          updatedAt: time,
          syncStatus: 'succeeded',
          lastSyncJobId: expect.any(String),
          lastSyncMessage: null,
          lastSyncedAt: time,
          importStatus: null,
          lastImportJobId: null,
          lastImportMessage: null,
          lastImportedAt: null,
          removeStatus: null,
          lastRemoveJobId: null,
          lastRemoveMessage: null,
          lastRemovedAt: null,
          syncOptions: expect.objectContaining({
            autoSyncEnabled: true,
            disableSecretDeletion: false,
            ...request.syncOptions,
          }),
          projectId,
          connection: { app: destination, name: `my-${destination}-connection`, id: connectionId },
          environment: { slug: 'dev', name: 'Development', id: uuid },
          folder: { id: uuid, path: '/my-secrets' },
          destination,
          destinationConfig: expect.objectContaining({ ...vendor.target, ...config }),
          targetUrl: targetUrl(vendor),
        }),
      })
    })

    it('previews, lists, plans, shows keys and runs, and never a value', async () => {
      const preview = await api.send('POST', `${base}/preview`, body)
      expect(preview.body).toMatchObject({
        hash: expect.any(String),
        summary: { create: 1, update: 0, delete: 0, keep: 0, foreign: 0, reject: 0 },
      })
      expect(preview.body.changes).toEqual([
        expect.objectContaining({ key: 'DATABASE_URL', action: 'create', reason: expect.any(String) }),
      ])
      expect((await api.send('GET', `/api/v1/secret-syncs?projectId=${projectId}`)).body.secretSyncs).toEqual([])

      const { id } = (await api.send('POST', base, body)).body.secretSync
      await run(id)
      const answers = await Promise.all(
        [`/plan`, `/keys`, `/runs`].map((path) => api.send('GET', `${base}/${id}${path}`)),
      )
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
      const [plan, keys, runs] = answers
      expect(plan?.body.summary).toMatchObject({ create: 0, update: 0, delete: 0, keep: 1 })
      expect(keys?.body.keys).toEqual([expect.objectContaining({ key: 'DATABASE_URL', state: 'in-sync' })])
      expect(runs?.body.runs).toHaveLength(1)
      const one = await api.send('GET', `${base}/${id}/runs/${runs?.body.runs[0].id}`)
      expect(one.body.run.outcomes).toEqual([
        expect.objectContaining({ key: 'DATABASE_URL', action: 'create', state: 'done' }),
      ])
      for (const answer of [preview, one, ...answers]) expect(answer.text).not.toContain('canary')

      const listed = (await api.send('GET', `/api/v1/secret-syncs?projectId=${projectId}`)).body.secretSyncs
      expect(listed).toMatchObject([{ id }])
      expect((await api.send('GET', `${base}?projectId=${projectId}`)).body.secretSyncs).toEqual(listed)
      expect(
        (await api.send('GET', `${base}/sync-name/${request.name}?projectId=${projectId}`)).body.secretSync.id,
      ).toBe(id)
    })

    it('looks for drift when asked to, and shows it', async () => {
      const { id } = (await api.send('POST', base, body)).body.secretSync
      expect(await api.send('POST', `${base}/${id}/check-drift`)).toMatchObject({ status: 400 })
      await run(id)
      vendor.remove('DATABASE_URL')
      const asked = await api.send('POST', `${base}/${id}/check-drift`)
      expect(asked.body.secretSync).toMatchObject({ id, drift: null, syncOptions: { driftCheck: '1h' } })
      await run(id)
      expect((await api.send('GET', `${base}/${id}`)).body.secretSync.drift).toMatchObject({ count: 1, message: null })
      expect((await api.send('GET', `${base}/${id}/keys`)).body.keys).toMatchObject([
        { key: 'DATABASE_URL', state: 'drifted' },
      ])
      const wrong = await api.send('PATCH', `${base}/${id}`, { syncOptions: { driftCheck: '5m' } })
      expect(wrong.status).toBe(422)
    })

    it('does not run unasked when any of the three names of the switch says no', async () => {
      const nos = [
        { isEnabled: true, syncOptions: { ...request.syncOptions, autoSyncEnabled: false } },
        { isEnabled: false, isAutoSyncEnabled: true },
        { isEnabled: true, isAutoSyncEnabled: false, syncOptions: { ...request.syncOptions, autoSyncEnabled: true } },
      ]
      for (const no of nos) {
        const { id } = (await api.send('POST', base, { ...body, ...no })).body.secretSync
        await run(id)
        expect(vendor.contents().size).toBe(0)
        expect((await api.send('PATCH', `${base}/${id}`, { isEnabled: true })).body.secretSync.isEnabled).toBe(true)
        const off = (await api.send('PATCH', `${base}/${id}`, no)).body.secretSync
        expect(off).toMatchObject({
          isEnabled: false,
          isAutoSyncEnabled: false,
          syncOptions: { autoSyncEnabled: false },
        })
        await api.send('DELETE', `${base}/${id}?removeSecrets=false`)
      }
    })

    it('is switched, triggered, emptied and deleted', async () => {
      const { id } = (await api.send('POST', base, { ...body, isEnabled: undefined, isAutoSyncEnabled: false })).body
        .secretSync
      const manual = await api.send('POST', `${base}/${id}/sync-secrets`)
      expect(manual.body.secretSync).toMatchObject({
        isEnabled: false,
        isAutoSyncEnabled: false,
        syncStatus: 'pending',
      })
      await run(id)
      expect(vendor.contents().get('DATABASE_URL')).toBe('postgres://canary')

      expect(
        (await api.send('POST', `${base}/${id}/import-secrets?importBehavior=prioritize-source`)).body,
      ).toMatchObject({ statusCode: 400, error: 'BadRequest' })
      expect((await api.send('PATCH', `${base}/${id}`, { isEnabled: true })).body.secretSync.isAutoSyncEnabled).toBe(
        true,
      )
      await run(id)
      expect((await api.send('POST', `${base}/${id}/remove-secrets`)).body.secretSync.removeStatus).toBe('pending')
      await run(id)
      expect(vendor.contents().has('DATABASE_URL')).toBe(false)

      expect((await api.send('DELETE', `${base}/${id}?removeSecrets=false`)).body.secretSync.id).toBe(id)
      expect((await api.send('GET', `${base}/${id}`)).status).toBe(404)
    })

    it('is refused in words when something does not fit', async () => {
      const refused = async (change: Record<string, unknown>, path = base) => {
        const { status, body: answer } = await api.send('POST', path, { ...body, ...change })
        return { status, text: JSON.stringify([answer.message, answer.details]) }
      }
      expect(await refused({}, '/api/v1/secret-syncs/nowhere')).toMatchObject({
        status: 404,
        text: expect.stringContaining('devin'),
      })
      expect((await refused({ secretPath: '/missing' })).status).toBe(400)
      expect((await refused({ name: 'Not A Slug' })).status).toBe(422)
      expect((await refused({ syncOptions: { ...request.syncOptions, keySchema: 'NO_PLACEHOLDER' } })).status).toBe(422)
      expect((await refused({ destinationConfig: {} })).status).toBe(422)
      expect((await refused({ syncOptions: { initialSyncBehavior: 'import-prioritize-source' } })).status).toBeLessThan(
        500,
      )
      await api.send('POST', base, body)
      expect(await refused({})).toMatchObject({ status: 400, text: expect.stringContaining(request.name) })
    })
  })

  it('imports what a target holds, in the first run and when it is asked, with the fields that say so', async () => {
    const api = await readyApi(open)
    const vault = await startVault()
    const { id: projectId } = await newProject(api)
    const { body: app } = await api.send('POST', '/api/v1/app-connections/hashicorp-vault', {
      name: 'vault',
      method: vault.method ?? 'access-token',
      credentials: vault.credentials,
    })
    vault.put('THERE', 'canary of the target')
    const base = '/api/v1/secret-syncs/hashicorp-vault'
    const body = {
      name: 'imported',
      projectId,
      environment: 'dev',
      secretPath: '/',
      connectionId: app.appConnection.id,
      destinationConfig: vault.target,
      syncOptions: { initialSyncBehavior: 'import-prioritize-source' },
    }
    const preview = await api.send('POST', `${base}/import-preview`, body)
    expect(preview.body).toMatchObject({ summary: { new: 1 }, keys: [{ name: 'THERE', key: 'THERE', action: 'new' }] })
    const { body: created } = await api.send('POST', base, body)
    expect(created.secretSync).toMatchObject({
      importStatus: 'pending',
      lastImportedAt: null,
      syncOptions: body.syncOptions,
    })
    const { id } = created.secretSync
    while ((await runSync(api.ctx, id, new AbortController().signal)).again) continue
    const { body: after } = await api.send('GET', `${base}/${id}`)
    expect(after.secretSync).toMatchObject({
      syncStatus: 'succeeded',
      importStatus: 'succeeded',
      lastImportJobId: expect.any(String),
      lastImportMessage: '1 added, 0 changed',
      lastImportedAt: expect.any(String),
    })

    vault.put('THERE', 'canary that changed')
    const asked = `${base}/${id}/import-secrets?importBehavior=`
    expect((await api.send('POST', `${asked}overwrite-destination`)).status).toBe(422)
    const shown = await api.send('GET', `${base}/${id}/import-preview?importBehavior=prioritize-destination`)
    expect(shown.body.summary).toMatchObject({ new: 0, changed: 1 })
    const again = await api.send('POST', `${asked}prioritize-destination`)
    expect(again.body.secretSync).toMatchObject({ importStatus: 'succeeded', lastImportMessage: '0 added, 1 changed' })
    const place = `workspaceId=${projectId}&environment=dev`
    const { body: read } = await api.send('GET', `/api/v3/secrets/raw/THERE?${place}`)
    expect(read.secret.secretValue).toBe('canary that changed')
    expect(JSON.stringify([preview.body, after, shown.body, again.body])).not.toContain('canary')
    await api.close()
    await vault.close()
  })

  it('offers the destinations and the apps', async () => {
    const api = await readyApi(open)
    const { body: syncs } = await api.send('GET', '/api/v1/secret-syncs/options')
    expect(syncs.secretSyncOptions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ destination: 'trigger-dev', connection: 'trigger-dev', canImportSecrets: false }),
        expect.objectContaining({ destination: 'aws-parameter-store', connection: 'aws', canImportSecrets: true }),
      ]),
    )
    const { body: apps } = await api.send('GET', '/api/v1/app-connections/options')
    expect(apps.appConnectionOptions).toEqual(
      expect.arrayContaining([expect.objectContaining({ app: 'devin', methods: ['api-key'] })]),
    )
    await api.close()
  })

  it('lists projects and environments of a Trigger.dev account, bare, and says when the token fails', async () => {
    const api = await readyApi(open)
    const vendor = await startTriggerDev()
    const { body } = await api.send('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'account',
      method: 'api-key',
      credentials: vendor.credentials,
    })
    const base = `/api/v1/app-connections/trigger-dev/${body.appConnection.id}`
    const projects = await api.send('GET', `${base}/projects`)
    expect(projects.body).toContainEqual(
      expect.objectContaining({ id: vendor.target.projectRef, name: expect.any(String) }),
    )
    const environments = await api.send('GET', `${base}/environments?projectRef=${String(vendor.target.projectRef)}`)
    expect(environments.body.map((environment: { slug: string }) => environment.slug)).toContain('prod')
    expect((await api.send('GET', `${base}/environments`)).status).toBe(400)
    expect((await api.send('GET', `${base}/nothing`)).status).toBe(404)
    vendor.fail(1, { kind: 'status', status: 401, body: { error: 'Invalid or Missing Access Token' } })
    const failing = await api.send('GET', `${base}/projects`)
    expect(failing.status).toBe(400)

    const wrong = await api.send('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'wrong',
      method: 'api-key',
      credentials: { ...vendor.credentials, apiKey: 'tr_pat_wrong' },
    })
    expect(wrong.body).toMatchObject({ statusCode: 400, error: 'BadRequest', message: expect.any(String) })
    await api.close()
    await vendor.close()
  })
})

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

// What is taken does not depend on the store.
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

  it('ask for metadata as tags, which is refused instead of left out', async () => {
    const api = await readyApi(openSqliteStore)
    const vendor = await (await emulators()).get('aws-parameter-store')?.()
    const { id: projectId } = await newProject(api)
    const account = { name: 'account', method: 'access-key', credentials: vendor?.credentials }
    const { body: app } = await api.send('POST', '/api/v1/app-connections/aws', account)
    const refused = await api.send('POST', '/api/v1/secret-syncs/aws-parameter-store', {
      name: 'tagged',
      projectId,
      environment: 'dev',
      secretPath: '/',
      connectionId: app.appConnection.id,
      destinationConfig: vendor?.target,
      syncOptions: { initialSyncBehavior: 'overwrite-destination', syncSecretMetadataAsTags: true },
    })
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('use tags')])
    await api.close()
    await vendor?.close()
  })
})
