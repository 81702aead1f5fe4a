import type { KeyferryClient, Outputs } from '@keyferry/client'
import { isKeyferryError } from '@keyferry/client'
import type { Command } from 'commander'
import { connect, named, report, withJson, type Cli, type JsonOption } from '../cli.ts'
import { printList, wholeNumber, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'
import { addMachineSignIn } from './machine-sign-in-changes.ts'

const COLUMNS: Columns<Outputs['identities']['list'][number]> = {
  name: ({ name }) => name,
  role: ({ role }) => (role === 'admin' ? 'instance admin' : ''),
  'signs-in-by': ({ authMethods }) => authMethods.join(', '),
  created: ({ createdAt }) => createdAt.slice(0, 10),
  id: ({ id }) => id,
}

interface SecretOptions extends JsonOption {
  description?: string
  seconds?: number
  uses?: number
}

export function addMachines(program: Command, cli: Cli): void {
  const machines = program.command('machines').description('Machine identities and how they sign in')

  withListing(withJson(machines.command('list')), COLUMNS)
    .description('Every machine')
    .action(async (options: ListOptions) => {
      const client = await connect(cli)
      printList(cli.terminal, await client.identities.list.query(), {
        columns: COLUMNS,
        none: 'No machines.',
        ...options,
      })
    })

  withJson(machines.command('create'))
    .description('Create a machine; `keyferry members add --machine` gives it a role')
    .argument('<name>')
    .option('--instance-admin', 'it manages the instance')
    .action(async (name: string, { instanceAdmin, ...options }: JsonOption & { instanceAdmin?: boolean }) => {
      const client = await connect(cli)
      const machine = await client.identities.create.mutate({ name, ...(instanceAdmin ? { role: 'admin' } : {}) })
      report(cli, options, machine, `Created ${name}: ${machine.id}.`)
    })

  withJson(machines.command('create-secret'))
    .description('Create a client secret and print it, which is shown once; the machine signs in with it')
    .argument('<machine>', 'name or id')
    .option('--description <text>')
    .option('--seconds <number>', 'after which it ends (default: never)', wholeNumber(1))
    .option('--uses <number>', 'after which it ends (default: any number)', wholeNumber(1))
    .action((machine: string, options: SecretOptions) => createSecret(cli, machine, options))

  addMachineSignIn(machines, cli)

  withJson(machines.command('delete'))
    .description('Delete a machine with its secrets and tokens')
    .argument('<machine>', 'name or id')
    .option('-y, --yes', 'do not ask')
    .action(async (machine: string, { yes, ...options }: JsonOption & { yes?: boolean }) => {
      const client = await connect(cli)
      const { id: identityId, name } = await machineNamed(client, machine)
      await confirm(cli.terminal, yes, `Delete the machine ${name}? What uses it stops working.`)
      report(cli, options, await client.identities.delete.mutate({ identityId }), `Deleted ${name}.`)
    })
}

const machineNamed = async (client: KeyferryClient, nameOrId: string) =>
  named(await client.identities.list.query(), nameOrId, 'machine')

async function createSecret(
  cli: Cli,
  machine: string,
  { description, seconds: ttl, uses: numUsesLimit, json }: SecretOptions,
): Promise<void> {
  const { terminal } = cli
  const client = await connect(cli)
  const { id: identityId, name } = await machineNamed(client, machine)
  const { clientId } = await universalAuthOf(client, identityId)
  const { clientSecret } = await client.universalAuth.createSecret.mutate({
    identityId,
    description,
    ttl,
    numUsesLimit,
  })
  if (json) return terminal.json({ clientId, clientSecret })
  terminal.line(clientSecret)
  terminal.note(`A client secret of ${name}, whose client id is ${clientId}. Keep it: it is not shown again.`)
  terminal.note(`It signs in by keyferry login --client-id ${clientId}.`)
}

/** How the machine signs in with client secrets; from now on, if it did not yet. */
async function universalAuthOf(client: KeyferryClient, identityId: string) {
  try {
    return await client.universalAuth.get.query({ identityId })
  } catch (error) {
    if (!isKeyferryError(error) || error.status !== 404) throw error
    return client.universalAuth.attach.mutate({ identityId })
  }
}
