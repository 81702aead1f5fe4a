import { onEveryDatabase } from '@keyferry/db/testing'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import {
  environmentLookup,
  HIDDEN_VALUE,
  listedSecrets,
  lookedUp,
  MAX_VALUE_BYTES,
  secretLookup,
} from '@keyferry/schemas'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFolder } from '../folders/folders.ts'
import { createImport } from '../folders/imports.ts'
import { getProjectBySlug } from '../folders/projects.ts'
import { createTestProject, vault } from '../testing.ts'
import {
  createSecret,
  createSecrets,
  deleteSecret,
  deleteSecrets,
  getSecret,
  listSecrets,
  updateSecret,
  updateSecrets,
} from './secrets.ts'
import { listSecretVersions } from './read/versions.ts'

onEveryDatabase('secrets', (open) => {
  let t: TestContext
  let place: { projectId: string; environment: string; secretPath: string }
  const view = {
    recursive: false,
    expandReferences: false,
    includeImports: false,
    showValues: true,
  }

  beforeEach(async () => {
    t = await testContext(open)
    const project = await createTestProject(t.ctx, t.actor)
    place = { projectId: project.id, environment: 'dev', secretPath: '/' }
  })
  afterEach(() => t.close())

  const put = (key: string, value: string, comment = '') =>
    createSecret(t.ctx, t.actor, { ...place, key, value, comment })
  const set = (key: string, change: { value?: string; newKey?: string; comment?: string }) =>
    updateSecret(t.ctx, t.actor, { ...place, key, ...change })
  const drop = (key: string) => deleteSecret(t.ctx, t.actor, { ...place, key })
  const get = (key: string, more: { version?: number; showValues?: boolean } = {}) =>
    getSecret(t.ctx, t.actor, { ...place, ...view, key, ...more })
  const list = async (more: Partial<typeof view> = {}) => listSecrets(t.ctx, t.actor, { ...place, ...view, ...more })
  const values = async () => (await list()).secrets.map(({ key, value }) => [key, value])
  const revision = async () => {
    const folder = await t.ctx.db
      .selectFrom('folders')
      .where('path', '=', '/')
      .select((eb) => eb.fn.sum('revision').as('sum'))
      .executeTakeFirst()
    return Number(folder?.sum)
  }

  it('lists what its schema says, and notes the reading of a thousand values in one row', async () => {
    await createSecrets(t.ctx, t.actor, {
      ...place,
      secrets: Array.from({ length: 1000 }, (_, i) => ({
        key: `KEY_${i}`,
        value: `${i}`,
        comment: '',
      })),
    })
    const listed = await list({ includeImports: true })
    // The API hands this answer out as it is.
    expect(listedSecrets.parse(listed)).toEqual(listed)
    expect(listed.secrets).toHaveLength(1000)
    const readings = await t.ctx.db.selectFrom('audit').where('action', '=', 'secret.list').selectAll().execute()
    expect(readings.map(({ details }) => JSON.parse(details))).toEqual([expect.objectContaining({ count: 1000 })])
  })

  it('keeps every byte of a value', async () => {
    const awkward = [
      '',
      ' ',
      '\n',
      ' a b \r\n\t',
      '\u0000\u0001',
      '日本 🔑 é',
      'it\'s "quoted" \\n',
      '${',
      '${FOO:-x}',
      'x'.repeat(MAX_VALUE_BYTES),
    ]
    await createSecrets(t.ctx, t.actor, {
      ...place,
      secrets: awkward.map((value, index) => ({
        key: `K${index}`,
        value,
        comment: value.slice(0, 4000),
      })),
    })
    for (const [index, value] of awkward.entries()) {
      expect(await get(`K${index}`)).toMatchObject({
        value,
        comment: value.slice(0, 4000),
      })
    }
  })

  it('answers in the documented shape', async () => {
    const created = await put('API_KEY', 'one', 'for the shop')
    expect(created).toEqual({
      id: expect.any(String),
      projectId: place.projectId,
      environment: 'dev',
      version: 1,
      key: 'API_KEY',
      value: 'one',
      comment: 'for the shop',
      secretPath: '/',
      skipMultilineEncoding: false,
      isLiteral: false,
      metadata: [],
      tags: [],
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
    })
    expect(await get('API_KEY')).toEqual(created)
  })

  it('hides values from those who do not ask for them, even when they cannot be decrypted', async () => {
    await put('A', 'one', 'note')
    await t.ctx.db.updateTable('secrets').set({ value: 'v1.broken' }).execute()
    await vault(t, place.projectId).accept('dev:/')
    expect(await get('A', { showValues: false })).toMatchObject({
      value: null,
      comment: 'note',
    })
    await expect(get('A')).rejects.toThrow('A (cannot be decrypted)')
  })

  it('refuses a key that is there already, and a place that is not', async () => {
    await put('A', 'one')
    await expect(put('A', 'two')).rejects.toThrow('Secret already exists: A')
    await expect(get('B')).rejects.toThrow('Secret with name "B" not found in dev:/')
    const missing = createSecret(t.ctx, t.actor, {
      ...place,
      secretPath: '/no',
      key: 'A',
      value: '',
      comment: '',
    })
    await expect(missing).rejects.toThrow('Folder with path "/no" not found in environment "dev"')
    const elsewhere = listSecrets(t.ctx, t.actor, { ...place, environment: 'qa', ...view })
    await expect(elsewhere).rejects.toThrow('Environment with slug "qa" not found in project "Shop"')
  })

  it('refuses the mask of a hidden value, and half a character', async () => {
    await put('A', 'one')
    await expect(set('A', { value: HIDDEN_VALUE })).rejects.toThrow('stands for a hidden value')
    await expect(set('A', { value: 'x\ud83d' })).rejects.toThrow('not valid Unicode')
    expect(await values()).toEqual([['A', 'one']])
  })

  it('makes a version with every write and reads any of them', async () => {
    await put('A', 'one')
    t.clock.advance(1000)
    expect(await set('A', { value: 'two' })).toMatchObject({
      version: 2,
      value: 'two',
      updatedAt: '2026-01-01T00:00:01.000Z',
    })
    await drop('A')
    expect(await put('A', 'three')).toMatchObject({ version: 4 })
    expect(await get('A', { version: 1 })).toMatchObject({ version: 1, value: 'one' })
    expect(await get('A', { version: 2 })).toMatchObject({ version: 2, value: 'two' })
    await expect(get('A', { version: 3 })).rejects.toThrow('Version 3 of secret "A" not found')
    const versions = await listSecretVersions(t.ctx, t.actor, { ...place, key: 'A' })
    expect(versions.map(({ version, deleted }) => [version, deleted])).toEqual([
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ])
    expect(versions[0]?.createdBy).toBe(t.actor.name)
  })

  it('writes nothing when nothing changes', async () => {
    await put('A', 'one', 'note')
    const before = await revision()
    await set('A', { value: 'one' })
    await set('A', { value: 'one', comment: 'note' })
    expect(await get('A')).toMatchObject({ version: 1 })
    expect(await revision()).toBe(before)
    await set('A', { comment: 'other' })
    expect(await get('A')).toMatchObject({ version: 2, value: 'one', comment: 'other' })
    expect(await revision()).toBe(before + 1)
  })

  it('renames, with the history following, and never repeats a version of a key', async () => {
    await put('B', 'old b')
    await drop('B')
    await put('A', 'one', 'note')
    expect(await set('A', { newKey: 'B' })).toMatchObject({
      key: 'B',
      version: 3,
      value: 'one',
      comment: 'note',
    })
    expect(await values()).toEqual([['B', 'one']])
    const versions = await listSecretVersions(t.ctx, t.actor, { ...place, key: 'B' })
    expect(versions.map(({ key, version }) => `${key}${version}`)).toEqual(['B3', 'B2', 'A1', 'B1'])
    await put('A', 'again')
    await expect(set('A', { newKey: 'B' })).rejects.toThrow('Secret already exists: B')
  })

  it('writes batches whole or not at all', async () => {
    await put('A', 'one')
    const rows = (...keys: string[]) => keys.map((key) => ({ key, value: 'x', comment: '' }))
    await expect(createSecrets(t.ctx, t.actor, { ...place, secrets: rows('B', 'A') })).rejects.toThrow(
      'Secret already exists: A',
    )
    await expect(createSecrets(t.ctx, t.actor, { ...place, secrets: rows('B', 'B') })).rejects.toThrow(
      'Duplicate keys in request: B',
    )
    const missing = updateSecrets(t.ctx, t.actor, { ...place, mode: 'failOnNotFound', secrets: rows('A', 'B', 'C') })
    await expect(missing).rejects.toThrow('Secrets "B", "C" not found in dev:/')
    await expect(deleteSecrets(t.ctx, t.actor, { ...place, secrets: [{ key: 'A' }, { key: 'B' }] })).rejects.toThrow(
      '"B" not found',
    )
    expect(await values()).toEqual([['A', 'one']])
  })

  it('updates by mode: ignore skips and upsert creates what is not there', async () => {
    await put('A', 'one')
    const secrets = [
      { key: 'A', value: 'two' },
      { key: 'B', value: 'new' },
    ]
    expect(await updateSecrets(t.ctx, t.actor, { ...place, mode: 'ignore', secrets })).toMatchObject([
      { key: 'A', version: 2 },
    ])
    expect(await updateSecrets(t.ctx, t.actor, { ...place, mode: 'upsert', secrets })).toMatchObject([
      { version: 2 },
      { key: 'B', version: 1 },
    ])
    const valueless = updateSecrets(t.ctx, t.actor, { ...place, mode: 'upsert', secrets: [{ key: 'C' }] })
    await expect(valueless).rejects.toThrow('A value is needed to create C')
  })

  it('passes a name on within one batch', async () => {
    await put('A', 'one')
    await put('B', 'two')
    await updateSecrets(t.ctx, t.actor, {
      ...place,
      mode: 'failOnNotFound',
      secrets: [
        { key: 'B', newKey: 'C' },
        { key: 'A', newKey: 'B' },
      ],
    })
    expect(await values()).toEqual([
      ['B', 'one'],
      ['C', 'two'],
    ])
  })

  it('lets writers at the same time take turns: one creates, and every update has its version', async () => {
    const created = await Promise.allSettled([put('A', '0'), put('A', '0')])
    expect(created.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(created.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: 'Secret already exists: A' },
    })
    const written = await Promise.all(Array.from({ length: 20 }, (_, index) => set('A', { value: `${index + 1}` })))
    const versions = written.map(({ version }) => version)
    expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2))
  })

  it('finds nothing under a name that cannot exist', async () => {
    // As the inputs of the verbs read it.
    const name = secretLookup.parse('A\u0000')
    const environment = environmentLookup.parse('A\u0000')
    const slug = lookedUp(64).parse('A\u0000')
    await expect(set(name, { value: 'x' })).rejects.toMatchObject({ status: 404 })
    await expect(drop(name)).rejects.toMatchObject({ status: 404 })
    await expect(listSecretVersions(t.ctx, t.actor, { ...place, key: name })).rejects.toMatchObject({
      status: 404,
    })
    await expect(listSecrets(t.ctx, t.actor, { ...place, environment, ...view })).rejects.toMatchObject({
      status: 404,
    })
    await expect(getProjectBySlug(t.ctx, t.actor, { slug })).rejects.toMatchObject({ status: 404 })
  })

  it('treats __proto__, constructor and toString like any other key', async () => {
    const keys = ['__proto__', 'constructor', 'toString']
    await createSecrets(t.ctx, t.actor, {
      ...place,
      secrets: keys.map((key) => ({ key, value: `of ${key}`, comment: '' })),
    })
    expect(await values()).toEqual(keys.map((key) => [key, `of ${key}`]))
    await expect(get('hasOwnProperty')).rejects.toMatchObject({ status: 404 })
    await set('__proto__', { value: 'new' })
    expect(await get('__proto__')).toMatchObject({ version: 2, value: 'new' })
    await drop('constructor')
    expect((await values()).map(([key]) => key)).toEqual(['__proto__', 'toString'])
  })

  it('lists folders below, and imports with the highest priority first', async () => {
    const at = { projectId: place.projectId, environment: 'dev' }
    for (const [path, name] of [
      ['/', 'api'],
      ['/api', 'jobs'],
      ['/', 'low'],
      ['/', 'high'],
    ] as const) {
      await createFolder(t.ctx, t.actor, { ...at, path, name })
    }
    const into = (secretPath: string, key: string) =>
      createSecret(t.ctx, t.actor, {
        ...place,
        secretPath,
        key,
        value: secretPath,
        comment: '',
      })
    await into('/', 'TOP')
    await into('/api', 'MID')
    await into('/api/jobs', 'DEEP')
    await into('/low', 'KEY')
    await into('/high', 'KEY')
    for (const path of ['/low', '/high'])
      await createImport(t.ctx, t.actor, { ...at, path: '/', import: { environment: 'dev', path } })

    const below = await listSecrets(t.ctx, t.actor, { ...place, secretPath: '/api', ...view, recursive: true })
    expect(below.secrets.map(({ key, secretPath }) => [key, secretPath])).toEqual([
      ['MID', '/api'],
      ['DEEP', '/api/jobs'],
    ])
    expect(below.imports).toEqual([])

    const { secrets, imports } = await list({ includeImports: true })
    expect(secrets.map(({ key }) => key)).toEqual(['TOP'])
    expect(imports?.map(({ secretPath, secrets: own }) => [secretPath, own[0]?.value])).toEqual([
      ['/low', undefined],
      ['/high', '/high'],
    ])
    expect(imports?.[1]?.secrets[0]).not.toHaveProperty('createdAt')
    const page = async (offset: number) => {
      const paged = { ...place, ...view, includeImports: true, limit: 2, offset }
      const { secrets: own, imports: sources } = await listSecrets(t.ctx, t.actor, paged)
      return [...own, ...sources.flatMap((source) => source.secrets)].map(({ value }) => value)
    }
    expect([await page(0), await page(2), await page(4)]).toEqual([['/', '/high'], [], []])
    const second = await listSecrets(t.ctx, t.actor, { ...place, ...view, recursive: true, limit: 1, offset: 1 })
    expect(second.secrets.map(({ secretPath }) => secretPath)).toEqual(['/api'])

    const found = await getSecret(t.ctx, t.actor, { ...place, ...view, includeImports: true, key: 'KEY' })
    expect(found).toMatchObject({ value: '/high', secretPath: '/high' })
    await expect(get('KEY')).rejects.toMatchObject({ status: 404 })
  })

  it('expands references when asked, and names the keys that it cannot', async () => {
    await put('HOST', 'db.local')
    await put('URL', 'postgres://${HOST}/app')
    await put('BAD', '${NOPE}')
    const expanded = (key: string, version?: number) =>
      getSecret(t.ctx, t.actor, {
        ...place,
        ...view,
        expandReferences: true,
        key,
        ...(version ? { version } : {}),
      })
    expect((await get('URL')).value).toBe('postgres://${HOST}/app')
    expect((await expanded('URL')).value).toBe('postgres://db.local/app')
    await expect(list({ expandReferences: true })).rejects.toThrow('BAD (references ${NOPE}, which does not exist)')
    await set('URL', { value: 'plain' })
    expect((await expanded('URL', 1)).value).toBe('postgres://db.local/app')
  })

  it('writes who did what, and never a value', async () => {
    await put('A', 'canary-8f1c')
    await set('A', { value: 'canary-8f1d' })
    await drop('A')
    const audit = await t.ctx.db
      .selectFrom('audit')
      .where('action', 'like', 'secret.%')
      .select(['action', 'actor', 'details'])
      .execute()
    expect(audit.map(({ action }) => action).sort()).toEqual(['secret.create', 'secret.delete', 'secret.update'])
    for (const row of audit) {
      expect(row.actor).toBe(t.actor.name)
      expect(JSON.parse(row.details)).toEqual({ environment: 'dev', secretPath: '/', keys: ['A'] })
    }
  })
})
