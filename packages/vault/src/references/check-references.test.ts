import { onEveryDatabase } from '@keyferry/db/testing'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { listImports, updateImport } from '../folders/imports.ts'
import { createTestProject, vault, type Vault } from '../testing.ts'

onEveryDatabase('an import that closes a cycle of references', (open) => {
  let t: TestContext
  let projectId: string
  let v: Vault
  beforeAll(async () => {
    t = await testContext(open)
  })
  beforeEach(async () => {
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
    // B of /source reads A of /, and A of / reads a B that / does not show yet.
    await v.put('dev:/', { A: '${B}' })
    await v.put('dev:/source', { B: '${dev.A}' })
    await v.put('dev:/harmless', { B: 'b' })
  })
  afterAll(() => t.close())

  const imports = () => listImports(t.ctx, t.actor, { projectId, environment: 'dev', path: '/' })

  it('is refused by its chain, and leaves nothing behind', async () => {
    await expect(v.import('dev:/', 'dev:/source')).rejects.toThrow(/cycle of references: .*A → .*B → /)
    expect(await imports()).toEqual([])
    await v.import('dev:/', 'dev:/harmless')
    expect(await v.resolve('dev:/')).toEqual({ A: 'b', B: 'b' })
  })

  it('is refused where only a folder that imports the folder is concerned', async () => {
    await v.import('dev:/', 'dev:/between')
    await expect(v.import('dev:/between', 'dev:/source')).rejects.toThrow('cycle of references')
  })

  it('is refused when it is pointed elsewhere or put before another', async () => {
    const harmless = await v.import('dev:/', 'dev:/harmless')
    const change = (path?: string, position?: number) =>
      updateImport(t.ctx, t.actor, {
        projectId,
        environment: 'dev',
        path: '/',
        importId: harmless,
        import: { ...(path ? { path } : {}), ...(position ? { position } : {}) },
      })
    await expect(change('/source')).rejects.toThrow('cycle of references')
    expect((await imports())[0]?.path).toBe('/harmless')
    // Below the harmless one, whose B wins, the other may stand.
    await v.folder('dev:/late')
    await v.import('dev:/', 'dev:/late')
    await v.put('dev:/late', { C: '${dev.A}' })
    await expect(change(undefined, 2)).resolves.toMatchObject({ position: 2 })
  })

  it('is not held against an import that a cycle was there before', async () => {
    await v.tangle('dev:/', { ONE: '${TWO}', TWO: '${ONE}' })
    await expect(v.import('dev:/', 'dev:/harmless')).resolves.toEqual(expect.any(String))
  })
})
