/** Infisical's fields for what a sync imports, what it may be made of, and the choices of an account. */
import { runSync } from '@keyferry/core'
import { startEmulator as startVault } from '@keyferry/core/emulators/hashicorp-vault'
import { startEmulator as startTriggerDev } from '@keyferry/core/emulators/trigger-dev'
import { onSqlite } from '@keyferry/db/testing'
import { expect, it } from 'vitest'
import { newProject, readyApi } from '../src/testing.ts'

onSqlite('the requests around syncs', (open) => {
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
