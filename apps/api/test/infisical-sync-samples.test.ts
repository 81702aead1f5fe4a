/**
 * The sample requests of Infisical's pages for the two syncs (Trigger.dev and Devin, read 2026-11), sent as printed.
 */
import { runSync } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator as startDevin } from '@keyferry/core/emulators/devin'
import { startEmulator as startTriggerDev } from '@keyferry/core/emulators/trigger-dev'
import { onSqlite } from '@keyferry/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

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

// The fields of the wire are translated before and after the store: one is enough.
onSqlite('the sample requests', (open) => {
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
})
