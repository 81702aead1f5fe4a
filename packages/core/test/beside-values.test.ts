/** Comments, tags and metadata: what stands beside a value has versions like it. */
import { onEveryDatabase } from '@keyferry/db/testing'
import {
  createFolder,
  createSecret,
  createTag,
  deleteSecret,
  deleteTag,
  exportProject,
  getSecret,
  importProject,
  listSecretRows,
  listSecrets,
  listSecretVersions,
  listTrash,
  moveSecrets,
  pasteDotenv,
  restoreFolder,
  restoreTrash,
  restoreVersion,
  updateSecret,
  updateSecrets,
  updateTag,
} from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { continueRotations, rotateDataKey } from '../src/admin/rotate-data-key.ts'
import { testContext, type TestContext } from '../src/testing/test-context.ts'

onEveryDatabase('what stands beside a value', (open) => {
  let t: TestContext
  let projectId: string
  let where: { projectId: string; environment: string; secretPath: string }
  const one = { key: 'owner', value: 'ada-of-payments', isEncrypted: false }
  const two = { key: 'ticket', value: '42', isEncrypted: true }
  const FLAGS = { expandReferences: false, includeImports: false, showValues: true }
  beforeAll(async () => {
    t = await testContext(open)
  })
  beforeEach(async () => {
    projectId = (await createTestProject(t.ctx, t.actor)).id
    where = { projectId, environment: 'dev', secretPath: '/' }
  })
  afterAll(() => t.close())

  const tag = async (slug: string) => (await createTag(t.ctx, t.actor, { projectId, slug, color: '' })).id
  const set = (change: Partial<Parameters<typeof updateSecret>[2]>) =>
    updateSecret(t.ctx, t.actor, { ...where, key: 'KEY', ...change })
  const get = async (version?: number) => {
    const found = await getSecret(t.ctx, t.actor, { ...where, ...FLAGS, key: 'KEY', version })
    const { value, comment, metadata, tags } = found
    return { value, comment, metadata, tags: tags.map(({ slug }) => slug) }
  }
  /** Four versions: all of it, then a change each of comment, tags and metadata. */
  const written = async () => {
    const [red, blue] = [await tag('red'), await tag('blue')]
    const secret = { ...where, key: 'KEY', value: 'value', comment: 'first' }
    await createSecret(t.ctx, t.actor, { ...secret, metadata: [one], tagIds: [red] })
    await set({ comment: 'second' })
    await set({ tagIds: [red, blue] })
    await set({ metadata: [one, two] })
    return { red, blue }
  }
  const first = { value: 'value', comment: 'first', metadata: [one], tags: ['red'] }
  const last = { value: 'value', comment: 'second', metadata: [one, two], tags: ['blue', 'red'] }

  it('has a version for every change of it, and none for what changes nothing', async () => {
    const { red, blue } = await written()
    await set({ comment: 'second', tagIds: [blue, red], metadata: [one, two] })
    const versions = await listSecretVersions(t.ctx, t.actor, { ...where, key: 'KEY' })
    expect(versions).toMatchObject([
      { version: 4, comment: 'second', metadata: [one, two], tags: ['blue', 'red'] },
      { version: 3, comment: 'second', metadata: [one], tags: ['blue', 'red'] },
      { version: 2, comment: 'second', metadata: [one], tags: ['red'] },
      { version: 1, comment: 'first', metadata: [one], tags: ['red'] },
    ])
    expect(await get(1)).toEqual(first)
    expect(await get(2)).toEqual({ ...first, comment: 'second' })
    expect(await get(3)).toEqual({ ...first, comment: 'second', tags: ['blue', 'red'] })
    expect(await get(4)).toEqual(last)
    expect(await get()).toEqual(last)
  })

  it('comes back with a version, but for tags that are gone', async () => {
    const { red, blue } = await written()
    await restoreVersion(t.ctx, t.actor, { ...where, key: 'KEY', version: 1 })
    expect(await get()).toEqual(first)
    await restoreVersion(t.ctx, t.actor, { ...where, key: 'KEY', version: 4 })
    await updateTag(t.ctx, t.actor, { projectId, tagId: blue, name: 'Deep blue' })
    await deleteTag(t.ctx, t.actor, { projectId, tagId: red })
    const [, , third] = await listSecretVersions(t.ctx, t.actor, { ...where, key: 'KEY' })
    expect(third).toMatchObject({ version: 4, tags: ['Deep blue', 'red'] })
    await restoreVersion(t.ctx, t.actor, { ...where, key: 'KEY', version: 1 })
    expect(await get()).toEqual({ ...first, tags: [] })
  })

  it('comes back with the folder of a time, and is seen in the preview', async () => {
    const secret = { ...where, key: 'KEY', value: 'value', comment: 'first' }
    await createSecret(t.ctx, t.actor, { ...secret, metadata: [one], tagIds: [await tag('red')] })
    const at = t.ctx.now().toISOString()
    t.clock.advance(1000)
    await set({ comment: 'second' })
    const preview = await restoreFolder(t.ctx, t.actor, { ...where, at, dryRun: true })
    expect(preview.changes).toEqual([{ key: 'KEY', action: 'update', version: 1 }])
    await restoreFolder(t.ctx, t.actor, { ...where, at, dryRun: false })
    expect(await get()).toEqual(first)
    expect((await restoreFolder(t.ctx, t.actor, { ...where, at, dryRun: true })).changes).toEqual([])
  })

  it('outlives the trash, a rotated key and a file', async () => {
    await written()
    await deleteSecret(t.ctx, t.actor, { ...where, key: 'KEY' })
    await rotateDataKey(t.ctx, t.actor, { projectId })
    await continueRotations(t.ctx, AbortSignal.timeout(60_000))
    const [kept] = await listTrash(t.ctx, t.actor, where)
    await restoreTrash(t.ctx, t.actor, { ...where, trashId: kept?.id ?? '' })
    expect(await get()).toEqual(last)
    expect(await get(1)).toEqual(first)
    const versions = await listSecretVersions(t.ctx, t.actor, { ...where, key: 'KEY' })
    expect(versions.at(-1)).toMatchObject({ version: 1, comment: 'first', metadata: [one], tags: ['red'] })
    const passphrase = 'correct horse battery'
    const { file } = await exportProject(t.ctx, t.actor, { projectId, passphrase })
    const copy = await importProject(t.ctx, t.actor, {
      file,
      passphrase,
      projectName: 'Copy',
      slug: `copy-${projectId}`,
    })
    const secret = { ...where, ...FLAGS, projectId: copy.id, key: 'KEY' }
    expect(await getSecret(t.ctx, t.actor, secret)).toMatchObject({
      comment: 'second',
      metadata: [one, two],
    })
  })

  it('says that references are text, through every change, move, file and way back', async () => {
    const text = 'Hello ${username}, $${x} ${dev.NONE}'
    const shown = async (expandReferences: boolean, at: Partial<typeof where> = {}, key = 'MAIL') => {
      const { value, isLiteral } = await getSecret(t.ctx, t.actor, {
        ...where,
        ...FLAGS,
        ...at,
        key,
        expandReferences,
      })
      return { value, isLiteral }
    }
    const mail = { ...where, key: 'MAIL' }
    const literal = { value: text, isLiteral: true }
    const created = await createSecret(t.ctx, t.actor, { ...mail, ...literal, comment: '' })
    expect(created).toMatchObject({ ...literal, version: 1 })
    expect(created.warnings).toBeUndefined()
    for (const expanded of [false, true]) expect(await shown(expanded)).toEqual(literal)
    expect((await listSecretRows(t.ctx, t.actor, where)).rows).toMatchObject([
      { key: 'MAIL', isLiteral: true, references: [], problem: null },
    ])
    await createSecret(t.ctx, t.actor, { ...where, key: 'KEY', value: 'Re: ${MAIL}', comment: '' })
    expect(await shown(true, {}, 'KEY')).toEqual({ value: `Re: ${text}`, isLiteral: false })

    // A new value is text as well, and a file does not change that; without the switch the same text refers.
    expect(await updateSecret(t.ctx, t.actor, { ...mail, value: '${A}' })).toMatchObject({ isLiteral: true })
    expect(await shown(true)).toEqual({ value: '${A}', isLiteral: true })
    await pasteDotenv(t.ctx, t.actor, { ...where, content: 'MAIL="${KEY}"\nNEW=\'${KEY}\'', dryRun: false })
    for (const name of ['MAIL', 'NEW'])
      expect(await shown(true, {}, name)).toEqual({ value: '${KEY}', isLiteral: true })
    await expect(updateSecret(t.ctx, t.actor, { ...mail, isLiteral: false })).rejects.toThrow('Cyclic reference')
    await updateSecret(t.ctx, t.actor, { ...mail, value: '$${A}', isLiteral: false })
    expect(await shown(true)).toEqual({ value: '${A}', isLiteral: false })
    await updateSecret(t.ctx, t.actor, { ...mail, isLiteral: true })
    for (const expanded of [false, true]) expect(await shown(expanded)).toEqual({ value: '$${A}', isLiteral: true })

    const at = t.ctx.now().toISOString()
    await restoreVersion(t.ctx, t.actor, { ...where, key: 'MAIL', version: 1 })
    expect(await shown(true)).toEqual(literal)
    await updateSecret(t.ctx, t.actor, { ...mail, newKey: 'LETTER' })
    expect(await shown(true, {}, 'KEY')).toMatchObject({ value: `Re: ${text}` })
    await deleteSecret(t.ctx, t.actor, { ...where, key: 'NEW' })
    await createFolder(t.ctx, t.actor, { projectId, environment: 'prod', path: '/', name: 'post', description: null })
    await moveSecrets(t.ctx, t.actor, {
      projectId,
      sourceEnvironment: 'dev',
      sourceSecretPath: '/',
      destinationEnvironment: 'prod',
      destinationSecretPath: '/post',
      secretIds: [created.id],
      shouldOverwrite: false,
    })
    const moved = { environment: 'prod', secretPath: '/post' }
    expect(await shown(true, moved, 'LETTER')).toEqual(literal)
    await rotateDataKey(t.ctx, t.actor, { projectId })
    await continueRotations(t.ctx, AbortSignal.timeout(60_000))
    const [kept] = await listTrash(t.ctx, t.actor, where)
    await restoreTrash(t.ctx, t.actor, { ...where, trashId: kept?.id ?? '' })
    expect(await shown(true, {}, 'NEW')).toEqual({ value: '${KEY}', isLiteral: true })
    await restoreFolder(t.ctx, t.actor, { ...where, at, dryRun: false })
    expect(await shown(true, {}, 'NEW')).toEqual({ value: '${KEY}', isLiteral: true })

    const passphrase = 'correct horse battery'
    const { file } = await exportProject(t.ctx, t.actor, { projectId, passphrase })
    const slug = `literal-${projectId}`
    const copy = await importProject(t.ctx, t.actor, { file, passphrase, projectName: 'Literal', slug })
    expect(await shown(true, { ...moved, projectId: copy.id }, 'LETTER')).toEqual(literal)
  })

  it('is sealed, and no text at all when there is none', async () => {
    await written()
    await createSecret(t.ctx, t.actor, { ...where, key: 'BARE', value: 'x', comment: '' })
    const rows = await t.ctx.db.selectFrom('secretVersions').selectAll().execute()
    const mine = rows.filter(({ key }) => key === 'KEY' || key === 'BARE')
    expect(mine.map(({ createdBy: _, ...row }) => JSON.stringify(row)).join()).not.toMatch(
      /second|ticket|ada-of-payments/,
    )
    const bare = await t.ctx.db
      .selectFrom('secrets')
      .where('key', '=', 'BARE')
      .select(['comment', 'metadata'])
      .execute()
    expect(bare[0]).toEqual({ comment: '', metadata: '' })
  })

  it('filters a listing by metadata: all pairs must be there', async () => {
    const secrets = [
      { key: 'A', value: 'a', metadata: [one] },
      { key: 'B', value: 'b', metadata: [one, two] },
      { key: 'C', value: 'c' },
    ]
    await updateSecrets(t.ctx, t.actor, { ...where, mode: 'upsert', secrets })
    const { rows } = await listSecretRows(t.ctx, t.actor, where)
    expect(rows.map(({ key, metadata }) => [key, metadata])).toEqual([
      ['A', [one]],
      ['B', [one, two]],
      ['C', []],
    ])
    const keys = async (...metadata: { key: string; value: string }[]) => {
      const asked = { ...where, ...FLAGS, recursive: false, metadata }
      return (await listSecrets(t.ctx, t.actor, asked)).secrets.map(({ key }) => key)
    }
    expect(await keys({ key: 'owner', value: 'ada-of-payments' })).toEqual(['A', 'B'])
    expect(await keys({ key: 'owner', value: 'ada-of-payments' }, { key: 'ticket', value: '42' })).toEqual(['B'])
    expect(await keys({ key: 'owner', value: 'bob' })).toEqual([])
  })
})
