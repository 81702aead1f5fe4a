import { project } from '@keyferry/schemas'
import { projectVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { projectRoutes } from '../infisical/projects.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Projects'

export const projects = router({
  list: query(projectVerbs.list, {
    tag,
    summary: 'Every project that one is a member of',
    routes: projectRoutes.list,
    output: z.array(project),
  }),

  get: query(projectVerbs.get, {
    tag,
    summary: 'One project',
    routes: projectRoutes.get,
    output: project,
  }),

  bySlug: query(projectVerbs.bySlug, {
    tag,
    summary: 'One project, by its slug',
    routes: projectRoutes.bySlug,
    output: project,
  }),

  create: mutation(projectVerbs.create, {
    tag,
    summary: 'Creates a project, with the environments dev, staging and prod unless told otherwise',
    routes: projectRoutes.create,
    output: project,
  }),

  update: mutation(projectVerbs.update, {
    tag,
    summary: 'Changes a project',
    routes: projectRoutes.update,
    output: project,
  }),

  delete: mutation(projectVerbs.delete, {
    tag,
    summary: 'Deletes a project and everything in it; `syncs` says what becomes of its syncs',
    routes: projectRoutes.delete,
    output: project,
  }),
})
