import { dataKeyVerbs } from '@keyferry/core/verbs'
import { exportedProject, id, project, timestamp } from '@keyferry/schemas'
import { transferVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { projectRoutes } from '../infisical/projects.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Projects'

export const backup = router({
  exportProject: mutation(transferVerbs.export, {
    weight: 'store',
    tag,
    summary: 'A project as a file, encrypted with a passphrase',
    routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/export' }],
    output: exportedProject,
  }),

  importProject: mutation(transferVerbs.import, {
    weight: 'store',
    tag,
    summary: 'Makes a new project out of such a file',
    routes: projectRoutes.import,
    output: project,
  }),

  rotateDataKey: mutation(dataKeyVerbs.rotate, {
    tag,
    summary: 'Begins to seal everything of a project with a new key; syncs see no change',
    routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/rotate-data-key' }],
    output: z.object({ message: z.string() }),
  }),

  rotations: query(dataKeyVerbs.rotations, {
    tag,
    summary: 'Data keys that are being rotated',
    routes: [{ method: 'GET', path: '/api/v1/data-key-rotations', envelope: 'rotations' }],
    output: z.array(
      z.object({
        projectId: id,
        done: z.number().int(),
        startedAt: timestamp,
        unreadable: z
          .array(z.string())
          .describe('What cannot be decrypted; an operator has to decide before it continues'),
      }),
    ),
  }),
})
