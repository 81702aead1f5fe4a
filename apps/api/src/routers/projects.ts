import { project } from '@keyferry/schemas'
import { projectVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Projects'

export const projects = router({
  list: query(projectVerbs.list, {
    tag,
    summary: 'Every project that one is a member of',
    routes: [
      { method: 'GET', path: '/api/v1/projects', envelope: 'projects' },
      { method: 'GET', path: '/api/v1/workspace', envelope: 'workspaces' },
    ],
    output: z.array(project),
  }),

  get: query(projectVerbs.get, {
    tag,
    summary: 'One project',
    routes: [
      { method: 'GET', path: '/api/v1/projects/:projectId', envelope: 'project' },
      { method: 'GET', path: '/api/v1/workspace/:projectId', envelope: 'workspace' },
    ],
    output: project,
  }),

  bySlug: query(projectVerbs.bySlug, {
    tag,
    summary: 'One project, by its slug',
    routes: [
      { method: 'GET', path: '/api/v1/projects/slug/:slug' },
      { method: 'GET', path: '/api/v2/workspace/:slug' },
    ],
    output: project,
  }),

  create: mutation(projectVerbs.create, {
    tag,
    summary: 'Creates a project, with the environments dev, staging and prod unless told otherwise',
    routes: [
      { method: 'POST', path: '/api/v1/projects', envelope: 'project' },
      { method: 'POST', path: '/api/v2/workspace', envelope: 'project' },
    ],
    output: project,
  }),

  update: mutation(projectVerbs.update, {
    tag,
    summary: 'Changes a project',
    routes: [
      { method: 'PATCH', path: '/api/v1/projects/:projectId', envelope: 'project' },
      { method: 'PATCH', path: '/api/v1/workspace/:projectId', envelope: 'workspace' },
    ],
    output: project,
  }),

  delete: mutation(projectVerbs.delete, {
    tag,
    summary: 'Deletes a project and everything in it; `syncs` says what becomes of its syncs',
    routes: [
      { method: 'DELETE', path: '/api/v1/projects/:projectId', envelope: 'project', input: 'query' },
      { method: 'DELETE', path: '/api/v1/workspace/:projectId', envelope: 'workspace', input: 'query' },
    ],
    output: project,
  }),
})
