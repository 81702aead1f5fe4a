/** The destinations by name: what each of their folders exports. */
import { NotFound } from '@keyferry/kernel'
import type { ConnectionDefinition } from './connection.ts'
import { destinationFolders, iconOf, importFrom } from './destination-folders.ts'
import type { DestinationDefinition } from './destination.ts'
import { formFields } from './forms.ts'

interface Entry {
  definition: DestinationDefinition
  /** SVG text. */
  icon: string
}

const registry: ReadonlyMap<string, Entry> = new Map(
  await Promise.all(destinationFolders().map(async (folder) => [folder, await load(folder)] as const)),
)

/** The destination called `name`. Throws `NotFound` naming the known ones. */
export const destination = (name: string): DestinationDefinition => entry(name).definition

/** Every destination, by name. */
export const destinations = (): DestinationDefinition[] => [...registry.values()].map((known) => known.definition)

/**
 * The connections called `app`, which one or several destinations use. Throws `NotFound` naming the known ones; the
 * name of a destination leads to its own.
 */
export function connectionOf(app: string): ConnectionDefinition {
  const all = destinations()
  const found = all.find(({ connection }) => connection.app === app) ?? all.find(({ name }) => name === app)
  if (found) return found.connection
  const known = [...new Set(all.map(({ connection }) => connection.app))]
  throw new NotFound(`Unknown connection "${app}"; known are ${known.join(', ')}`)
}

/** The destinations that use the connections called `app`, by name. */
export const destinationsOf = (app: string): DestinationDefinition[] =>
  destinations().filter(({ connection }) => connection.app === app)

/** The destination's drawing as SVG text. Throws `NotFound` like `destination`. */
export const destinationIcon = (name: string): string => entry(name).icon

function entry(name: string): Entry {
  const known = registry.get(name)
  if (!known) throw new NotFound(`Unknown destination "${name}"; known are ${[...registry.keys()].join(', ')}`)
  return known
}

async function load(folder: string): Promise<Entry> {
  const exported = await importFrom(folder, 'index.ts')
  const definition =
    exported !== null && typeof exported === 'object' && 'default' in exported ? exported.default : undefined
  if (!isDefinition(definition)) {
    throw new Error(`destinations/${folder}/index.ts must export the result of defineDestination() as default`)
  }
  if (definition.name !== folder) {
    throw new Error(`destinations/${folder} calls itself "${definition.name}"; the name must equal the folder`)
  }
  // A field without metadata could be a secret that nobody hides: found here, at the start, not in an answer of the
  // API.
  for (const { credentials } of Object.values(definition.connection.methods)) formFields(credentials)
  for (const schema of [definition.target, definition.options]) formFields(schema, definition.choices)
  return { definition, icon: iconOf(folder) }
}

// A hoisted function, because the registry above is filled while this module loads.
function isDefinition(value: unknown): value is DestinationDefinition {
  return (
    value !== null &&
    typeof value === 'object' &&
    'name' in value &&
    'connection' in value &&
    'target' in value &&
    'open' in value
  )
}
