import {
  deletedEnvironment,
  folderRestored,
  folderVersions,
  restored,
  restoredEnvironment,
  restoredSecrets,
  trashed,
} from '@keyferry/schemas'
import { historyVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { secretRoutes } from '../infisical/secrets.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'History'

export const history = router({
  folder: query(historyVerbs.folder, {
    weight: 'store',
    tag,
    summary: 'Every version of every secret of a folder, latest first',
    routes: [{ method: 'GET', path: '/api/v1/folder-history' }],
    output: folderVersions,
  }),

  restoreVersion: mutation(historyVerbs.restoreVersion, {
    tag,
    summary: 'Writes an older value of a secret as its newest',
    routes: secretRoutes.restoreVersion,
    output: z.object({ key: z.string(), version: z.number().int(), warnings: z.array(z.string()) }),
  }),

  restoreFolder: mutation(historyVerbs.restoreFolder, {
    weight: 'store',
    tag,
    summary: 'Restores the secrets of a folder to a time; with `dryRun` only lists the changes',
    routes: [{ method: 'POST', path: '/api/v1/folder-history/restore' }],
    output: folderRestored,
  }),

  trash: query(historyVerbs.trash, {
    tag,
    summary: 'Deleted secrets and folders that can be restored',
    routes: [{ method: 'GET', path: '/api/v1/trash', envelope: 'trash' }],
    output: z.array(trashed),
  }),

  deletedEnvironments: query(historyVerbs.deletedEnvironments, {
    tag,
    summary: 'Deleted environments that can be restored',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/deleted-environments', envelope: 'environments' }],
    output: z.array(deletedEnvironment),
  }),

  restoreEnvironment: mutation(historyVerbs.restoreEnvironment, {
    weight: 'store',
    tag,
    summary: 'Restores a deleted environment with everything in it; its syncs do not come back',
    routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/deleted-environments/:trashId/restore' }],
    output: restoredEnvironment,
  }),

  restore: mutation(historyVerbs.restore, {
    weight: 'store',
    tag,
    summary: 'Restores a deleted secret or folder',
    routes: [{ method: 'POST', path: '/api/v1/trash/:trashId/restore', envelope: 'restored' }],
    output: restored,
  }),

  restoreSecrets: mutation(historyVerbs.restoreSecrets, {
    weight: 'store',
    tag,
    summary: 'Restores deleted secrets of a folder by their keys',
    routes: [{ method: 'POST', path: '/api/v1/trash/restore-secrets' }],
    output: restoredSecrets,
  }),
})
