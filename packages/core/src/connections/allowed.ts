/** Which projects may use a connection, and for which targets. */
import type { ConnectionTable, Selectable } from '@keyferry/db'
import { BadRequest, Invalid } from '@keyferry/kernel'
import { fieldNames } from '../destinations/forms.ts'
import { connectionOf, destinationsOf } from '../destinations/registry.ts'

type Row = Pick<Selectable<ConnectionTable>, 'name' | 'projectId' | 'allowedProjects' | 'allowedTargets'>

interface Allowed {
  /** Ids; null: all. */
  allowedProjects: string[] | null
  /** Fields of a target that have to match; null: all. */
  allowedTargets: Record<string, string>[] | null
}

/** As it is stored. */
export const allowedOf = (row: Pick<Row, 'allowedProjects' | 'allowedTargets'>): Allowed => ({
  allowedProjects: row.allowedProjects === null ? null : JSON.parse(row.allowedProjects),
  allowedTargets: row.allowedTargets === null ? null : JSON.parse(row.allowedTargets),
})

/** A project must not use a connection, or not for a target. */
export class ConnectionNotAllowed extends BadRequest {}

/** Throws `ConnectionNotAllowed` when a sync of this project must not use the connection for this target. */
export function refuseNotAllowed(row: Row, projectId: string, target: Record<string, unknown>): void {
  if (row.projectId !== null) {
    if (row.projectId === projectId) return
    throw new ConnectionNotAllowed(
      'This App Connection belongs to another project. Use one of this project or of the organization.',
    )
  }
  const { allowedProjects, allowedTargets } = allowedOf(row)
  if (allowedProjects && !allowedProjects.includes(projectId))
    throw new ConnectionNotAllowed(
      `This project is not allowed to use App Connection "${row.name}". An instance admin can allow it.`,
    )
  const fits = (fields: Record<string, string>): boolean =>
    Object.entries(fields).every(([field, value]) => comparable(String(target[field])) === comparable(value))
  if (allowedTargets && !allowedTargets.some(fits))
    throw new ConnectionNotAllowed(
      `App Connection "${row.name}" is not allowed for this destination. An instance admin can allow it.`,
    )
}

/** An address is the same with and without a slash at its end, and its host in any case. */
const comparable = (text: string): string => (/^https?:\/\//i.test(text) ? (URL.parse(text)?.href ?? text) : text)

/**
 * The columns of a change. Throws `BadRequest` for a connection that belongs to a project, and `Invalid` for a target
 * that names no field of the destination: it would match every target, or none.
 */
export function storeAllowed(
  app: string,
  projectId: string | null,
  {
    allowedProjects,
    allowedTargets,
  }: { allowedProjects?: readonly string[] | null; allowedTargets?: readonly Record<string, string>[] | null },
): Partial<Pick<Selectable<ConnectionTable>, 'allowedProjects' | 'allowedTargets'>> {
  if (projectId !== null && (allowedProjects || allowedTargets))
    throw new BadRequest('Only a connection of the organization can be limited to projects and destinations')
  const { title } = connectionOf(app)
  const fields = destinationsOf(app).flatMap(({ target }) => fieldNames(target))
  const issues = (allowedTargets ?? []).flatMap((target, index) => {
    const named = Object.keys(target)
    if (named.length > 0 && named.every((field) => fields.includes(field))) return []
    const message = `A destination of ${title} is given by one or more of: ${[...new Set(fields)].join(', ')}`
    return [{ path: ['allowedTargets', index], message }]
  })
  if (issues.length > 0) throw new Invalid(issues)
  const json = (list: readonly unknown[] | null): string | null => (list === null ? null : JSON.stringify(list))
  return {
    ...(allowedProjects === undefined ? {} : { allowedProjects: json(allowedProjects) }),
    ...(allowedTargets === undefined ? {} : { allowedTargets: json(allowedTargets) }),
  }
}
