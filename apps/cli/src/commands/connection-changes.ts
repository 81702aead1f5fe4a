/** Creating, changing and deleting connections. Credentials come from a file or stdin, never from the command line. */
import type { Command } from 'commander'
import { z } from 'zod'
import { connect, findProject, report, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { checkCredentials, destinationType } from '../arguments/destination-type.ts'
import { Failure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { openConnection } from '../arguments/open-connection.ts'
import { askHidden, confirm } from '../terminal/terminal.ts'

type Options = PlaceOptions & JsonOption

interface Changes {
  name?: string
  description?: string
  method?: string
  credentials?: string
}

export function addConnectionChanges(connections: Command, cli: Cli): void {
  withProject(connections.command('create'))
    .description('Store the credentials of an account, after testing them with the provider')
    .argument('<name>')
    .requiredOption('--type <type>', 'the app, such as github; `keyferry api GET /api/v1/destinations` lists them')
    .option('--method <method>', 'how it signs in (default: the first of the app)')
    .option('--credentials <file>', 'its fields as JSON; left out, prompts for them or reads stdin')
    .option('--description <text>')
    .action((name: string, options: Options & Changes & { type: string }) => create(cli, name, options))

  withProject(connections.command('update'))
    .description('Change a connection; new credentials are tested first and replace the old ones whole')
    .argument('<connection>', 'name or id')
    .option('--name <name>')
    .option('--method <method>', 'with --credentials: how it signs in')
    .option('--credentials <file>', 'its fields as JSON; - is stdin')
    .option('--description <text>')
    .action((connection: string, options: Options & Changes) => update(cli, connection, options))

  withProject(connections.command('delete'))
    .description('Delete a connection that no sync uses')
    .argument('<connection>', 'name or id')
    .option('-y, --yes', 'do not ask')
    .action((connection: string, options: Options & { yes?: boolean }) => remove(cli, connection, options))
}

async function create(
  cli: Cli,
  name: string,
  {
    type: destination,
    credentials: file = '-',
    method,
    description,
    project,
    ...options
  }: Options & Changes & { type: string },
): Promise<void> {
  const client = await connect(cli)
  const projectId = project === undefined ? undefined : (await findProject(client, project)).id
  const type = await destinationType(client, destination)
  const credentials = await credentialsIn(cli, file)
  checkCredentials(type, credentials)
  const input = { destination, name, method, description, projectId, credentials }
  report(cli, options, await client.connections.create.mutate(input), `Created ${name}.`)
}

async function update(
  cli: Cli,
  nameOrId: string,
  { credentials: file, name, method, description, ...options }: Options & Changes,
): Promise<void> {
  const { client, connection } = await openConnection(cli, nameOrId, options)
  const credentials = file === undefined ? undefined : await credentialsIn(cli, file)
  const { destination, id: connectionId } = connection
  if (credentials) checkCredentials(await destinationType(client, destination), credentials)
  const input = { destination, connectionId, name, method, description, credentials }
  report(cli, options, await client.connections.update.mutate(input), `Changed ${connection.name}.`)
}

async function remove(cli: Cli, nameOrId: string, { yes, ...options }: Options & { yes?: boolean }): Promise<void> {
  const { client, connection } = await openConnection(cli, nameOrId, options)
  const { destination, id: connectionId, name } = connection
  await confirm(cli.terminal, yes, `Delete the connection ${name}?`)
  report(cli, options, await client.connections.delete.mutate({ destination, connectionId }), `Deleted ${name}.`)
}

const fields = z.record(z.string(), z.unknown())

async function credentialsIn({ terminal }: Cli, file: string): Promise<Record<string, unknown>> {
  const text = file === '-' ? await askHidden(terminal, 'Credentials as JSON:') : await fileText(file)
  try {
    return fields.parse(JSON.parse(text))
  } catch {
    throw new Failure('The credentials are not a JSON object', 'They look like {"token": "…"}.')
  }
}
