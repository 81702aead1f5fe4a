import { knownEnvironments, knownProjects } from '@keyferry/core/access/hide'
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
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Projects'
const byId = z.object({ projectId: id })
const bySlug = z.object({ slug: z.string() })

export const projects = router({
  list: may('instance.use')
    .meta({
      tag,
      summary: 'Every project that one is a member of',
      routes: [
        { method: 'GET', path: '/api/v1/projects', envelope: 'projects' },
        { method: 'GET', path: '/api/v1/workspace', envelope: 'workspaces' },
      ],
    })
    .output(z.array(project))
    .query(async ({ ctx }) => knownProjects(ctx.access, await listProjects(ctx.ctx, ctx.actor, {}))),

  get: may('project.read')
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
    .query(async ({ ctx, input }) => knownEnvironments(ctx.access, await getProject(ctx.ctx, ctx.actor, input))),

  bySlug: may('project.read')
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
    .query(async ({ ctx, input }) => knownEnvironments(ctx.access, await getProjectBySlug(ctx.ctx, ctx.actor, input))),

  create: may('instance.manage')
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

  update: may('project.manage')
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

  delete: may('project.manage')
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
