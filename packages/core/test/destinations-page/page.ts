/** docs/destinations.md, made of what each destination's folder declares. */
import { join } from 'node:path'
import type { DestinationDefinition } from '../../src/destinations/destination.ts'
import { lacksOf, minimumCallsOf, variants } from '../../src/destinations/emulators.ts'
import { formFields, type FormField } from '../../src/destinations/forms.ts'
import type { MinimumCallsOf } from '../../src/destinations/shared/emulators/minimum-calls.ts'
import { destinations } from '../../src/destinations/registry.ts'

export const PAGE = join(import.meta.dirname, '../../../../docs/destinations.md')

/** The whole page. */
export async function destinationsPage(): Promise<string> {
  const sections = await Promise.all(byTitle().map(sectionOf))
  return `${[HEAD, await capabilities(), ...sections].join('\n\n')}\n`
}

const byTitle = (): DestinationDefinition[] => destinations().toSorted((a, b) => a.title.localeCompare(b.title))

const HEAD = `# Destinations

Made by \`npx -y pnpm@12 --filter @keyferry/core destinations-page\` from what each folder of \`packages/core/src/destinations\` declares; a test compares
the two. Each folder's README says which token to make, with which rights.

Every destination passes the same conformance suite against an emulator of its provider. What differs is declared, and listed here. Cases about
issued tokens, which end, and about values that are read on request, are skipped under that name where a provider has none.`

/** The table of what each destination can do. */
export async function capabilities(): Promise<string> {
  const rows = byTitle().map(
    async ({ name, title, values, hidesValues, limits, listingLagMs, sharedPlace, choices }) => {
      const lacks = await lacksOf(name)
      return row([
        `[${title}](#${name})`,
        { listed: 'in its listing', read: 'on request', hidden: 'never' }[values] +
          (hidesValues ? ', of some targets' : ''),
        values === 'hidden' ? 'no' : 'yes',
        limits.document ? `one document, at most ${limits.document.max.toLocaleString('en')} bytes` : 'key by key',
        limits.storedName ? 'changed' : 'kept',
        limits.maxKeys ? 'yes' : 'no',
        listingLagMs === undefined ? 'no' : `up to ${listingLagMs / 1_000} s`,
        sharedPlace ? 'yes' : 'no',
        choices ? 'yes' : 'no',
        lacks.includes('issued tokens') ? 'no' : 'yes',
        lacks.includes('values on request') ? 'no' : 'yes',
      ])
    },
  )
  const head = [
    'Destination',
    'Shows values',
    'Import',
    'Written',
    'Names',
    'Cap on keys',
    'Listing lags',
    'Place may be shared',
    'Pickers',
    'Issued tokens',
    'Values on request',
  ]
  return ['## What each can do', '', row(head), row(head.map(() => '---')), ...(await Promise.all(rows))].join('\n')
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

async function sectionOf(definition: DestinationDefinition): Promise<string> {
  const { name, title, connection, target, options, notes, keyRules, limits, docsUrl } = definition
  const minimum = await minimumCallsOf(name)
  const unsettled = [...(await variants(name)).keys()]
  return [
    `<a id="${name}"></a>`,
    '',
    `## ${title}`,
    '',
    `\`${name}\`, with a connection \`${connection.app}\`. Rules of the provider as of ${limits.checked}, from <${docsUrl}>. [More in its folder](../packages/core/src/destinations/${name}/README.md).`,
    '',
    ...Object.entries(connection.methods).map(
      ([method, { title: words, help, credentials }]) =>
        `- **Connection by ${words}** (\`${method}\`): ${namesOf(formFields(credentials))}. ${help}`,
    ),
    `- **Target**: ${namesOf(formFields(target, definition.choices))}.`,
    `- **Options**: ${namesOf(formFields(options, definition.choices)) || 'none of its own'}.`,
    `- **First sync**: ${[notes.initialSync, notes.initialWarning].filter(Boolean).join(' ')}`,
    ...notes.options.map((note) => `- ${note}`),
    `- **Requests at the least**: ${callsOf(minimum)}.`,
    ...(unsettled.length === 0 ? [] : [`- **Tested both ways**, where no document says it: ${unsettled.join('; ')}.`]),
    '',
    ...keyRules.map((rule) => `- ${rule}`),
  ].join('\n')
}

const namesOf = (fields: readonly FormField[]): string =>
  fields.map(({ name, required }) => `\`${name}\`${required ? '' : ' (optional)'}`).join(', ')

function callsOf(minimum: MinimumCallsOf): string {
  const calls = (held: number, creates: number, updates: number, deletes: number): number =>
    minimum({ held, creates, updates, deletes }).requests
  return [
    `${calls(100, 0, 0, 0)} for a look at 100 keys`,
    `${calls(0, 100, 0, 0)} to create 100`,
    `${calls(100, 0, 10, 0)} to change 10 of 100`,
    `${calls(100, 0, 0, 10)} to delete 10 of 100`,
  ].join(', ')
}
