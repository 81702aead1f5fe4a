import { restoringTrash } from '@keyferry/core/access/tree-needs'
import {
  listDeletedEnvironments,
  restoreEnvironment as bringEnvironment,
} from '@keyferry/core/vault/deleted-environments'
import { listFolderHistory, restoreFolder as toTime, restoreVersion as toVersion } from '@keyferry/core/vault/history'
import { listTrash as deleted, restoreTrash as bringBack } from '@keyferry/core/vault/trash'
import {
  deletedEnvironment,
  folderHistory,
  folderRestored,
  folderVersions,
  id,
  listTrash,
  restored,
  restoredEnvironment,
  restoreEnvironment,
  restoreFolder,
  restoreTrash,
  restoreVersion,
  trashed,
} from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'History'

export const history = router({
  folder: may('secrets.read-names')
    .meta({
      tag,
      summary: 'Every version of every secret of a folder, latest first',
      routes: [{ method: 'GET', path: '/api/v1/folder-history' }],
    })
    .input(folderHistory)
    .output(folderVersions)
    .query(call(listFolderHistory)),

  restoreVersion: may('secrets.write')
    .meta({
      tag,
      summary: 'Writes an older value of a secret as its newest',
      routes: [{ method: 'POST', path: '/api/v1/secret-versions/:secretName/restore' }],
    })
    .input(restoreVersion)
    .output(z.object({ key: z.string(), version: z.number().int(), warnings: z.array(z.string()) }))
    .mutation(call(toVersion)),

  restoreFolder: may('secrets.write')
    .meta({
      tag,
      summary: 'Takes the secrets of a folder back to a time; with `dryRun` only says what that would change',
      routes: [{ method: 'POST', path: '/api/v1/folder-history/restore' }],
    })
    .input(restoreFolder)
    .output(folderRestored)
    .mutation(call(toTime)),

  trash: may('folders.read')
    .meta({
      tag,
      summary: 'Deleted secrets and folders that can be restored',
      routes: [{ method: 'GET', path: '/api/v1/trash', envelope: 'trash' }],
    })
    .input(listTrash)
    .output(z.array(trashed))
    .query(async ({ ctx: { ctx, actor, access }, input }) => {
      const { projectId } = input
      const all = await deleted(ctx, actor, input)
      return all.filter(({ environment, secretPath: path }) =>
        allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path }),
      )
    }),

  deletedEnvironments: may('project.manage')
    .meta({
      tag,
      summary: 'Deleted environments that can be restored',
      routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/deleted-environments', envelope: 'environments' }],
    })
    .input(z.object({ projectId: id }))
    .output(z.array(deletedEnvironment))
    .query(call(listDeletedEnvironments)),

  restoreEnvironment: may('project.manage')
    .meta({
      tag,
      summary: 'Restores a deleted environment with everything in it; its syncs do not come back',
      routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/deleted-environments/:trashId/restore' }],
    })
    .input(restoreEnvironment)
    .output(restoredEnvironment)
    .mutation(call(bringEnvironment)),

  restore: may('folders.read', restoringTrash)
    .meta({
      tag,
      summary: 'Restores a deleted secret or folder',
      routes: [{ method: 'POST', path: '/api/v1/trash/:trashId/restore', envelope: 'restored' }],
    })
    .input(restoreTrash)
    .output(restored)
    .mutation(call(bringBack)),
})
