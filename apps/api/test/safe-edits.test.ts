/** What is hard to undo, over REST: deleting what syncs read, and restoring an earlier run. */
import { runSync } from '@keyferry/core'
import { representatives } from '@keyferry/core/emulators'
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('edits that reach a target, over REST', (open) => {
  /** A folder `/app` with one secret, synced to an emulator of the first destination. */
  const start = async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const ok = async (...request: Parameters<TestApi['send']>) => {
      const answer = await api.send(...request)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    const [[destination, startEmulator] = ['', null]] = [...(await representatives())]
    if (!startEmulator) throw new Error('no emulator')
    const emulator = await startEmulator()
    onTestFinished(emulator.close)
    const { id: projectId } = await newProject(api)
    const place = { projectId, environment: 'dev', secretPath: '/app' }
    await ok('POST', '/api/v1/folders', { projectId, environment: 'dev', name: 'app', path: '/' })
    const set = (secretValue: string) =>
      ok('PATCH', '/api/v4/secrets/batch', { ...place, mode: 'upsert', secrets: [{ secretKey: 'KEY', secretValue }] })
    await set('first')
    const { appConnection } = await ok('POST', `/api/v1/app-connections/${destination}`, {
      name: 'emulated',
      method: 'api-key',
      credentials: emulator.credentials,
    })
    const { secretSync } = await ok('POST', `/api/v1/secret-syncs/${destination}`, {
      ...place,
      name: 'reader',
      connectionId: appConnection.id,
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      destinationConfig: emulator.target,
    })
    const run = async () => {
      while ((await runSync(api.ctx, secretSync.id, new AbortController().signal)).again) continue
    }
    await run()
    return { api, ok, emulator, projectId, set, run, base: `/api/v1/secret-syncs/${destination}/${secretSync.id}` }
  }

  it('refuses a write that would overwrite a newer version, and names destinations that refuse a key', async () => {
    const { api, ok, projectId, base } = await start()
    const place = { projectId, environment: 'dev', secretPath: '/app' }
    const change = (ifVersion: number) =>
      api.send('PATCH', '/api/v4/secrets/KEY', { ...place, ifVersion, secretValue: `${ifVersion}` })
    expect((await change(1)).body.secret.version).toBe(2)
    const late = await change(1)
    expect([late.status, late.body]).toEqual([
      409,
      expect.objectContaining({ error: 'Conflict', details: { version: 2 } }),
    ])
    expect(late.body.message).toContain('KEY was changed by')
    expect((await ok('GET', `/api/v4/secrets/KEY?${new URLSearchParams(place).toString()}`)).secret.secretValue).toBe(
      '1',
    )
    expect((await change(2)).status).toBe(200)
    const put = async (secretKey: string, ifVersion: number) => {
      const secrets = [{ secretKey, secretValue: 'x', ifVersion }]
      return (await api.send('PATCH', '/api/v4/secrets/batch', { ...place, mode: 'upsert', secrets })).status
    }
    expect([await put('KEY', 0), await put('NEW', 1), await put('NEW', 0), await put('KEY', 3)]).toEqual([
      409, 409, 200, 200,
    ])
    const remove = async (secretKey: string, ifVersion: number) =>
      (await api.send('DELETE', '/api/v4/secrets/batch', { ...place, secrets: [{ secretKey, ifVersion }] })).status
    const restore = async (ifVersion: number) =>
      (await api.send('POST', '/api/v1/secret-versions/KEY/restore', { ...place, version: 1, ifVersion })).status
    expect([await restore(3), await restore(4), await remove('KEY', 4), await remove('KEY', 5)]).toEqual([
      409, 200, 409, 200,
    ])
    expect([await restore(5), await restore(0)]).toEqual([409, 200])

    await ok('POST', '/api/v2/secret-imports', { ...place, path: '/app', import: { environment: 'prod', path: '/' } })
    await ok('PATCH', base, { syncOptions: { keySchema: 'PREFIX_{{secretKey}}' } })
    const TOO_LONG = 'K'.repeat(250)
    const refusal = async (key: string, at: object = place) =>
      (await ok('GET', `/api/v1/secret-key-check?${new URLSearchParams({ ...place, ...at, key }).toString()}`)).refusal
    expect(await refusal('FINE')).toBeNull()
    expect(await refusal(TOO_LONG)).toMatch(/^is refused by .+ \(sync reader\): /)
    // A folder that the sync's folder imports.
    expect(await refusal(TOO_LONG, { environment: 'prod', secretPath: '/' })).toContain('sync reader')
    expect(await refusal(TOO_LONG, { environment: 'staging', secretPath: '/' })).toBeNull()
    // Devin shows both to programs under one name.
    expect(await refusal('a-b')).toBeNull()
    await ok('POST', '/api/v4/secrets/a_b', { ...place, secretValue: 'x' })
    expect(await refusal('a-b')).toContain('and so does PREFIX_a_b')
    const preview = await ok('POST', '/api/v1/dotenv', { ...place, content: 'a-b=1\nc.d=2\nc_d=3', dryRun: true })
    expect(preview.lines).toMatchObject([
      { key: 'a-b', notes: [{ code: 'unsendable', message: expect.stringContaining('PREFIX_a_b') }] },
      { key: 'c.d', notes: [{ code: 'unsendable', message: expect.stringContaining('PREFIX_c_d') }] },
      { key: 'c_d', notes: [] },
    ])
  })

  it('refuses settings that were decided by what is no longer stored', async () => {
    const { api, ok, projectId, base } = await start()
    const { identity } = await ok('POST', '/api/v1/identities', { name: 'builder' })
    const membership = `/api/v1/projects/${projectId}/memberships`
    const member = `${membership}/identities/${identity.id}`
    const { identityMembership } = await ok('POST', member, { role: 'viewer' })
    const auth = `/api/v1/auth/universal-auth/identities/${identity.id}`
    await ok('POST', auth, {})
    const jwt = `/api/v1/auth/jwt-auth/identities/${identity.id}`
    const jwks = { configurationType: 'jwks', jwksUrl: 'https://issuer.example/keys', boundAudiences: 'keyferry' }
    await ok('POST', jwt, { ...jwks, boundSubject: 'build' })
    const { secretSync } = await ok('GET', base)
    const connection = `/api/v1/app-connections/${secretSync.destination}/${secretSync.connectionId}`
    const settings: [path: string, read: () => Promise<object>, change: object, again: object][] = [
      [
        connection,
        async () => ({ ifVersion: (await ok('GET', connection)).appConnection.version }),
        { allowedProjects: [projectId] },
        { allowedProjects: null },
      ],
      [
        base,
        async () => ({ ifVersion: (await ok('GET', base)).secretSync.version }),
        { syncOptions: { keySchema: 'A_{{secretKey}}' } },
        { syncOptions: { keySchema: 'B_{{secretKey}}' } },
      ],
      [
        `${membership}/${identityMembership.id}`,
        async () => ({ ifUpdatedAt: (await ok('GET', member)).identityMembership.updatedAt }),
        { scopes: [{ environment: 'dev', secretPath: '/app' }] },
        { scopes: null },
      ],
      [
        auth,
        async () => ({ ifUpdatedAt: (await ok('GET', auth)).identityUniversalAuth.updatedAt }),
        { accessTokenTrustedIps: [{ ipAddress: '10.0.0.0/8' }] },
        { accessTokenTrustedIps: [{ ipAddress: '0.0.0.0/0' }] },
      ],
      [
        jwt,
        async () => ({ ifUpdatedAt: (await ok('GET', jwt)).identityJwtAuth.updatedAt }),
        { boundSubject: 'build-of-main' },
        { boundSubject: 'build' },
      ],
    ]
    for (const [path, read, change, again] of settings) {
      const seen = await read()
      api.clock.advance(1)
      await ok('PATCH', path, { ...change, ...seen })
      const late = await api.send('PATCH', path, { ...again, ...seen })
      expect([path, late.status, late.body.error]).toEqual([path, 409, 'Conflict'])
      await ok('PATCH', path, { ...again, ...(await read()) })
    }
  })

  it('asks what becomes of the syncs, and says what it waits for', async () => {
    const { api, ok, emulator, projectId, run } = await start()
    const at = { projectId, environment: 'dev', path: '/' }
    const refused = await api.send('DELETE', '/api/v1/folders/app', at)
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('sync "reader"')])
    expect((await api.send('DELETE', '/api/v1/folders/app', { ...at, syncs: 'whatever' })).status).toBe(422)
    expect((await api.send('DELETE', `/api/v1/projects/${projectId}`)).status).toBe(400)
    const { folder } = await ok('DELETE', '/api/v1/folders/app', { ...at, syncs: 'remove-secrets' })
    expect(folder.pending).toContain('sync "reader"')
    expect(emulator.contents().size).toBe(1)
    await run()
    expect(emulator.contents().size).toBe(0)
    expect((await ok('GET', `/api/v1/folders?projectId=${projectId}&environment=dev`)).folders).toEqual([])
    const { project } = await ok('DELETE', `/api/v1/projects/${projectId}?syncs=keep-secrets`)
    expect(project.pending).toBeUndefined()
  })

  it('takes the choice from the query too, and leaves the targets alone when told so', async () => {
    const { api, ok, emulator, projectId } = await start()
    const { project } = await ok('GET', `/api/v1/projects/${projectId}`)
    const [dev] = project.environments
    await ok('DELETE', `/api/v1/projects/${projectId}/environments/${dev.id}?syncs=keep-secrets`)
    expect(emulator.contents().size).toBe(1)
    expect((await api.send('GET', `/api/v1/secret-syncs?projectId=${projectId}`)).body.secretSyncs).toEqual([])
  })

  it('restores a run by the plan that was reviewed', async () => {
    const { api, ok, emulator, set, run, base } = await start()
    const { runs } = await ok('GET', `${base}/runs`)
    expect(runs).toMatchObject([{ restorable: true }])
    await set('second')
    await run()
    const at = `${base}/runs/${runs[0].id}`
    const plan = await ok('POST', `${at}/restore-preview`)
    expect(plan).toEqual({
      hash: expect.any(String),
      added: [],
      changed: ['KEY'],
      removed: [],
      unchanged: 0,
      notRestorable: [],
    })
    expect((await api.send('POST', `${at}/restore`, { planHash: 'another' })).status).toBe(400)
    await ok('POST', `${at}/restore`, { planHash: plan.hash })
    await run()
    expect([...emulator.contents().values()]).toEqual(['first'])
  })
})
