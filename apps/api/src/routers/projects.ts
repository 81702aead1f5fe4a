import {
  createProject as create,
  deleteProject,
  getProject,
  getProjectBySlug,
  listProjects,
  updateProject as update,
} from '@keyferry/core/vault/projects'
import { createProject, deleteProject as deleteInput, id, project, updateProject } from '@keyferry/schemas'
import { z } from 'zod'
import { call, router, signedIn } from '../trpc/procedures.ts'

const tag = 'Projects'
const byId = z.object({ projectId: id })
const bySlug = z.object({ slug: z.string() })

export const projects = router({
  list: signedIn
    .meta({
      tag,
      summary: 'Every project',
      routes: [
        { method: 'GET', path: '/api/v1/projects', envelope: 'projects' },
        { method: 'GET', path: '/api/v1/workspace', envelope: 'workspaces' },
      ],
    })
    .output(z.array(project))
    .query(({ ctx }) => listProjects(ctx.ctx, ctx.actor, {})),

  get: signedIn
    .meta({
      tag,
      summary: 'One project',
      routes: [
        { method: 'GET', path: '/api/v1/projects/:projectId', envelope: 'project' },
        { method: 'GET', path: '/api/v1/workspace/:projectId', envelope: 'workspace' },
      ],
    })
    .input(byId)
    .output(project)
    .query(call(getProject)),

  bySlug: signedIn
    .meta({
      tag,
      summary: 'One project, by its slug',
      routes: [
        { method: 'GET', path: '/api/v1/projects/slug/:slug' },
        { method: 'GET', path: '/api/v2/workspace/:slug' },
      ],
    })
    .input(bySlug)
    .output(project)
    .query(call(getProjectBySlug)),

  create: signedIn
    .meta({
      tag,
      summary: 'Creates a project, with the environments dev, staging and prod unless told otherwise',
      routes: [
        { method: 'POST', path: '/api/v1/projects', envelope: 'project' },
        { method: 'POST', path: '/api/v2/workspace', envelope: 'project' },
      ],
    })
    .input(createProject)
    .output(project)
    .mutation(call(create)),

  update: signedIn
    .meta({
      tag,
      summary: 'Changes a project',
      routes: [
        { method: 'PATCH', path: '/api/v1/projects/:projectId', envelope: 'project' },
        { method: 'PATCH', path: '/api/v1/workspace/:projectId', envelope: 'workspace' },
      ],
    })
    .input(updateProject)
    .output(project)
    .mutation(call(update)),

  delete: signedIn
    .meta({
      tag,
      summary: 'Deletes a project and everything in it; `syncs` says what becomes of its syncs',
      routes: [
        { method: 'DELETE', path: '/api/v1/projects/:projectId', envelope: 'project', input: 'query' },
        { method: 'DELETE', path: '/api/v1/workspace/:projectId', envelope: 'workspace', input: 'query' },
      ],
    })
    .input(deleteInput)
    .output(project)
    .mutation(call(deleteProject)),
})
