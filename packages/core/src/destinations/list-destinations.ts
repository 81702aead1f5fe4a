import type { Actor, Context } from '@keyferry/kernel'
import type { destination } from '@keyferry/schemas'
import type { z } from 'zod'
import { formFields } from './forms.ts'
import { destinationIcon, destinations } from './registry.ts'

/** Everything the console and the API's document need to offer the destinations, by title. */
export async function listDestinations(
  _ctx: Context,
  _actor: Actor,
  _input: Record<never, never>,
): Promise<z.output<typeof destination>[]> {
  return destinations()
    .map((definition) => ({
      name: definition.name,
      title: definition.title,
      icon: destinationIcon(definition.name),
      docsUrl: definition.docsUrl,
      connection: {
        method: definition.connection.method,
        help: definition.connection.help,
        fields: formFields(definition.connection.credentials),
      },
      target: { fields: formFields(definition.target, definition.choices) },
      options: { fields: formFields(definition.options, definition.choices) },
      notes: { initialSync: definition.notes.initialSync, options: [...definition.notes.options] },
      keyRules: [...definition.keyRules],
      // No client can read its vendor's values back into the vault; the contract has no method for it.
      canImportSecrets: false,
    }))
    .sort((a, b) => a.title.localeCompare(b.title))
}
