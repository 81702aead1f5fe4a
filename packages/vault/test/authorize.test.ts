/**
 * The check of requirements as a table: who is let through, who is refused, who is answered as if nothing was there.
 */
import { authorize, folder, INSTANCE, requirement, project, type Where } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import { Forbidden, OutOfReach } from '@keyferry/kernel'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { EVERYTHING, type Access, type Grant } from '@keyferry/schemas/policy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFolder } from '../src/folders/folders.ts'
import { createImport } from '../src/folders/imports.ts'
import { updateSecrets } from '../src/secrets/secrets.ts'
import { createTestProject } from '../src/testing.ts'

type Outcome = 'through' | 'forbidden' | 'not there'

onEveryDatabase('authorize', (open) => {
  let test: TestContext
  let projectId: string
  let access: Record<'everything' | 'admin' | 'narrow' | 'capped' | 'foreign', Access>
  const folders = new Map<string, string>()

  beforeAll(async () => {
    test = await testContext(open)
    const { ctx, actor } = test
    ;({ id: projectId } = await createTestProject(ctx, actor))
    for (const [path, name] of [
      ['/', 'own'],
      ['/own', 'sub'],
      ['/', 'mid'],
      ['/', 'far'],
    ] as const) {
      const { id } = await createFolder(ctx, actor, { projectId, environment: 'dev', path, name, description: null })
      folders.set(name, id)
    }
    const values = (secretPath: string, value: string) =>
      updateSecrets(ctx, actor, {
        projectId,
        environment: 'dev',
        secretPath,
        mode: 'upsert',
        secrets: [{ key: 'KEY', value }],
      })
    await values('/far', 'x')
    await values('/own/sub', '${dev.far.KEY}')
    await createImport(ctx, actor, {
      projectId,
      environment: 'dev',
      path: '/mid',
      import: { environment: 'dev', path: '/own/sub' },
    })
    const grants = (grant: Grant): Access => ({ instanceAdmin: false, grants: new Map([[projectId, grant]]) })
    const narrow = grants({ role: 'admin', scopes: [{ environment: 'dev', secretPath: '/own/**' }] })
    access = {
      everything: EVERYTHING,
      admin: grants({ role: 'admin', scopes: null }),
      narrow,
      capped: { ...EVERYTHING, cappedBy: narrow },
      foreign: { instanceAdmin: false, grants: new Map() },
    }
  })
  afterAll(() => test.close())

  const at = (path: string): Extract<Where, { kind: 'folder' }> =>
    folder({ projectId, environment: 'dev', secretPath: path })
  const byId = (name: string): Extract<Where, { kind: 'folder-id' }> => ({
    kind: 'folder-id',
    folderId: folders.get(name) ?? '',
  })

  async function outcomes(action: Parameters<typeof requirement>[0], where: Where): Promise<Record<string, Outcome>> {
    const found: Record<string, Outcome> = {}
    for (const [who, granted] of Object.entries(access)) {
      found[who] = await authorize(test.ctx.db, granted, [requirement(action, where)]).then(
        () => 'through' as const,
        (error: unknown) => {
          if (error instanceof OutOfReach) return 'not there' as const
          if (error instanceof Forbidden) return 'forbidden' as const
          throw error
        },
      )
    }
    return found
  }

  /** In the order of `access`. */
  const only = (...wanted: Outcome[]): Record<string, Outcome> =>
    Object.fromEntries(Object.keys(access).map((who, index) => [who, wanted[index] ?? 'through']))

  it('lets through by role and place, and says of a project only to its members that it is there', async () => {
    expect(await outcomes('instance.manage', INSTANCE)).toEqual(
      only('through', 'forbidden', 'forbidden', 'forbidden', 'forbidden'),
    )
    expect(await outcomes('project.manage', project({ projectId }))).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
    expect(await outcomes('secrets.write', at('/own'))).toEqual(
      only('through', 'through', 'through', 'through', 'not there'),
    )
    expect(await outcomes('secrets.write', at('/far'))).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
    expect(await outcomes('secrets.write', { ...at('/own'), below: true })).toEqual(
      only('through', 'through', 'through', 'through', 'not there'),
    )
    expect(await outcomes('secrets.write', { ...at('/'), below: true })).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
  })

  it('reveals that an id exists only to those with access', async () => {
    expect(await outcomes('secrets.write', byId('own'))).toEqual(
      only('through', 'through', 'through', 'through', 'not there'),
    )
    expect(await outcomes('secrets.write', byId('far'))).toEqual(
      only('through', 'through', 'not there', 'not there', 'not there'),
    )
    // An id that nothing has: nobody, whatever they may.
    expect(await outcomes('secrets.write', { kind: 'folder-id', folderId: 'none' })).toEqual(
      only('not there', 'not there', 'not there', 'not there', 'not there'),
    )
  })

  it('checks the place that a thing will have', async () => {
    expect(await outcomes('secrets.write', { ...byId('sub'), becomes: { parent: '/own', name: 'other' } })).toEqual(
      only('through', 'through', 'through', 'through', 'not there'),
    )
    expect(await outcomes('secrets.write', { ...byId('sub'), becomes: { parent: '/far' } })).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
    expect(await outcomes('secrets.write', { ...byId('sub'), becomes: { environment: 'prod' } })).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
  })

  it('follows imports and references, and does not name what lies behind', async () => {
    const shown = (path: string, below = false): Where => ({ kind: 'shown-by', folder: at(path), below })
    expect(await outcomes('secrets.read-values', shown('/own'))).toEqual(
      only('through', 'through', 'through', 'through', 'not there'),
    )
    expect(await outcomes('secrets.read-values', shown('/own/sub'))).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
    expect(await outcomes('secrets.read-values', shown('/own', true))).toEqual(
      only('through', 'through', 'forbidden', 'forbidden', 'not there'),
    )
    const refused = authorize(test.ctx.db, access.narrow, [requirement('secrets.read-values', shown('/own/sub'))])
    await expect(refused).rejects.toThrow(
      'You are not allowed to read-values on secrets in dev:/own/sub and what it imports or refers to',
    )
  })

  it('needs every one of several requirements', async () => {
    const both = [requirement('secrets.write', at('/own')), requirement('secrets.write', at('/far'))]
    await expect(authorize(test.ctx.db, access.narrow, both)).rejects.toThrow('dev:/far')
    await expect(authorize(test.ctx.db, access.narrow, both.toReversed())).rejects.toThrow('dev:/far')
    await expect(authorize(test.ctx.db, access.admin, both)).resolves.toBeUndefined()
  })
})
