import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { connect, named, report, withJson, type Cli, type JsonOption } from '../cli.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'

type Person = Outputs['people']['list'][number]

const COLUMNS: Columns<Person> = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  role: ({ instanceAdmin }) => (instanceAdmin ? 'instance admin' : ''),
  'second-factor': ({ twoFactor }) => (twoFactor ? 'yes' : 'no'),
  since: ({ createdAt }) => createdAt.slice(0, 10),
}

interface RemoveOptions extends JsonOption {
  revokeClientSecrets?: boolean
  yes?: boolean
}

export function addPeople(program: Command, cli: Cli): void {
  const people = program.command('people').description('The accounts of the instance')

  withListing(withJson(people.command('list')), COLUMNS)
    .description('Everybody who has an account')
    .action(async (options: ListOptions) => {
      const client = await connect(cli)
      printList(cli.terminal, await client.people.list.query(), { columns: COLUMNS, none: 'No accounts.', ...options })
    })

  withJson(people.command('invite'))
    .description('Invite someone to the instance; prints the link unless it is mailed')
    .argument('<email>')
    .option('--instance-admin', 'they manage the instance')
    .action(async (email: string, { instanceAdmin, json }: JsonOption & { instanceAdmin?: boolean }) => {
      const client = await connect(cli)
      const invited = await client.people.invite.mutate({ email, instanceAdmin })
      if (json) return cli.terminal.json(invited)
      if (invited.link !== null) cli.terminal.line(invited.link)
      cli.terminal.note(invited.mailed ? `Invited ${email} by email.` : `Invited ${email}.`)
    })

  withJson(people.command('remove'))
    .description('Remove an account with its memberships, sessions and API keys')
    .argument('<person>', 'email address or id')
    .option('--revoke-client-secrets', 'also the client secrets of machines that they created')
    .option('-y, --yes', 'do not ask')
    .action((person: string, options: RemoveOptions) => remove(cli, person, options))

  withJson(people.command('sign-out'))
    .description('Sign a person out everywhere')
    .argument('<person>', 'email address or id')
    .action(async (person: string, options: JsonOption) => {
      const client = await connect(cli)
      const { id: userId, email } = await personNamed(client, person)
      report(cli, options, await client.people.endSessions.mutate({ userId }), `Signed ${email} out.`)
    })
}

async function remove(cli: Cli, who: string, { revokeClientSecrets, yes, ...options }: RemoveOptions): Promise<void> {
  const client = await connect(cli)
  const { id: userId, email } = await personNamed(client, who)
  await confirm(cli.terminal, yes, `Remove the account of ${email}?`)
  report(cli, options, await client.people.remove.mutate({ userId, revokeClientSecrets }), `Removed ${email}.`)
}

async function personNamed(client: KeyferryClient, emailOrId: string): Promise<Person> {
  const people = await client.people.list.query()
  return people.find(({ email }) => email === emailOrId.toLowerCase()) ?? named(people, emailOrId, 'person')
}
