import { onEveryDatabase } from '@keyferry/db/testing'
import {
  createEnvironment,
  deleteEnvironment,
  getProject,
  listDeletedEnvironments,
  listSecretVersions,
  listTrash,
  purgeTrash,
  restoreEnvironment,
  restoreTrash,
  TRASH_DAYS,
  updateSecret,
} from '@keyferry/vault'
import { createTestProject, vault, type Vault } from '@keyferry/vault/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { continueRotations, rotateDataKey } from '../src/admin/rotate-data-key.ts'
import { testContext, type TestContext } from '../src/testing/test-context.ts'

onEveryDatabase('deleted environments', (open) => {
  let t: TestContext
  let projectId: string
  let v: Vault
  beforeAll(async () => {
    t = await testContext(open)
  })
  beforeEach(async () => {
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterAll(() => t.close())

  const slugs = async () => (await getProject(t.ctx, t.actor, { projectId })).environments.map(({ slug }) => slug)
  const drop = async (slug: string) => {
    const { environments } = await getProject(t.ctx, t.actor, { projectId })
    const environmentId = environments.find((environment) => environment.slug === slug)?.id ?? ''
    await deleteEnvironment(t.ctx, t.actor, { projectId, environmentId, syncs: 'refuse' })
  }
  const deleted = () => listDeletedEnvironments(t.ctx, t.actor, { projectId })
  const restore = async () => {
    const [item] = await deleted()
    return restoreEnvironment(t.ctx, t.actor, { projectId, trashId: item?.id ?? '' })
  }

  it('come back with folders, imports, versions and trash, under a rotated key, and wake who referred to them', async () => {
    await v.put('staging:/api', { A: 'old', B: '${A}', GONE: 'gone' })
    await v.put('staging:/api', { A: 'new' })
    await v.import('staging:/', 'staging:/api')
    await v.drop('staging:/api', 'GONE')
    await v.put('dev:/', { FAR: '${staging.api.A}' })
    const reader = await v.sync('dev:/')
    await drop('staging')
    expect(await slugs()).toEqual(['dev', 'prod'])
    expect(await deleted()).toEqual([expect.objectContaining({ slug: 'staging', secrets: 2, deletedBy: t.actor.name })])
    expect(JSON.stringify(await t.ctx.db.selectFrom('trashRows').selectAll().execute())).not.toContain('"new"')
    await expect(v.resolve('dev:/')).rejects.toThrow('does not exist')
    await rotateDataKey(t.ctx, t.actor, { projectId })
    await continueRotations(t.ctx, AbortSignal.timeout(60_000))

    const before = (await v.wanted(reader)).wanted
    expect(await restore()).toMatchObject({ environment: { slug: 'staging', position: 3 }, leftOut: [] })
    expect((await v.wanted(reader)).wanted).toBeGreaterThan(before)
    expect(await slugs()).toEqual(['dev', 'prod', 'staging'])
    expect(await v.resolve('staging:/')).toEqual({ A: 'new', B: 'new' })
    expect(await v.resolve('dev:/')).toEqual({ FAR: 'new' })
    const place = { projectId, environment: 'staging', secretPath: '/api' }
    const versions = await listSecretVersions(t.ctx, t.actor, { ...place, key: 'A' })
    expect(versions.map(({ version }) => version)).toEqual([2, 1])
    expect(await deleted()).toEqual([])
    const [gone] = await listTrash(t.ctx, t.actor, place)
    await restoreTrash(t.ctx, t.actor, { ...place, trashId: gone?.id ?? '' })
    expect(await v.resolve('staging:/api')).toEqual({ A: 'new', B: 'new', GONE: 'gone' })
    await updateSecret(t.ctx, t.actor, { ...place, key: 'A', value: 'newest' })
    expect(await v.resolve('dev:/')).toEqual({ FAR: 'newest' })
  })

  it('do not come back over another of that name, twice, into another project, or after thirty days', async () => {
    await v.put('staging:/', { A: 'a' })
    await drop('staging')
    const [item] = await deleted()
    const trashId = item?.id ?? ''
    const elsewhere = await createTestProject(t.ctx, t.actor)
    await expect(restoreEnvironment(t.ctx, t.actor, { projectId: elsewhere.id, trashId })).rejects.toThrow('no deleted')
    await createEnvironment(t.ctx, t.actor, { projectId, name: 'Staging', slug: 'staging' })
    await expect(restore()).rejects.toThrow('"staging" is taken')
    await drop('staging')
    expect(await deleted()).toHaveLength(2)
    await restoreEnvironment(t.ctx, t.actor, { projectId, trashId })
    await expect(restoreEnvironment(t.ctx, t.actor, { projectId, trashId })).rejects.toThrow('no deleted environment')
    expect(await v.resolve('staging:/')).toEqual({ A: 'a' })
    t.clock.advance((TRASH_DAYS + 1) * 24 * 60 * 60_000)
    expect(await deleted()).toEqual([])
    await purgeTrash(t.ctx)
    expect(await t.ctx.db.selectFrom('trash').where('projectId', '=', projectId).selectAll().execute()).toEqual([])
  })
})
