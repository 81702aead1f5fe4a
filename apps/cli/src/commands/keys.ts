import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import {
  connect,
  named,
  openProject,
  report,
  withJson,
  withProject,
  type Cli,
  type JsonOption,
  type PlaceOptions,
} from '../cli.ts'
import { usageFailure } from '../failure.ts'
import { printList, wholeNumber, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { scopesOf, withRole, type RoleOptions } from '../arguments/scopes.ts'
import { confirm } from '../terminal/terminal.ts'

const COLUMNS: Columns<Outputs['apiKeys']['list'][number]> = {
  name: ({ name }) => name,
  owner: ({ owner }) => owner,
  start: ({ start }) => start,
  projects: ({ grants, instanceAdmin }) => (instanceAdmin ? 'all' : grants.length),
  expires: ({ expiresAt }) => expiresAt?.slice(0, 10),
  used: ({ lastUsedAt }) => lastUsedAt?.slice(0, 10),
  id: ({ id }) => id,
}

export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('API keys')

  withListing(withJson(keys.command('list')), COLUMNS)
    .description('Your API keys; for instance admins, everybody’s')
    .action(async (options: ListOptions) => {
      const client = await connect(cli)
      printList(cli.terminal, await client.apiKeys.list.query(), { columns: COLUMNS, none: 'No API keys.', ...options })
    })

  withRole(withProject(keys.command('create')))
    .description('Create an API key for one project and print its token, which is shown once')
    .argument('<name>')
    .option(
      '--days <number>',
      'after which it ends (default: 90, or the most that the instance allows)',
      wholeNumber(1),
    )
    .action((name: string, options: CreateOptions) => create(cli, name, options))

  withJson(keys.command('revoke'))
    .description('Revoke an API key immediately')
    .argument('<api-key>', 'name or id')
    .option('-y, --yes', 'do not ask')
    .action((key: string, options: JsonOption & { yes?: boolean }) => revoke(cli, key, options))
}

type CreateOptions = PlaceOptions & JsonOption & RoleOptions & { days?: number }

async function create(cli: Cli, name: string, { role, scope, days, ...options }: CreateOptions): Promise<void> {
  const { terminal } = cli
  if (role === undefined) throw usageFailure('No role', 'Pass --role with viewer, developer or admin.')
  const { client, project } = await openProject(cli, options)
  const grants = [{ projectId: project.id, role, scopes: scopesOf(scope) }]
  const created = await client.apiKeys.create.mutate({ name, grants, expiresInDays: days })
  if (options.json) return terminal.json(created)
  terminal.line(created.token)
  terminal.note(`Created ${name}. Keep the token: it is not shown again.`)
}

async function revoke(cli: Cli, nameOrId: string, { yes, ...options }: JsonOption & { yes?: boolean }): Promise<void> {
  const client = await connect(cli)
  const { id: apiKeyId, name } = named(await client.apiKeys.list.query(), nameOrId, 'API key')
  await confirm(cli.terminal, yes, `Revoke ${name}? What uses it stops working.`)
  report(cli, options, await client.apiKeys.revoke.mutate({ apiKeyId }), `Revoked ${name}.`)
}
