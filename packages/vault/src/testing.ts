/** Short words for the tests of the vault. A place is written `dev:/api`. For tests only. */
import { randomUUID } from 'node:crypto'
import { transact, type Actor, type Context } from '@keyferry/kernel'
import { makeHead } from '@keyferry/kernel/authority'
import type { TestContext } from '@keyferry/kernel/testing'
import type { project } from '@keyferry/schemas'
import { nameOf, parentOf } from '@keyferry/schemas/secret-path'
import type { z } from 'zod'
import { createFolder } from './folders/folders.ts'
import { createImport } from './folders/imports.ts'
import { createProject } from './folders/projects.ts'
import { resolveFolder } from './references/resolve.ts'
import { deleteSecret, updateSecrets } from './secrets/secrets.ts'
import { openForWriting } from './secrets/write/folder-for-writing.ts'
import { presentSecrets, putSecrets } from './secrets/write/write.ts'
import { withVaultTransaction } from './tree/vault-transaction.ts'

/** A project with the environments dev, staging and prod. */
export function createTestProject(ctx: Context, actor: Actor, projectName = 'Shop'): Promise<z.output<typeof project>> {
  return createProject(ctx, actor, { name: projectName, withDefaultEnvironments: true })
}

export interface Vault {
  /** What a verb takes for a place. */
  at(place: string): { projectId: string; environment: string; secretPath: string }
  /** The folder at a place, made with all its parents when it is not there. */
  folder(place: string): Promise<string>
  /** Writes secrets, existing or not. */
  put(place: string, values: Record<string, string>): Promise<void>
  /**
   * Writes secrets that refer to each other in a circle, which the API refuses: an import can close one all the same.
   */
  tangle(place: string, values: Record<string, string>): Promise<void>
  drop(place: string, key: string): Promise<void>
  /** Takes what a test changed in the store by hand as what was written last. */
  accept(place: string): Promise<void>
  import(place: string, from: string): Promise<string>
  /** A sync that reads a place; its id. */
  sync(place: string, autoSync?: boolean): Promise<string>
  /** What every sync wants: its revision, and whether a run is due. */
  wanted(syncId: string): Promise<{ wanted: number; due: number }>
  /** The resolved values of a place. */
  resolve(place: string): Promise<Record<string, string>>
}

export function vault({ ctx, actor }: TestContext, projectId: string): Vault {
  const at = (place: string) => {
    const [environment = '', secretPath = ''] = place.split(':')
    return { projectId, environment, secretPath }
  }
  const idOf = async (place: string): Promise<string | undefined> => {
    const { environment, secretPath } = at(place)
    const row = await ctx.db
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .where('environments.slug', '=', environment)
      .where('folders.path', '=', secretPath)
      .select('folders.id')
      .executeTakeFirst()
    return row?.id
  }
  const folder = async (place: string): Promise<string> => {
    const known = await idOf(place)
    if (known) return known
    const { environment, secretPath } = at(place)
    const path = parentOf(secretPath)
    await folder(`${environment}:${path}`)
    const made = await createFolder(ctx, actor, { projectId, environment, path, name: nameOf(secretPath) })
    return made.id
  }
  return {
    at,
    folder,
    async put(place, values) {
      await folder(place)
      const secrets = Object.entries(values).map(([key, value]) => ({ key, value }))
      await updateSecrets(ctx, actor, { ...at(place), mode: 'upsert', secrets })
    },
    async tangle(place, values) {
      await folder(place)
      await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
        const target = await openForWriting(ctx, tx, at(place))
        const present = await presentSecrets(tx, target.folder.id, Object.keys(values))
        await putSecrets(
          ctx,
          tx,
          actor,
          target,
          Object.entries(values).map(([key, value]) => ({ present: present.get(key), key, value })),
        )
        markChanged(target.folder.id)
      })
    },
    async drop(place, key) {
      await deleteSecret(ctx, actor, { ...at(place), key })
    },
    async accept(place) {
      await transact(ctx, async (tx) => makeHead(ctx, tx, await openForWriting(ctx, tx, at(place))))
    },
    async import(place, from) {
      await folder(place)
      await folder(from)
      const { environment, secretPath: path } = at(place)
      const source = at(from)
      const made = await createImport(ctx, actor, {
        projectId,
        environment,
        path,
        import: { environment: source.environment, path: source.secretPath },
      })
      return made.id
    },
    async sync(place, autoSync = true) {
      const folderId = await folder(place)
      const id = randomUUID()
      const createdAt = ctx.now().toISOString()
      const connectionId = randomUUID()
      await ctx.db
        .insertInto('connections')
        .values({
          id: connectionId,
          projectId: null,
          app: 'devin',
          name: `connection-${connectionId}`,
          description: null,
          method: 'api-key',
          version: 1,
          credentials: '',
          account: null,
          checkedAt: null,
          problem: null,
          createdAt,
          updatedAt: createdAt,
        })
        .execute()
      await ctx.db
        .insertInto('syncs')
        .values({
          id,
          projectId,
          name: `sync-${id}`,
          description: null,
          destination: 'devin',
          connectionId,
          folderId,
          target: '{}',
          targetKey: id,
          options: '{}',
          autoSync: autoSync ? 1 : 0,
          version: 1,
          wanted: 0,
          due: 0,
          seen: 0,
          applied: 0,
          state: 'succeeded',
          message: null,
          blockage: null,
          overwriteApproved: 0,
          approvedPlan: null,
          trigger: 'create',
          triggeredBy: actor.name,
          removal: null,
          removeState: null,
          removeMessage: null,
          removedAt: null,
          removeRunId: null,
          attempts: 0,
          retryAt: null,
          behindSince: null,
          syncedAt: null,
          lastRunId: null,
          createdAt,
          updatedAt: createdAt,
        })
        .execute()
      return id
    },
    wanted: (syncId) =>
      ctx.db.selectFrom('syncs').where('id', '=', syncId).select(['wanted', 'due']).executeTakeFirstOrThrow(),
    async resolve(place) {
      const resolved = await resolveFolder(ctx, await folder(place))
      return Object.fromEntries([...resolved].map(([key, { value }]) => [key, value]))
    },
  }
}
