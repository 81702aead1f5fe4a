import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { openPlace, report, withPlace, type Cli, type JsonOption, type Place, type PlaceOptions } from '../cli.ts'
import { Failure, usageFailure } from '../failure.ts'
import { printList, wholeNumber, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'

type Options = PlaceOptions & JsonOption
type Import = Outputs['imports']['list'][number]

/** A source as commands name it. */
export const sourceText = ({ environment, path }: Import): string => `${environment.slug}:${path}`

const COLUMNS: Columns<Import> = {
  position: ({ position }) => position,
  source: sourceText,
  created: ({ createdAt }) => createdAt.slice(0, 10),
  id: ({ id }) => id,
}

const SOURCE = 'environment:path, such as prod:/shared; a path alone is one of the same environment'

export function addImports(program: Command, cli: Cli): void {
  const imports = program.command('imports').description('What a folder imports from others')

  withListing(withPlace(imports.command('list')), COLUMNS)
    .description('What the folder at --path imports; of a name in several, the last one wins')
    .action(async (options: Options & ListOptions) => {
      const { client, place } = await openPlace(cli, options)
      const rows = await listed(client, place)
      const none = `${place.environment}:${place.secretPath} has no imports.`
      printList(cli.terminal, rows, { columns: COLUMNS, none, ...options })
    })

  withPlace(imports.command('create'))
    .description('Let the folder at --path import another')
    .argument('<source>', SOURCE)
    .action(async (source: string, options: Options) => {
      const { client, place } = await openPlace(cli, options)
      const made = await client.imports.create.mutate({ ...folderOf(place), import: sourceIn(place, source) })
      report(cli, options, made, `${place.environment}:${place.secretPath} imports ${sourceText(made)}.`)
    })

  withPlace(imports.command('move'))
    .description('Change the priority of an import: the highest position wins')
    .argument('<import>', SOURCE)
    .argument('<position>', 'from 1', wholeNumber(1))
    .action(async (source: string, position: number, options: Options) => {
      const { client, place, found } = await openImport(cli, source, options)
      const input = { ...folderOf(place), importId: found.id, import: { position } }
      const moved = await client.imports.update.mutate(input)
      report(cli, options, moved, `${sourceText(moved)} is at position ${moved.position}.`)
    })

  withPlace(imports.command('delete'))
    .description('Delete an import: the folder at --path loses what it gets from it')
    .argument('<import>', SOURCE)
    .option('-y, --yes', 'do not ask')
    .action(async (source: string, { yes, ...options }: Options & { yes?: boolean }) => {
      const { client, place, found } = await openImport(cli, source, options)
      const into = `${place.environment}:${place.secretPath}`
      await confirm(cli.terminal, yes, `Delete the import of ${sourceText(found)} in ${into}?`)
      const deleted = await client.imports.delete.mutate({ ...folderOf(place), importId: found.id })
      report(cli, options, deleted, `${into} no longer imports ${sourceText(deleted)}.`)
    })
}

const folderOf = ({ projectId, environment, secretPath: path }: Place) => ({ projectId, environment, path })

const listed = (client: KeyferryClient, place: Place): Promise<Import[]> => client.imports.list.query(folderOf(place))

function sourceIn({ environment }: Place, text: string): { environment: string; path: string } {
  if (text.startsWith('/')) return { environment, path: text }
  const at = text.indexOf(':')
  if (at === -1) throw usageFailure(`${text} is no folder`, 'A folder looks like prod:/shared.')
  return { environment: text.slice(0, at), path: text.slice(at + 1) }
}

async function openImport(
  cli: Cli,
  text: string,
  options: Options,
): Promise<{ client: KeyferryClient; place: Place; found: Import }> {
  const { client, place } = await openPlace(cli, options)
  const imports = await listed(client, place)
  const { environment, path } = sourceIn(place, text)
  const found = imports.find((one) => one.environment.slug === environment && one.path === path)
  if (found) return { client, place, found }
  const known = imports.map(sourceText).join(', ')
  throw new Failure(
    `${place.environment}:${place.secretPath} does not import ${environment}:${path}`,
    known ? `It imports: ${known}.` : null,
  )
}
