/**
 * Where every kind of place that an input can name is: a row for each, so that a new kind does not compile without one.
 */
import { randomUUID } from 'node:crypto'
import { folder, INSTANCE, resolve, type Where } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import { OutOfReach } from '@keyferry/kernel'
import type { Resource } from '@keyferry/schemas/policy'
import { createFolder, createImport, createSecret, deleteFolder, listTrash } from '@keyferry/vault'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSyncFixture, type SyncFixture } from '../src/testing/sync-fixture.ts'

onEveryDatabase('resolve', (open) => {
  let fixture: SyncFixture
  let table: Record<Where['kind'], readonly [Where, readonly Resource[]][]>
  let unknown: readonly Where[]

  beforeAll(async () => {
    fixture = await startSyncFixture(open, 'trigger-dev')
    const { ctx, actor, projectId, connectionId } = fixture
    const make = (path: string, name: string) =>
      createFolder(ctx, actor, { projectId, environment: 'dev', path, name, description: null })
    const { id: folderId } = await make('/', 'a')
    await make('/a', 'sub')
    await make('/', 'source')
    await make('/', 'gone')
    await deleteFolder(ctx, actor, {
      projectId,
      environment: 'dev',
      path: '/',
      folderIdOrName: 'gone',
      syncs: 'refuse',
    })
    const trash = await listTrash(ctx, actor, { projectId, environment: 'dev' })
    const { id: importId } = await createImport(ctx, actor, {
      projectId,
      environment: 'dev',
      path: '/a',
      import: { environment: 'dev', path: '/source' },
    })
    const { id: syncId } = await fixture.create({ secretPath: '/a/sub', autoSync: false })
    const { slug } = await ctx.db
      .selectFrom('projects')
      .where('id', '=', projectId)
      .select('slug')
      .executeTakeFirstOrThrow()
    const { id: environmentId } = await ctx.db
      .selectFrom('environments')
      .where('projectId', '=', projectId)
      .where('slug', '=', 'dev')
      .select('id')
      .executeTakeFirstOrThrow()
    const secret = { projectId, environment: 'dev', secretPath: '/a', key: 'KEY', value: 'v', comment: '' }
    const { id: secretId } = await createSecret(ctx, actor, secret)
    const membershipId = randomUUID()
    const createdAt = ctx.now().toISOString()
    const member = { id: membershipId, projectId, principalKind: 'identity', principalId: randomUUID() } as const
    await ctx.db
      .insertInto('memberships')
      .values({ ...member, role: 'viewer', createdAt, updatedAt: createdAt })
      .execute()

    const at = (path: string, environment = 'dev') => ({ kind: 'folder', projectId, environment, path }) as const
    const byPath = folder({ projectId, environment: 'dev', secretPath: '/a' })
    const inRoot = { kind: 'folder-in', projectId, environment: 'dev', path: '/' } as const
    table = {
      instance: [[INSTANCE, [{ kind: 'instance' }]]],
      organization: [[{ kind: 'organization' }, [{ kind: 'organization' }]]],
      project: [[{ kind: 'project', projectId }, [{ kind: 'project', projectId }]]],
      'project-slug': [[{ kind: 'project-slug', slug }, [{ kind: 'project', projectId }]]],
      folder: [
        [byPath, [at('/a')]],
        [{ ...byPath, below: true }, [{ ...at('/a'), below: true }]],
        [{ ...byPath, becomes: { name: 'b' } }, [at('/b')]],
      ],
      'folder-id': [
        [{ kind: 'folder-id', folderId }, [at('/a')]],
        [{ kind: 'folder-id', folderId, becomes: { environment: 'prod', parent: '/x' } }, [at('/x/a', 'prod')]],
      ],
      'folder-in': [
        [{ ...inRoot, idOrName: 'a' }, [at('/a')]],
        [{ ...inRoot, idOrName: folderId }, [at('/a')]],
        // A folder of another environment is not meant by its id.
        [{ ...inRoot, environment: 'prod', idOrName: folderId }, [at(`/${folderId}`, 'prod')]],
      ],
      environment: [[{ kind: 'environment', environmentId }, [at('/')]]],
      secret: [[{ kind: 'secret', secretId }, [at('/a')]]],
      import: [[{ kind: 'import', importId }, [at('/a')]]],
      membership: [[{ kind: 'membership', membershipId }, [{ kind: 'project', projectId }]]],
      'syncs-of': [
        [{ kind: 'syncs-of', folder: byPath }, [at('/a/sub')]],
        [{ kind: 'syncs-of', folder: byPath, becomes: { parent: '/source' } }, [at('/source/a/sub')]],
        [{ kind: 'syncs-of', folder: folder({ projectId, environment: 'dev', secretPath: '/source' }) }, []],
      ],
      'shown-by': [[{ kind: 'shown-by', folder: byPath }, [at('/a'), at('/source')]]],
      sync: [[{ kind: 'sync', syncId }, [at('/a/sub')]]],
      'sent-by': [
        [{ kind: 'sent-by', syncId }, [at('/a/sub')]],
        [{ kind: 'sent-by', syncId, moved: { secretPath: '/a' } }, [at('/a'), at('/source')]],
      ],
      'sync-source': [
        [{ kind: 'sync-source', syncId }, [at('/a/sub')]],
        [{ kind: 'sync-source', syncId, environment: 'prod', secretPath: '/' }, [at('/', 'prod')]],
      ],
      connection: [[{ kind: 'connection', connectionId }, [{ kind: 'organization', projects: null }]]],
      'connection-name': [[{ kind: 'connection-name', name: 'emulated' }, [{ kind: 'organization', projects: null }]]],
      'connection-of': [[{ kind: 'connection-of', syncId }, [{ kind: 'organization', projects: null }]]],
      trash: [[{ kind: 'trash', projectId, trashId: trash[0]?.id ?? '' }, [{ ...at('/gone'), below: true }]]],
      'import-source': [
        [{ kind: 'import-source', projectId, importId }, [at('/source')]],
        [{ kind: 'import-source', projectId, importId, path: '/a' }, [at('/a'), at('/source')]],
      ],
    }
    const id = 'none'
    unknown = [
      { kind: 'project-slug', slug: id },
      { kind: 'folder-id', folderId: id },
      { kind: 'environment', environmentId: id },
      { kind: 'secret', secretId: id },
      { kind: 'import', importId: id },
      { kind: 'membership', membershipId: id },
      { kind: 'sync', syncId: id },
      { kind: 'sent-by', syncId: id },
      { kind: 'sync-source', syncId: id },
      { kind: 'connection', connectionId: id },
      { kind: 'connection-name', name: id },
      { kind: 'connection-of', syncId: id },
    ]
  })
  afterAll(async () => {
    await fixture.emulator.close()
    await fixture.close()
  })

  it('finds where each kind of place is', async () => {
    for (const [kind, rows] of Object.entries(table)) {
      for (const [where, wanted] of rows) {
        const { places, behind } = await resolve(fixture.ctx.db, where)
        const beyond = (await behind?.()) ?? []
        const all = new Map([...places, ...beyond].map((place) => [key(place), place]))
        expect([...all.keys()].toSorted(), kind).toEqual(wanted.map(key).toSorted())
      }
    }
  })

  it('finds nothing at an id or a name that nothing has', async () => {
    for (const where of unknown) await expect(resolve(fixture.ctx.db, where), where.kind).rejects.toThrow(OutOfReach)
  })
})

/** A place without the id of its folder. */
const key = (place: Resource): string =>
  place.kind === 'folder' ? `${place.environment}:${place.path}${place.below ? '/**' : ''}` : JSON.stringify(place)
