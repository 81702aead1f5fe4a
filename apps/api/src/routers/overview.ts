import { overviewVerbs } from '@keyferry/core/verbs'
import { projectHealth, projectOverview } from '@keyferry/schemas'
import { z } from 'zod'
import { query, router } from '../trpc/procedures.ts'

const tag = 'Projects'

export const overview = router({
  project: query(overviewVerbs.project, {
    weight: 'store',
    tag,
    summary: 'Where a project’s secrets go, its runs of the last hours, and how long its changes took to arrive',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/overview', envelope: 'overview' }],
    output: projectOverview,
  }),

  instance: query(overviewVerbs.instance, {
    weight: 'store',
    tag,
    summary: 'Every project that one is a member of, with the health of its syncs and its last change',
    routes: [{ method: 'GET', path: '/api/v1/overview', envelope: 'projects' }],
    output: z.array(projectHealth),
  }),
})
