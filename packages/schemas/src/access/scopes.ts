/** Roles, and the environments and paths that they are limited to. */
import { z } from 'zod'
import { ROLES } from './roles.ts'
import { id } from '../names/names.ts'

export const role = z.enum(ROLES)

/** Infisical's names for them are understood too. */
export const roleAlias = z.preprocess((name) => (name === 'member' ? 'developer' : name), role)

/** A path with `*` for one folder name and a last `**` for everything at and below: `/api/**`. */
export const pathPattern = z
  .string()
  .trim()
  .max(1024)
  .regex(/^(\/|(\/([A-Za-z0-9_-]+|\*))*(\/\*\*)?)$/, 'Path must look like /api, /api/* or /api/**')
  .min(1, 'Path must look like /api, /api/* or /api/**')

export const scope = z.object({
  environment: z.string().trim().min(1).max(64).describe('Slug of an environment, or `*` for each'),
  secretPath: pathPattern.default('/**'),
})

export type Scope = z.infer<typeof scope>

export const scopes = z
  .array(scope)
  .min(1)
  .max(50)
  .nullable()
  .describe('The environments and paths a role is limited to; null: the whole project')

/** Empty: every environment that it was narrowed to is gone. */
export const shownScopes = z
  .array(scope)
  .nullable()
  .describe('The environments and paths a role is limited to; null: the whole project')

export const grant = z.object({ projectId: id, role, scopes: shownScopes }).meta({ id: 'Grant' })
