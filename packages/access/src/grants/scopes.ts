/**
 * The environments and paths that a role is narrowed to. Kept by the environment's id, given and answered by its slug
 * of the moment.
 */
import { inList, type Db } from '@keyferry/db'
import { BadRequest, type Tx } from '@keyferry/kernel'
import type { Role, Scope } from '@keyferry/schemas'
import type { Grant } from '@keyferry/schemas/policy'
import { z } from 'zod'

const stored = z.array(z.object({ environmentId: z.string().default(''), secretPath: z.string() }))

/**
 * As a column keeps them. The slug stays beside the id for processes of an older version. Throws `BadRequest` for an
 * environment that the project does not have.
 */
export async function storeScopes(
  db: Db | Tx,
  projectId: string,
  scopes: readonly Scope[] | null,
): Promise<string | null> {
  if (scopes === null) return null
  const rows = await db.selectFrom('environments').where('projectId', '=', projectId).select(['id', 'slug']).execute()
  const ids = new Map(rows.map(({ id, slug }) => [slug, id]))
  return JSON.stringify(
    scopes.map((scope) => {
      const environmentId = scope.environment === '*' ? '*' : ids.get(scope.environment)
      if (environmentId === undefined)
        throw new BadRequest(`Environment with slug "${scope.environment}" not found in this project`)
      return { ...scope, environmentId }
    }),
  )
}

/** Stored grants as the policy reads them, in the same order. A place in an environment that is gone grants nothing. */
export async function grantsOf(
  db: Db | Tx,
  rows: readonly { role: string; scopes: string | null }[],
): Promise<Grant[]> {
  const narrowed = rows.map(({ scopes }) => (scopes === null ? null : stored.parse(JSON.parse(scopes))))
  const slugs = await slugsOf(db, [
    ...new Set(narrowed.flatMap((scopes) => scopes?.map(({ environmentId }) => environmentId) ?? [])),
  ])
  return rows.map(({ role }, index) => ({
    role: roleOf(role),
    scopes:
      narrowed[index]?.flatMap(({ environmentId, secretPath }) => {
        const environment = environmentId === '*' ? '*' : slugs.get(environmentId)
        return environment === undefined ? [] : [{ environment, secretPath }]
      }) ?? null,
  }))
}

async function slugsOf(db: Db | Tx, environmentIds: readonly string[]): Promise<Map<string, string>> {
  const ids = environmentIds.filter((id) => id !== '*' && id !== '')
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('environments')
    .where((eb) => inList(db, eb.ref('id'), ids))
    .select(['id', 'slug'])
    .execute()
  return new Map(rows.map(({ id, slug }) => [id, slug]))
}

/** A role that this version does not know may the least. */
const roleOf = (name: string): Role => (name === 'admin' || name === 'developer' ? name : 'viewer')
