import { randomUUID } from 'node:crypto'
import { onEveryDatabase, onSqlite } from '@keyferry/db/testing'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestProject } from '../testing.ts'
import { createProject, deleteProject, getProject, getProjectBySlug, listProjects, updateProject } from './projects.ts'

onEveryDatabase('projects', (open) => {
  let t: TestContext
  beforeEach(async () => {
    t = await testContext(open)
  })
  afterEach(() => t.close())

  it('begins with three environments, each with a root folder', async () => {
    const project = await createTestProject(t.ctx, t.actor)
    expect(project.environments.map(({ name, slug, position }) => ({ name, slug, position }))).toEqual([
      { name: 'Development', slug: 'dev', position: 1 },
      { name: 'Staging', slug: 'staging', position: 2 },
      { name: 'Production', slug: 'prod', position: 3 },
    ])
    const folders = await t.ctx.db.selectFrom('folders').select(['path', 'name']).execute()
    expect(folders).toEqual([1, 2, 3].map(() => ({ path: '/', name: '' })))
  })

  it('makes a slug from the name, and another one for a second project of that name', async () => {
    const first = await createTestProject(t.ctx, t.actor, 'Café & Shop')
    const second = await createTestProject(t.ctx, t.actor, 'Café & Shop')
    expect(first.slug).toMatch(/^cafe-shop-[0-9a-f]{4}$/)
    expect(second.slug).not.toBe(first.slug)
    expect((await createTestProject(t.ctx, t.actor, '日本')).slug).toMatch(/^project-[0-9a-f]{4}$/)
    expect(await getProjectBySlug(t.ctx, t.actor, { slug: first.slug })).toEqual(first)
    expect(await listProjects(t.ctx, t.actor)).toHaveLength(3)
  })

  it('refuses a taken slug by name', async () => {
    await createProject(t.ctx, t.actor, { name: 'Shop', slug: 'the-shop', withDefaultEnvironments: false })
    await expect(
      createProject(t.ctx, t.actor, { name: 'Other', slug: 'the-shop', withDefaultEnvironments: false }),
    ).rejects.toThrow('Project slug "the-shop" is already taken. Choose')
    const other = await createTestProject(t.ctx, t.actor, 'Other')
    await expect(updateProject(t.ctx, t.actor, { projectId: other.id, slug: 'the-shop' })).rejects.toThrow(
      'already taken',
    )
  })

  it('changes only what it is given', async () => {
    const project = await createTestProject(t.ctx, t.actor)
    const updated = await updateProject(t.ctx, t.actor, { projectId: project.id, description: 'All of it' })
    expect(updated).toMatchObject({ name: project.name, slug: project.slug, description: 'All of it' })
  })

  it('is gone with all it held when deleted', async () => {
    const project = await createTestProject(t.ctx, t.actor)
    await deleteProject(t.ctx, t.actor, { projectId: project.id })
    await expect(getProject(t.ctx, t.actor, { projectId: project.id })).rejects.toMatchObject({ status: 404 })
    expect(await t.ctx.db.selectFrom('folders').selectAll().execute()).toEqual([])
  })

  it('says which project is missing', async () => {
    const projectId = randomUUID()
    await expect(updateProject(t.ctx, t.actor, { projectId, name: 'x' })).rejects.toThrow(
      `Project with ID ${projectId} not found`,
    )
  })
})

// Both databases look up a slug alike, and 65,536 projects take seconds to write.
onSqlite('a name of many projects', (open) => {
  it('finds a free slug where every short one of the name is taken', async () => {
    const { ctx, actor, close } = await testContext(open)
    const { dataKey, createdAt, updatedAt } = await ctx.db
      .selectFrom('projects')
      .selectAll()
      .where('id', '=', (await createTestProject(ctx, actor)).id)
      .executeTakeFirstOrThrow()
    const taken = Array.from({ length: 0x10000 }, (_, index) => {
      const slug = `busy-${index.toString(16).padStart(4, '0')}`
      return { id: randomUUID(), name: 'Busy', slug, dataKey, createdAt, updatedAt }
    })
    for (let at = 0; at < taken.length; at += 4096) {
      await ctx.db
        .insertInto('projects')
        .values(taken.slice(at, at + 4096))
        .execute()
    }
    expect((await createTestProject(ctx, actor, 'Busy')).slug).toMatch(/^busy-[0-9a-f]{8}$/)
    await close()
  })
})
