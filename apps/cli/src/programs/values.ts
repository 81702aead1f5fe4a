import type { KeyferryClient } from '@keyferry/client'
import type { Place } from '../cli.ts'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import { Failure } from '../failure.ts'

/**
 * What a folder gives to a program: its own secrets and those it imports, its own first, by key. `expand`: references
 * are replaced by what they name; otherwise values are as written. Throws when one of them cannot be had: a part is
 * never taken for the whole.
 */
export async function valuesOf(client: KeyferryClient, place: Place, expand: boolean): Promise<Map<string, string>> {
  const { secrets, imports } = await client.secrets.list.query({
    ...place,
    includeImports: true,
    expandReferences: expand,
  })
  const values = new Map<string, string>()
  const hidden: string[] = []
  for (const { key, value, isLiteral } of [secrets, ...imports.map((from) => from.secrets)].flat()) {
    if (values.has(key)) continue
    if (value === null) hidden.push(key)
    // As written, a value that is text would refer to others again.
    values.set(key, isLiteral && !expand ? escapeReferences(value ?? '') : (value ?? ''))
  }
  if (hidden.length > 0)
    throw new Failure(
      `You don’t have access to the values of ${hidden.join(', ')}`,
      'Ask an admin of the project for the developer role.',
    )
  return values
}
