import { timeSlice } from '@keyferry/db'
import { audit, BadRequest, budget, few, named, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { SECRET_FILES, type SecretFileFormat } from '@keyferry/schemas/secret-file'
import type { z } from 'zod'
import { auditedKeys } from './audited-keys.ts'
import { readSecrets } from './read.ts'

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
  if (missing.length > 0) throw new BadRequest(`${environment}:${secretPath} has no ${named(missing, (key) => key)}.`)
  const entries = new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
  const content = await fileOf(ctx, format, entries)
  const details = {
    environment,
    secretPath,
    format,
    ...auditedKeys([...entries.keys()]),
  }
  await transactChecked(ctx, (tx) => audit(ctx, tx, actor, 'secret.export', projectId, details))
  const folder = secretPath === '/' ? '' : secretPath.replaceAll('/', '-')
  return { fileName: `${environment}${folder}.${SECRET_FILES[format].extension}`, content, count: entries.size }
}

/** Nothing is left out without a word: throws `BadRequest` with the keys that the format can't hold exactly. */
async function fileOf(
  { limits }: Pick<Context, 'limits'>,
  format: SecretFileFormat,
  entries: ReadonlyMap<string, string>,
): Promise<string> {
  const { name, begin, between, end, entry } = SECRET_FILES[format]
  const spend = budget(limits)
  const slice = timeSlice()
  const refused: string[] = []
  const texts: string[] = []
  for (const [key, value] of entries) {
    if (slice.isOver()) await slice.rest()
    const text = entry(key, value)
    // Escaped, it may have six times the bytes of the value.
    spend(text?.length ?? 0)
    if (text === null) refused.push(key)
    else texts.push(text)
  }
  if (refused.length > 0)
    throw new BadRequest(
      `A ${name} file can't represent ${named(refused, (key) => key)} exactly. Export as JSON or YAML.`,
      { keys: few(refused) },
    )
  return `${begin}${texts.join(between)}${end}`
}
