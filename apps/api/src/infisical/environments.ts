/** Environments, as Infisical's clients know them. */
import { createEnvironment, updateEnvironment } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read } from '../wire/wire.ts'

/** The Terraform provider sends 0 for a position that nobody gave. */
const sent = { position: z.number().int().min(0).optional() }
const toOwn = <Sent extends { position?: number | undefined }>({ position, ...rest }: Sent) => ({
  ...rest,
  position: position === 0 ? undefined : position,
})
const toCreate = read(createEnvironment.extend(sent), {}, toOwn)
const toUpdate = read(updateEnvironment.extend(sent), {}, toOwn)

const BASES = ['/api/v1/projects', '/api/v1/workspace']
/** The same route below projects and below their older name. */
const both = (route: Omit<Route, 'path'>, path: string): Route[] =>
  BASES.map((base) => ({ envelope: 'environment', ...route, path: `${base}/:projectId/environments${path}` }))
const changing = (method: Route['method'], path: string, message: string, more: Partial<Route> = {}): Route[] =>
  both({ method, message, workspace: true, ...more }, path)

export const environmentRoutes = {
  get: [
    ...both({ method: 'GET' }, '/:environmentId'),
    { method: 'GET', path: '/api/v1/workspace/environments/:environmentId', envelope: 'environment' },
  ],
  // Bare, as its Terraform provider reads it.
  bySlug: BASES.map((base) => ({ method: 'GET', path: `${base}/:projectId/environments/slug/:environment` })),
  create: changing('POST', '', 'Successfully created new environment', { reads: toCreate }),
  update: changing('PATCH', '/:environmentId', 'Successfully updated environment', { reads: toUpdate }),
  delete: changing('DELETE', '/:environmentId', 'Successfully deleted environment', { input: 'query' }),
} satisfies Record<string, Route[]>
