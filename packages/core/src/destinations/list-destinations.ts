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
        app: definition.connection.app,
        title: definition.connection.title,
        methods: Object.entries(definition.connection.methods).map(([name, { title, help, credentials }]) => ({
          name,
          title,
          help,
          fields: formFields(credentials),
        })),
      },
      target: { fields: formFields(definition.target, definition.choices) },
      options: { fields: formFields(definition.options, definition.choices) },
      notes: {
        initialSync: definition.notes.initialSync,
        initialWarning: definition.notes.initialWarning ?? null,
        options: [...definition.notes.options],
      },
      keyRules: [...definition.keyRules],
      canImportSecrets: definition.values !== 'hidden',
    }))
    .sort((a, b) => a.title.localeCompare(b.title))
}
