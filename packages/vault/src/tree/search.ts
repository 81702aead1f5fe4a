import { timeSlice } from '@keyferry/db'
import { snapshot, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'
import { projectKey } from '../keys/project-key.ts'
import { openComment } from './tree.ts'

/** Comments are sealed, so they are opened to be searched: this many rows at a time. */
const PAGE = 2000

/**
 * Secrets of a project whose key, or else comment, holds `query`, whatever its case; by key. Values are not searched.
 * `readable` leaves out folders that the caller can't see.
 */
export function searchSecrets(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.searchSecrets>,
  readable: (place: { environment: string; path: string }) => boolean = () => true,
): Promise<z.output<typeof schemas.foundSecrets>> {
  const { projectId, limit } = input
  const wanted = input.query.toLowerCase()
  return snapshot(ctx, async (tx) => {
    const dataKey = await projectKey(ctx, tx, projectId)
    const found: z.output<typeof schemas.foundSecrets>['secrets'] = []
    const slice = timeSlice()
    let after = { key: '', id: '' }
    while (found.length <= limit) {
      const rows = await tx
        .selectFrom('secrets')
        .innerJoin('folders', 'folders.id', 'secrets.folderId')
        .innerJoin('environments', 'environments.id', 'folders.environmentId')
        .where('environments.projectId', '=', projectId)
        .$call((query) =>
          input.environment === undefined ? query : query.where('environments.slug', '=', input.environment),
        )
        .where(sql<boolean>`(${sql.ref('secrets.key')}, ${sql.ref('secrets.id')}) > (${after.key}, ${after.id})`)
        .orderBy('secrets.key')
        .orderBy('secrets.id')
        .limit(PAGE)
        .select([
          'secrets.id',
          'secrets.folderId',
          'secrets.key',
          'secrets.version',
          'secrets.comment',
          'environments.slug as environment',
          'folders.path',
        ])
        .execute()
      for (const row of rows) {
        if (slice.isOver()) await slice.rest()
        if (!readable(row)) continue
        const comment = openComment(dataKey, projectId, row)
        const matched = row.key.toLowerCase().includes(wanted)
          ? 'key'
          : comment.toLowerCase().includes(wanted)
            ? 'comment'
            : null
        if (matched === null) continue
        const { id, key, environment, path: secretPath } = row
        found.push({ id, key, environment, secretPath, comment, matched })
      }
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) break
      after = last
    }
    return { secrets: found.slice(0, limit), more: found.length > limit }
  })
}
