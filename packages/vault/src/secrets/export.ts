import { audit, BadRequest, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { SECRET_FILES, secretFile } from '@keyferry/schemas/secret-file'
import type { z } from 'zod'
import { readSecrets } from './read.ts'

/** Names of the secrets in one row of the audit log; of larger exports it gives the number. */
const NAMED = 50

/**
 * The secrets of a folder as a file, by key. Throws `NotFound`,
 * `BadRequest` naming the keys that the format can't hold exactly, `Unresolvable` and `TooLarge`.
 */
export async function exportSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.exportSecrets>,
): Promise<z.output<typeof schemas.exportedSecrets>> {
  const { projectId, environment, secretPath, format, includeImports, expandReferences } = input
  const place = { projectId, environment, secretPath }
  const listed = await readSecrets(ctx, {
    ...place,
    includeImports,
    expandReferences,
    recursive: false,
    showValues: true,
  })
  const wanted = input.keys && new Set(input.keys)
  const values = new Map<string, string>()
  for (const { secrets } of [...listed.imports, listed])
    for (const { key, value } of secrets) if (value !== null && wanted?.has(key) !== false) values.set(key, value)
  const missing = [...(wanted ?? [])].filter((key) => !values.has(key))
  if (missing.length > 0) throw new BadRequest(`${environment}:${secretPath} has no ${missing.join(', ')}.`)
  const entries = new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
  const file = secretFile(format, entries)
  const { name, extension } = SECRET_FILES[format]
  if ('refused' in file)
    throw new BadRequest(`A ${name} file can't represent ${file.refused.join(', ')} exactly. Export as JSON or YAML.`, {
      keys: file.refused,
    })
  const details = {
    environment,
    secretPath,
    format,
    count: entries.size,
    ...(entries.size <= NAMED ? { keys: [...entries.keys()] } : {}),
  }
  await transactChecked(ctx, (tx) => audit(ctx, tx, actor, 'secret.export', projectId, details))
  const folder = secretPath === '/' ? '' : secretPath.replaceAll('/', '-')
  return { fileName: `${environment}${folder}.${extension}`, content: file.text, count: entries.size }
}
