/** Verbs for projects, their tags and their files, with what each requires. */
import {
  defineVerb,
  withReadableEnvironments,
  readableProjects,
  requirement,
  project,
  RUNS_INSTANCE,
  SIGNED_IN,
  type Requirements,
} from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { createTag, deleteTag, getTag, getTagBySlug, listTags, updateTag } from '../tree/tags.ts'
import { createProject, deleteProject, getProject, getProjectBySlug, listProjects, updateProject } from './projects.ts'

interface InProject {
  projectId: string
}
const reading = (input: InProject): Requirements => [requirement('project.read', project(input))]
const managing = (input: InProject): Requirements => [requirement('project.manage', project(input))]
/** Tags are the whole project's. */
const tagging = (input: InProject): Requirements => [requirement('secrets.write', project(input))]

export const projectVerbs = {
  list: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: async (ctx, actor, _input, { access }) => readableProjects(access, await listProjects(ctx, actor, {})),
  }),

  get: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: reading,
    run: async (ctx, actor, input, { access }) => withReadableEnvironments(access, await getProject(ctx, actor, input)),
  }),

  bySlug: defineVerb({
    input: z.object({ slug: schemas.lookedUp(64) }),
    requires: ({ slug }) => [requirement('project.read', { kind: 'project-slug', slug })],
    run: async (ctx, actor, input, { access }) =>
      withReadableEnvironments(access, await getProjectBySlug(ctx, actor, input)),
  }),

  create: defineVerb({ input: schemas.createProject, requires: () => RUNS_INSTANCE, run: createProject }),
  update: defineVerb({ input: schemas.updateProject, requires: managing, run: updateProject }),
  delete: defineVerb({
    input: schemas.deleteProject,
    requires: managing,
    run: deleteProject,
    ends: ({ projectId: id }) => ({ table: 'projects', values: { id } }),
  }),
}

export const tagVerbs = {
  list: defineVerb({ input: z.object({ projectId: schemas.id }), requires: reading, run: listTags }),
  get: defineVerb({ input: schemas.getTag, requires: reading, run: getTag }),
  bySlug: defineVerb({ input: schemas.tagBySlug, requires: reading, run: getTagBySlug }),
  create: defineVerb({ input: schemas.createTag, requires: tagging, run: createTag }),
  update: defineVerb({ input: schemas.updateTag, requires: tagging, run: updateTag }),
  delete: defineVerb({
    input: z.object({ projectId: schemas.id, tagId: schemas.id }),
    requires: tagging,
    run: deleteTag,
  }),
}
