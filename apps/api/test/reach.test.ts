/** What a developer narrowed to a folder learns of folders that they may not read: nothing. Through HTTP. */
import { runSync } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { amend, type Db } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { storedReasonText } from '@keyferry/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, readyApi, type Answer, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Queries outside of a transaction find nothing in these tables, as if the rows were written after them. */
function withoutRows(db: Db, tables: readonly string[]): { restore(): void } {
  const select = db.selectFrom.bind(db)
  const bare = (table: 'imports') => (tables.includes(table) ? select(table).limit(0) : select(table))
  Reflect.set(db, 'selectFrom', bare)
  return { restore: () => void Reflect.deleteProperty(db, 'selectFrom') }
}

onEveryDatabase('a narrowed developer', (open) => {
  let api: TestApi
  let vendor: Emulator
  let projectId: string
  let token: string
  let identityId: string
  let syncId: string
  const environments = new Map<string, string>()

  const admin = (method: Method, url: string, body?: unknown): Promise<Answer> => api.send(method, url, body)
  const narrowed = (method: Method, url: string, body?: unknown): Promise<Answer> =>
    api.send(method, url, body, { token })
  const at = (secretPath: string, environment = 'dev') => ({ projectId, environment, secretPath })
  const write = (as: typeof admin, secretPath: string, key: string, secretValue: string) =>
    as('POST', `/api/v4/secrets/${key}`, { ...at(secretPath), secretValue })
  const folder = async (path: string, name: string, environment = 'dev'): Promise<string> =>
    (await admin('POST', '/api/v2/folders', { projectId, environment, path, name })).body.folder.id
  const importInto = (as: typeof admin, path: string, from: string) =>
    as('POST', '/api/v2/secret-imports', {
      projectId,
      environment: 'dev',
      path,
      import: { environment: 'dev', path: from },
    })
  const run = async () => {
    await runSync(api.ctx, syncId, new AbortController().signal)
    // The next one begins later, so it is listed first.
    api.clock.advance(1)
    return syncId
  }
  const ofSync = (as: typeof admin, rest = '') => as('GET', `/api/v1/secret-syncs/trigger-dev/${syncId}${rest}`)

  beforeAll(async () => {
    api = await readyApi(open)
    vendor = await startEmulator()
    const project = await newProject(api)
    projectId = project.id
    for (const { id, slug } of project.environments) environments.set(slug, id)
    for (const name of ['a', 'mid', 'restricted']) await folder('/', name)
    await folder('/', 'restricted', 'prod')
    await write(admin, '/restricted', 'RESTRICTED_KEY', 'tourmaline')
    await importInto(admin, '/a', '/restricted')
    await importInto(admin, '/mid', '/restricted')
    await write(admin, '/a', 'SHARED', 'is ${RESTRICTED_KEY}')
    await write(admin, '/a', 'OWN', 'plain')
    await write(admin, '/a', 'REF', 'to ${OWN}')
    await folder('/a', 'sub')
    for (const name of ['m', 'z']) await folder('/mid', name)
    await write(admin, '/mid/z', 'MINE', 'v')
    ;({ token, identityId } = await machine(api, 'narrowed'))
    const scopes = ['/a/**', '/mid', '/mid/z'].map((secretPath) => ({ environment: 'dev', secretPath }))
    const joined = await admin('POST', `/api/v1/projects/${projectId}/identity-memberships/${identityId}`, {
      role: 'developer',
      scopes,
    })
    expect(joined.body.identityMembership.scopes).toEqual(scopes)
    const connection = await admin('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'vendor',
      method: 'api-key',
      credentials: vendor.credentials,
      projectId,
    })
    const sync = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
      name: 'reads-a',
      connectionId: connection.body.appConnection.id,
      ...at('/a'),
      syncOptions: { initialSyncBehavior: 'overwrite-destination', deletionPolicy: 'owned' },
      destinationConfig: vendor.target,
    })
    syncId = sync.body.secretSync.id
    await run()
  })
  afterAll(async () => {
    await vendor.close()
    await api.close()
  })

  it('writes no item of a batch to a folder out of reach', async () => {
    for (const [method, path] of [
      ['POST', '/api/v4/secrets/batch'],
      ['PATCH', '/api/v3/secrets/batch/raw'],
      ['DELETE', '/api/v4/secrets/batch'],
    ] as const) {
      const secrets = [
        { secretKey: 'OWN', secretValue: 'plain' },
        { secretKey: 'RESTRICTED_KEY', secretPath: '/restricted', secretValue: 'mine' },
      ]
      const refused = await narrowed(method, path, { ...at('/a'), mode: 'upsert', secrets })
      expect([refused.status, refused.text.includes('tourmaline')]).toEqual([403, false])
    }
    const kept = await admin(
      'GET',
      `/api/v4/secrets/RESTRICTED_KEY?${new URLSearchParams(at('/restricted')).toString()}`,
    )
    expect(kept.body.secret).toMatchObject({ secretValue: 'tourmaline', version: 1 })
  })

  it('gets 403 as a program that may read names only, never the mask of a value', async () => {
    const viewer = await machine(api, 'names only')
    await admin('POST', `/api/v1/projects/${projectId}/identity-memberships/${viewer.identityId}`, { role: 'viewer' })
    const asViewer = (url: string) => api.send('GET', url, undefined, { token: viewer.token })
    const query = new URLSearchParams(at('/a')).toString()
    for (const version of ['v3/secrets/raw', 'v4/secrets']) {
      for (const path of [`/api/${version}?${query}`, `/api/${version}/OWN?${query}`]) {
        const refused = await asViewer(path)
        expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('request names only')])
        const names = await asViewer(`${path}&viewSecretValue=false`)
        expect([names.status, names.text.includes('OWN'), names.text.includes('plain')]).toEqual([200, true, false])
      }
    }
  })

  it('writes no reference that leads out of reach, whether its key exists or not', async () => {
    const refusals = []
    for (const value of ['${RESTRICTED_KEY}', '${NO_SUCH_KEY}', '${dev.mid.RESTRICTED_KEY}', '${dev.mid.NONE}']) {
      const { status, body } = await write(narrowed, '/a', 'GUESS', value)
      refusals.push([status, body.message])
    }
    refusals.push(...(await through('${SHARED}')))
    expect(new Set(refusals.map(([, message]) => message)).size).toBe(1)
    expect(refusals.map(([status]) => status)).toEqual(refusals.map(() => 403))
    expect(JSON.stringify(refusals)).not.toMatch(/RESTRICTED|restricted/)
    const allowed = { ...at('/a'), secretValue: 'leads to ${OWN}' }
    expect((await narrowed('PATCH', '/api/v4/secrets/REF', allowed)).status).toBe(200)
  })

  const UNREADABLE = 'refers to a folder that you can’t read'

  /** The same through another's reference, in a list and in a file. */
  async function through(secretValue: string): Promise<[number, string][]> {
    const one = await write(narrowed, '/a', 'GUESS', secretValue)
    const many = await narrowed('PATCH', '/api/v4/secrets/batch', {
      ...at('/a'),
      mode: 'upsert',
      secrets: [{ secretKey: 'GUESS', secretValue }],
    })
    const file = await narrowed('POST', '/api/v1/dotenv', { ...at('/a'), content: `GUESS="${secretValue}"\nOTHER=1` })
    // Of a file the other lines go in.
    expect(file.body).toMatchObject({ unchanged: expect.anything(), refused: [{ key: 'GUESS', reason: UNREADABLE }] })
    return [one, many].map(({ status, body }) => [status, body.message])
  }

  it('brings no such reference back', async () => {
    await write(admin, '/a', 'OLD', '${RESTRICTED_KEY}')
    await narrowed('PATCH', '/api/v4/secrets/OLD', { ...at('/a'), secretValue: 'plain' })
    const version = await narrowed('POST', '/api/v1/secret-versions/OLD/restore', { ...at('/a'), version: 1 })
    expect(version.status).toBe(403)
    await write(admin, '/a', 'BIN', '${RESTRICTED_KEY}')
    await narrowed('DELETE', '/api/v4/secrets/BIN', at('/a'))
    const { body } = await narrowed('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)
    const item = body.trash.find(({ name }: { name: string }) => name === 'BIN')
    const restored = await narrowed('POST', `/api/v1/trash/${item.id}/restore`, { projectId, environment: 'dev' })
    expect(restored.status).toBe(403)
    expect((await admin('POST', `/api/v1/trash/${item.id}/restore`, { projectId, environment: 'dev' })).status).toBe(
      200,
    )
  })

  it('imports nothing that shows what is out of reach, and sees no such import', async () => {
    expect((await importInto(narrowed, '/a/sub', '/restricted')).status).toBe(403)
    const through = await importInto(narrowed, '/a/sub', '/mid')
    expect([through.status, /restricted/i.test(JSON.stringify(through.body))]).toEqual([403, false])
    const listed = await narrowed('GET', `/api/v2/secret-imports?projectId=${projectId}&environment=dev&path=/a`)
    expect(listed.body.secretImports).toEqual([])
    const rows = await narrowed('GET', `/api/v1/secret-rows?projectId=${projectId}&environment=dev&secretPath=/a`)
    expect(JSON.stringify(rows.body)).not.toContain('"RESTRICTED_KEY"')
  })

  it('gets no value that an import out of reach wins over, whether that one has the key or not', async () => {
    await folder('/a', 'both')
    await folder('/a', 'lower')
    for (const from of ['/a/lower', '/restricted']) await importInto(admin, '/a/both', from)
    for (const key of ['RESTRICTED_KEY', 'ONLY_LOWER']) await write(admin, '/a/lower', key, 'lower')
    const query = `projectId=${projectId}&environment=dev&secretPath=/a/both&expandSecretReferences=false`
    expect((await narrowed('GET', `/api/v4/secrets?${query}`)).body).toEqual({ secrets: [], imports: [] })
    for (const key of ['RESTRICTED_KEY', 'ONLY_LOWER'])
      expect((await narrowed('GET', `/api/v4/secrets/${key}?${query}`)).status).toBe(404)
    const { body } = await admin('GET', `/api/v4/secrets/RESTRICTED_KEY?${query}`)
    expect(body.secret).toMatchObject({ secretPath: '/restricted' })
  })

  it('learns nothing by renaming a key onto an imported name: right and wrong guesses are answered alike', async () => {
    const answers = []
    for (const guess of ['tourmaline', '0000']) {
      await write(narrowed, '/a', 'TRY', guess)
      const renamed = await narrowed('PATCH', '/api/v4/secrets/TRY', { ...at('/a'), newSecretName: 'RESTRICTED_KEY' })
      answers.push(renamed.status)
      await run()
      const keys = await ofSync(narrowed, '/keys')
      const runs = await ofSync(narrowed, '/runs')
      const [last] = runs.body.runs
      const outcomes = await ofSync(narrowed, `/runs/${last.id}`)
      answers.push([keys.body.keys, last.counts, last.calls, outcomes.body.run.outcomes])
      await narrowed('DELETE', '/api/v4/secrets/RESTRICTED_KEY', at('/a'))
      await run()
    }
    expect(answers).toEqual([200, [[], null, 0, []], 200, [[], null, 0, []]])
  })

  it('sees no plan, key, outcome or sum of a sync whose values come from out of reach, also after the import is gone', async () => {
    expect((await ofSync(narrowed, '/plan')).body).toMatchObject({ changes: [], hash: '', outOfReach: true })
    const uses = await narrowed('GET', `/api/v1/secret-uses?projectId=${projectId}&environment=dev&secretPath=/a`)
    expect(uses.body.syncs).toContainEqual(expect.objectContaining({ id: syncId, written: null }))
    const query = new URLSearchParams(at('/a')).toString()
    for (const key of ['OWN', 'SHARED']) {
      const { body } = await narrowed('GET', `/api/v1/secrets/${key}/delivery?${query}`)
      expect(body).toMatchObject({ destinations: [], hasHiddenDestinations: true, readers: null, runs: [] })
    }
    const sums = await narrowed('GET', `/api/v1/secret-deliveries?${query}`)
    expect(sums.body.keys).toContainEqual({
      key: 'OWN',
      excluded: 0,
      exclusions: [],
      destinations: 0,
      delivered: 0,
      troubled: 0,
      deliveredAt: null,
    })
    const whole = await admin('GET', `/api/v1/secrets/OWN/delivery?${query}`)
    expect(whole.body.destinations.map(({ key }: { key: string }) => key)).toEqual(['OWN', 'REF'])
    expect(whole.body).toMatchObject({ hasHiddenDestinations: false, readers: [] })
    expect((await narrowed('GET', `/api/v1/secrets/RESTRICTED_KEY/delivery?${query}`)).status).toBe(404)
    const { secretSync } = (await ofSync(narrowed)).body
    expect(secretSync).toMatchObject({ lastSyncMessage: null, outOfReach: true, lastRun: { counts: null } })
    const imports = await admin('GET', `/api/v2/secret-imports?projectId=${projectId}&environment=dev&path=/a`)
    const [{ id }] = imports.body.secretImports
    await admin('PATCH', '/api/v4/secrets/SHARED', { ...at('/a'), secretValue: 'plain' })
    for (const key of ['OLD', 'BIN'])
      await admin('PATCH', `/api/v4/secrets/${key}`, { ...at('/a'), secretValue: 'plain' })
    const gone = await narrowed('DELETE', `/api/v2/secret-imports/${id}`, { projectId, environment: 'dev', path: '/a' })
    expect(gone.status).toBe(200)
    expect((await ofSync(narrowed, '/keys')).body.keys).toEqual([])
    await run()
    await write(narrowed, '/a', 'LAST', 'plain')
    await run()
    const { runs } = (await ofSync(narrowed, '/runs')).body
    expect(runs.map(({ outOfReach = false }) => outOfReach)).toEqual([false, ...runs.slice(1).map(() => true)])
    expect((await ofSync(narrowed, '/keys')).body.keys.length).toBeGreaterThan(0)
    const hidden = runs.at(-1).id
    expect((await ofSync(admin, `/runs/${hidden}`)).body.run.outcomes.length).toBeGreaterThan(0)
    const goBack = (as: typeof admin, runId: string, rest = '-preview', body?: unknown) =>
      as('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/runs/${runId}/restore${rest}`, body)
    const planned = await goBack(admin, hidden)
    expect(planned.body.notRestorable).toContainEqual(expect.objectContaining({ key: 'RESTRICTED_KEY' }))
    for (const refused of [
      await goBack(narrowed, hidden),
      await goBack(narrowed, hidden, '', { planHash: planned.body.hash }),
    ])
      expect([refused.status, /restricted/i.test(refused.text)]).toEqual([403, false])
    // What an earlier value is made of now may lead further than it did then.
    await write(admin, '/a/sub', 'STEP', 'plain')
    await write(narrowed, '/a', 'VIA', '${dev.a.sub.STEP}')
    await run()
    const [then] = (await ofSync(narrowed, '/runs')).body.runs
    await admin('PATCH', '/api/v4/secrets/STEP', { ...at('/a/sub'), secretValue: '${dev.restricted.RESTRICTED_KEY}' })
    await narrowed('PATCH', '/api/v4/secrets/VIA', { ...at('/a'), secretValue: 'plain' })
    expect((await goBack(narrowed, then.id)).body.notRestorable).toEqual([
      { key: 'VIA', reason: 'it refers to a folder that you can’t read', mentions: [] },
    ])
    expect((await goBack(admin, then.id)).body.changed).toEqual(['VIA'])
    await admin('DELETE', '/api/v4/secrets/STEP', at('/a/sub'))
    // An edit of the folders that a run concerns shows what stands in the clear beside it, and no value.
    const { db } = api.ctx
    const { reached } = await db.selectFrom('runs').where('id', '=', hidden).select('reached').executeTakeFirstOrThrow()
    const edit = (to: string | null) => db.updateTable('runs').set({ reached: to }).where('id', '=', hidden).execute()
    await edit('[]')
    const shown = await ofSync(narrowed, `/runs/${hidden}`)
    const inTheClear = await db.selectFrom('outcomes').where('runId', '=', hidden).select(['key', 'reason']).execute()
    expect(
      shown.body.run.outcomes.map(({ key, reason }: { key: string; reason: unknown }) => ({ key, reason })),
    ).toEqual(
      inTheClear
        .map(({ key, reason }) => ({ key, reason: storedReasonText(reason) }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    )
    expect(inTheClear.map(({ key }) => key)).toContain('RESTRICTED_KEY')
    expect(shown.text).not.toContain('tourmaline')
    await edit(reached)
    await importInto(admin, '/a', '/restricted')
    await admin('PATCH', '/api/v4/secrets/SHARED', { ...at('/a'), secretValue: 'is ${RESTRICTED_KEY}' })
  })

  it('counts, pages and audits only secrets that it may know', async () => {
    const secretMetadata = [{ key: 'host', value: 'db-7' }]
    for (const key of ['HIDDEN_1', 'HIDDEN_2'])
      await admin('POST', `/api/v4/secrets/${key}`, { ...at('/mid/m'), secretValue: 'v', secretMetadata })
    await admin('PATCH', '/api/v4/secrets/MINE', { ...at('/mid/z'), secretMetadata })
    const listed = (query: string) =>
      narrowed('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=/mid&recursive=true&${query}`)
    const filter = `metadataFilter=${encodeURIComponent('key=host,value=db-7')}`
    const unexpanded = 'expandSecretReferences=false'
    const first = await listed(`${unexpanded}&viewSecretValue=false&limit=1&${filter}`)
    expect(first.body.secrets.map(({ secretKey }: { secretKey: string }) => secretKey)).toEqual(['MINE'])
    expect((await listed(unexpanded)).status).toBe(200)
    const { body } = await admin('GET', '/api/v1/audit?action=secret.list&limit=1')
    expect(body.entries[0].details).toMatchObject({ secretPath: '/mid', count: 1, keys: ['MINE'] })
  })

  it('finds what refers to its secrets whatever hidden folders between have', async () => {
    await folder('/a', 'reader')
    await folder('/', 'between')
    await importInto(admin, '/a/reader', '/between')
    await importInto(admin, '/between', '/mid/z')
    await write(admin, '/a/reader', 'REFERS', '${MINE}')
    const references = async () => {
      const query = `projectId=${projectId}&environment=dev&secretPath=/mid/z&secretName=MINE`
      return (await narrowed('GET', `/api/v1/secret-uses?${query}`)).body.references
    }
    const before = await references()
    expect(before).toMatchObject([{ secretKey: 'REFERS' }])
    await write(admin, '/between', 'MINE', 'wins')
    expect(await references()).toEqual(before)
    await admin('DELETE', '/api/v4/secrets/MINE', at('/between'))
    await admin('PATCH', '/api/v4/secrets/REFERS', { ...at('/a/reader'), secretValue: 'plain' })
  })

  it('lists its deleted secrets however many hidden ones were deleted later', async () => {
    await write(narrowed, '/mid/z', 'DELETED', 'v')
    await narrowed('DELETE', '/api/v4/secrets/DELETED', at('/mid/z'))
    const { db } = api.ctx
    const kept = await db.selectFrom('trash').where('name', '=', 'DELETED').selectAll().executeTakeFirstOrThrow()
    const later = (n: number) => ({ ...kept, id: `hidden ${n}`, path: '/mid/m', deletedAt: '2999-01-01T00:00:00.000Z' })
    for (let n = 0; n < 1000; n += 50) {
      const values = Array.from({ length: 50 }, (_, more) => later(n + more))
      await db.insertInto('trash').values(values).execute()
    }
    const { body } = await narrowed('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)
    expect(body.trash.map(({ name }: { name: string }) => name)).toContain('DELETED')
    await db.deleteFrom('trash').where('id', 'like', 'hidden %').execute()
    // A deleted folder is known like one that is there: not to those who know the folder around it alone.
    await folder('/mid', 'unseen')
    await folder('/a', 'seen')
    const where = { projectId, environment: 'dev' }
    await admin('DELETE', '/api/v2/folders/unseen', { ...where, path: '/mid' })
    await admin('DELETE', '/api/v2/folders/seen', { ...where, path: '/a' })
    const listed = await narrowed('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)
    const names: string[] = listed.body.trash.map(({ name }: { name: string }) => name)
    expect([names.includes('seen'), names.includes('unseen')]).toEqual([true, false])
    const { trash } = (await admin('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)).body
    const { id } = trash.find(({ name }: { name: string }) => name === 'unseen')
    expect((await narrowed('POST', `/api/v1/trash/${id}/restore`, where)).status).toBe(404)
  })

  it('expands nothing from out of reach when edges appear after its call was authorized', async () => {
    await folder('/a', 'late')
    await write(admin, '/a/late', 'LATE', '${dev.restricted.RESTRICTED_KEY}')
    await admin('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/sync-secrets`)
    const { db } = api.ctx
    const stored = await db
      .selectFrom('syncs')
      .where('id', '=', syncId)
      .select('standsBehind')
      .executeTakeFirstOrThrow()
    await amend(db, 'syncs', syncId, {
      standsBehind: JSON.stringify({ kind: 'identity', id: identityId, name: 'own' }),
    })
    const query = `projectId=${projectId}&environment=dev`
    const late = `${query}&secretPath=/a/late&expandSecretReferences=true`
    // Outside of a snapshot there are no imports and no references.
    const edgeless = withoutRows(db, ['imports', 'references'])
    const answers = [
      await narrowed('GET', `/api/v4/secrets/LATE?${late}`),
      await narrowed('GET', `/api/v4/secrets?${late}`),
      await narrowed('GET', `/api/v4/secrets?${query}&secretPath=/a&expandSecretReferences=true&recursive=true`),
      await narrowed('GET', `/api/v4/secrets/LATE/secret-reference-tree?${query}&secretPath=/a/late`),
    ]
    await run()
    edgeless.restore()
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/tourmaline|restricted/)
    expect((await ofSync(admin)).body.secretSync.blocked).toMatchObject({ kind: 'access' })
    await amend(db, 'syncs', syncId, stored)
    await admin('DELETE', '/api/v4/secrets/LATE', at('/a/late'))
    await admin('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/sync-secrets`)
    await run()
  })

  it('ends and moves no sync by deleting, renaming or moving its folder', async () => {
    const folders = await admin('GET', `/api/v2/folders?projectId=${projectId}&environment=dev&path=/a`)
    const sub = folders.body.folders.find(({ name }: { name: string }) => name === 'sub')
    await write(admin, '/a/sub', 'YKEY', 'one')
    const { secretSync } = (await ofSync(admin)).body
    const below = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
      name: 'reads-sub',
      connectionId: secretSync.connectionId,
      ...at('/a/sub'),
      syncOptions: {
        initialSyncBehavior: 'overwrite-destination',
        keySchema: 'SUB_{{secretKey}}',
        deletionPolicy: 'owned',
      },
      destinationConfig: vendor.target,
      isAutoSyncEnabled: false,
    })
    expect(below.status, JSON.stringify(below.body)).toBe(200)
    const where = { projectId, environment: 'dev', path: '/a' }
    for (const syncs of ['remove-secrets', 'keep-secrets'])
      expect((await narrowed('DELETE', '/api/v2/folders/sub', { ...where, syncs })).status).toBe(403)
    expect((await narrowed('DELETE', '/api/v2/folders/sub', where)).status).toBe(400)
    expect((await narrowed('PATCH', `/api/v2/folders/${sub.id}`, { ...where, name: 'other' })).status).toBe(403)
    const move = { ...where, destinationPath: '/a' }
    expect((await narrowed('POST', `/api/v2/folders/${sub.id}/move`, move)).status).toBe(403)
    const still = await admin('GET', `/api/v1/secret-syncs/trigger-dev/${below.body.secretSync.id}`)
    expect(still.body.secretSync.folder.path).toBe('/a/sub')
  })

  it('restores nothing at the place that a deleted thing has by now', async () => {
    const x = await folder('/a', 'x')
    await write(narrowed, '/a/x', 'PLANTED', 'mine')
    await narrowed('DELETE', '/api/v4/secrets/PLANTED', at('/a/x'))
    const { body } = await narrowed('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)
    const item = body.trash.find(({ name }: { name: string }) => name === 'PLANTED')
    await admin('POST', `/api/v2/folders/${x}/move`, {
      projectId,
      environment: 'dev',
      destinationEnvironment: 'prod',
      destinationPath: '/restricted',
    })
    const restored = await narrowed('POST', `/api/v1/trash/${item.id}/restore`, { projectId, environment: 'dev' })
    expect(restored.status).toBe(404)
    const prod = `projectId=${projectId}&environment=prod&secretPath=/restricted/x`
    expect((await admin('GET', `/api/v4/secrets?${prod}`)).body.secrets).toEqual([])
    // An id out of reach is not there, and its place is not named.
    const unseen = await narrowed('GET', `/api/v2/folders/${x}`)
    expect([unseen.status, unseen.body.message]).toEqual([404, `Folder with ID ${x} not found`])
  })

  it('keeps its rights where they were when environments swap their slugs', async () => {
    const member = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const unknown = await admin('PATCH', member, { scopes: [{ environment: 'nowhere', secretPath: '/**' }] })
    expect([unknown.status, unknown.body.message]).toEqual([
      400,
      'Environment with slug "nowhere" not found in this project',
    ])
    const rename = (from: string, slug: string) =>
      admin('PATCH', `/api/v1/projects/${projectId}/environments/${environments.get(from)}`, { slug })
    await rename('dev', 'dev-old')
    await rename('prod', 'dev')
    const read = (environment: string, secretPath: string) =>
      narrowed(
        'GET',
        `/api/v4/secrets?projectId=${projectId}&environment=${environment}&secretPath=${secretPath}&expandSecretReferences=false`,
      )
    expect((await read('dev', '/a')).status).toBe(403)
    expect((await read('dev-old', '/a')).status).toBe(200)
    const listed = await admin('GET', `/api/v1/projects/${projectId}/identity-memberships`)
    expect(JSON.stringify(listed.body)).toContain('"environment":"dev-old"')
    await rename('prod', 'prod')
    await rename('dev', 'dev')
  })
})
