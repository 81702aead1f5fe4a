import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { connect, findProject, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { EXIT } from '../failure.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { openConnection } from '../arguments/open-connection.ts'
import { addConnectionChanges } from './connection-changes.ts'

type Options = PlaceOptions & JsonOption

const COLUMNS: Columns<Outputs['connections']['list'][number]> = {
  name: ({ name }) => name,
  type: ({ destination }) => destination,
  account: ({ account }) => account,
  project: ({ project }) => project?.slug,
  syncs: ({ usedBy }) => usedBy,
  state: ({ problem }) => problem ?? 'ok',
}

export function addConnections(program: Command, cli: Cli): void {
  const connections = program.command('connections').description('Accounts at providers')

  withListing(withProject(connections.command('list')), COLUMNS)
    .description('Connections, with --project those of one project')
    .action((options: Options & ListOptions) => list(cli, options))

  withProject(connections.command('test'))
    .description('Test the stored credentials with the provider')
    .argument('<connection>', 'name or id')
    .action((name: string, options: Options) => test(cli, name, options))

  addConnectionChanges(connections, cli)
}

async function list(cli: Cli, options: Options & ListOptions): Promise<void> {
  const client = await connect(cli)
  const projectId = options.project === undefined ? undefined : (await findProject(client, options.project)).id
  const rows = await client.connections.list.query({ projectId })
  printList(cli.terminal, rows, { columns: COLUMNS, none: 'No connections.', ...options })
}

async function test(cli: Cli, nameOrId: string, options: Options): Promise<void> {
  const { terminal } = cli
  const { client, connection } = await openConnection(cli, nameOrId, options)
  const { id: connectionId, name } = connection
  const checked = await client.connections.check.mutate({ connectionId })
  if (options.json) terminal.json(checked)
  else if (checked.problem === null)
    terminal.line(`${name} works${checked.account === null ? '' : `: ${checked.account}`}.`)
  else terminal.note(`error: ${name}: ${checked.problem}`)
  if (checked.problem !== null) cli.exitWith(EXIT.failed)
}
