/**
 * What a call was checked against is changed before it writes: while a vendor is asked, or right before its first
 * transaction.
 */
import { runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/vercel'
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('what is changed during a call', (open) => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const startVendor = async () => {
    const vendor = await startEmulator()
    onTestFinished(vendor.close)
    return vendor
  }

  /** A project with a folder `/app`, and a connection. */
  const start = async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const vendor = await startVendor()
    const ok = async (...request: Parameters<TestApi['send']>) => {
      const answer = await api.send(...request)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    const { id: projectId } = await newProject(api)
    const place = { projectId, environment: 'dev' }
    const folder = (name: string) => ok('POST', '/api/v1/folders', { ...place, name, path: '/' })
    const { id: folderId } = (await folder('app')).folder
    const connect = async (name: string, { credentials }: typeof vendor) =>
      (await ok('POST', '/api/v1/app-connections/vercel', { name, method: 'api-token', credentials })).appConnection.id
    const rename = (id: string, name: string) => ok('PATCH', `/api/v1/folders/${id}`, { ...place, path: '/', name })
    const syncOf = (connectionId: string, app: unknown = vendor.target['app']) => ({
      ...place,
      name: 'reader',
      secretPath: '/app',
      connectionId,
      destinationConfig: { ...vendor.target, app },
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
    })
    const connectionId = await connect('first', vendor)
    return { api, vendor, ok, place, projectId, folder, folderId, connect, connectionId, rename, syncOf }
  }
  type Started = Awaited<ReturnType<typeof start>>

  /** Does `change` while `call` waits for the vendor, which it asks by a request to `path`. */
  const whileAsking = async <T>({ vendor }: Started, path: RegExp, call: () => Promise<T>, change: () => unknown) => {
    const asked = Promise.withResolvers<void>()
    const release = vendor.hold((_, at) => {
      if (!path.test(at)) return false
      asked.resolve()
      return true
    })
    const answer = call()
    await asked.promise
    await change()
    release()
    return answer
  }

  /** Does `change` right before the first transaction of what comes next. */
  const beforeWrite = ({ api }: Started, change: () => Promise<unknown>): void => {
    const { db } = api.ctx
    const transaction = db.transaction.bind(db)
    vi.spyOn(db, 'transaction').mockImplementationOnce(() => {
      const builder = transaction()
      const execute = builder.execute.bind(builder)
      builder.execute = async (work) => {
        await change()
        return execute(work)
      }
      return builder
    })
  }

  it('a project that is deleted while its new connection is tested', async () => {
    const it = await start()
    const { api, vendor, projectId } = it
    const body = { name: 'late', method: 'api-token', credentials: vendor.credentials, projectId }
    const make = () => api.send('POST', '/api/v1/app-connections/vercel', body)
    const late = await whileAsking(it, /./, make, () => api.send('DELETE', `/api/v1/projects/${projectId}`))
    expect([late.status, late.body.error], late.text).toEqual([409, 'Conflict'])
    expect(api.logged).toEqual([])
  })

  it('a connection that is led elsewhere, and a source that is replaced, while the target of a new sync is resolved', async () => {
    const it = await start()
    const { api, ok, connect, connectionId, folder, folderId, rename, syncOf } = it
    const elsewhere = await startVendor()
    const made = await whileAsking(
      it,
      /\/v9\/projects\/storefront/,
      () => ok('POST', '/api/v1/secret-syncs/vercel', syncOf(connectionId, 'storefront')),
      async () => {
        await ok('PATCH', `/api/v1/app-connections/vercel/${connectionId}`, { credentials: elsewhere.credentials })
        await rename(folderId, 'old')
        await folder('app')
      },
    )
    expect(made.secretSync.folder.path).toBe('/app')
    expect(made.secretSync.folder.id).not.toBe(folderId)
    // It is known where it writes.
    const other = { ...syncOf(await connect('second', elsewhere)), name: 'other' }
    const refused = await api.send('POST', '/api/v1/secret-syncs/vercel', other)
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('"reader" already writes')])
  })

  it('the source of a sync, before an earlier run is restored and before an import', async () => {
    const it = await start()
    const { api, vendor, ok, place, folder, folderId, connectionId, rename, syncOf } = it
    const value = (secretValue: string, secretPath = '/app') =>
      ok('PATCH', '/api/v4/secrets/batch', {
        ...place,
        secretPath,
        mode: 'upsert',
        secrets: [{ secretKey: 'KEY', secretValue }],
      })
    const valueAt = async (secretPath: string) => {
      const query = new URLSearchParams({ ...place, secretPath }).toString()
      return (await ok('GET', `/api/v4/secrets?${query}`)).secrets.map(
        (secret: { secretKey: string; secretValue: string }) => [secret.secretKey, secret.secretValue],
      )
    }
    await value('first')
    const { secretSync } = await ok('POST', '/api/v1/secret-syncs/vercel', syncOf(connectionId))
    const base = `/api/v1/secret-syncs/vercel/${secretSync.id}`
    await runSync(api.ctx, secretSync.id, new AbortController().signal)
    await value('second')
    const at = `${base}/runs/${(await ok('GET', `${base}/runs`)).runs[0].id}`
    const { hash: planHash } = await ok('POST', `${at}/restore-preview`)

    // Another folder takes its path: the restored values follow the folder.
    beforeWrite(it, async () => {
      await rename(folderId, 'moved')
      await folder('app')
      await value('theirs')
    })
    await ok('POST', `${at}/restore`, { planHash })
    expect(await valueAt('/moved')).toEqual([['KEY', 'first']])
    expect(await valueAt('/app')).toEqual([['KEY', 'theirs']])

    vendor.put('KEY', 'from the vendor')
    const imported = `${base}/import-secrets?importBehavior=prioritize-destination`
    await whileAsking(
      it,
      /\/env/,
      async () => expect((await api.send('POST', imported)).status).toBe(409),
      () => ok('PATCH', base, { secretPath: '/app' }),
    )
    expect(await valueAt('/moved')).toEqual([['KEY', 'first']])
    expect(await valueAt('/app')).toEqual([['KEY', 'theirs']])
    await ok('POST', imported)
    expect(await valueAt('/app')).toEqual([['KEY', 'from the vendor']])
  })
})
