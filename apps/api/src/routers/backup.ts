import { listRotations, rotateDataKey as rotate } from '@keyferry/core/admin/rotate-data-key'
import { exportProject as toFile, importProject as fromFile } from '@keyferry/core/vault/transfer'
import { exportedProject, exportProject, id, importProject, project, timestamp } from '@keyferry/schemas'
import { z } from 'zod'
import { may, call, router } from '../trpc/procedures.ts'

const tag = 'Projects'

export const backup = router({
  exportProject: may('project.manage')
    .meta({
      tag,
      summary: 'A project as a file, encrypted with a passphrase',
      routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/export' }],
    })
    .input(exportProject)
    .output(exportedProject)
    .mutation(call(toFile)),

  importProject: may('instance.manage')
    .meta({
      tag,
      summary: 'Makes a new project out of such a file',
      routes: [{ method: 'POST', path: '/api/v1/projects/import', envelope: 'project' }],
    })
    .input(importProject)
    .output(project)
    .mutation(call(fromFile)),

  rotateDataKey: may('instance.manage')
    .meta({
      tag,
      summary: 'Begins to seal everything of a project with a new key; syncs see no change',
      routes: [{ method: 'POST', path: '/api/v1/projects/:projectId/rotate-data-key' }],
    })
    .input(z.object({ projectId: id }))
    .output(z.object({ message: z.string() }))
    .mutation(async ({ ctx: { ctx, actor }, input }) => {
      await rotate(ctx, actor, input)
      return { message: 'The new key is in use; what is stored is sealed anew in the background' }
    }),

  rotations: may('instance.manage')
    .meta({
      tag,
      summary: 'Data keys that are being rotated',
      routes: [{ method: 'GET', path: '/api/v1/data-key-rotations', envelope: 'rotations' }],
    })
    .output(z.array(z.object({ projectId: id, done: z.number().int(), startedAt: timestamp })))
    .query(({ ctx: { ctx } }) => listRotations(ctx)),
})
