import type { Command } from 'commander'
import { connect, findProject, named, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { EXIT } from '../failure.ts'

type Options = PlaceOptions & JsonOption

export function addConnections(program: Command, cli: Cli): void {
  const connections = program.command('connections').description('Accounts at providers')

  withProject(connections.command('list'))
    .description('Connections, with --project those of one project')
    .action((options: Options) => list(cli, options))

  withProject(connections.command('test'))
    .description('Test the stored credentials with the provider')
    .argument('<name or id>')
    .action((name: string, options: Options) => test(cli, name, options))
}

async function present(cli: Cli, { project }: Options) {
  const client = await connect(cli)
  const projectId = project === undefined ? undefined : (await findProject(client, project)).id
  return { client, connections: await client.connections.list.query({ projectId }) }
}

async function list(cli: Cli, options: Options): Promise<void> {
  const { connections } = await present(cli, options)
  if (options.json) return cli.terminal.json(connections)
  if (connections.length === 0) return cli.terminal.note('No connections.')
  const rows = connections.map(({ name, destination, account, project, usedBy, problem }) => [
    name,
    destination,
    account ?? '',
    project?.slug ?? '',
    `${usedBy}`,
    problem ?? 'ok',
  ])
  cli.terminal.table(['NAME', 'VENDOR', 'ACCOUNT', 'PROJECT', 'SYNCS', 'STATE'], rows)
}

async function test(cli: Cli, nameOrId: string, options: Options): Promise<void> {
  const { terminal } = cli
  const { client, connections } = await present(cli, options)
  const { id, name } = named(connections, nameOrId, 'connection')
  const checked = await client.connections.check.mutate({ connectionId: id })
  if (options.json) terminal.json(checked)
  else if (checked.problem === null)
    terminal.line(`${name} works${checked.account === null ? '' : `: ${checked.account}`}.`)
  else terminal.note(`error: ${name}: ${checked.problem}`)
  if (checked.problem !== null) cli.exitWith(EXIT.failed)
}
