/** Creating, changing and deleting syncs. */
import type { Command } from 'commander'
import { chosenSyncs, refOf, type SyncsOptions } from '../arguments/chosen-syncs.ts'
import { openPlace, report, withPlace, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { checkSyncFields, destinationType } from '../arguments/destination-type.ts'
import { fieldsOf } from '../arguments/fields.ts'
import { openConnection } from '../arguments/open-connection.ts'
import type { Sync } from '../terminal/plan-text.ts'
import { confirm } from '../terminal/terminal.ts'

interface Changes {
  name?: string
  connection?: string
  target?: string[]
  option?: string[]
  description?: string
  autoSync?: boolean
}

const withChanges = (command: Command): Command =>
  command
    .option('--target <field...>', 'where it writes: name=value of each field (name:=value for JSON)')
    .option(
      '--option <field...>',
      'deletionPolicy=owned, keySchema=APP_{{secretKey}}, initialSyncBehavior=import-prioritize-source, and options of the destination',
    )
    .option('--description <text>')
    .option('--auto-sync', 'each change starts a run (the default for a new sync)')
    .option('--no-auto-sync', 'runs start on request only')

export function addSyncChanges(syncs: Command, cli: Cli): void {
  withChanges(withPlace(syncs.command('create')))
    .description('Create a sync of the folder at --path and, under auto-sync, run it')
    .argument('<name>')
    .requiredOption('--type <type>', 'the destination, such as github or aws-parameter-store')
    .requiredOption('--connection <connection>', 'name or id')
    .action((name: string, options: PlaceOptions & JsonOption & CreateOptions) => create(cli, name, options))

  withChanges(withProject(syncs.command('update')))
    .description('Change a sync and, under auto-sync, run it; with a new target it moves')
    .argument('<sync>', 'name or id')
    .option('--name <name>')
    .option('--connection <connection>', 'name or id')
    .option('--env <slug>', 'another source environment')
    .option('--path <path>', 'another source folder')
    .action((sync: string, options: SyncsOptions & Changes) => update(cli, sync, options))

  withProject(syncs.command('delete'))
    .description('Delete a sync; what it wrote stays unless --remove-secrets')
    .argument('<sync>', 'name or id')
    .option('--remove-secrets', 'first delete the keys that it wrote')
    .option('-y, --yes', 'do not ask')
    .action((sync: string, options: SyncsOptions & { removeSecrets?: boolean; yes?: boolean }) =>
      remove(cli, sync, options),
    )
}

type CreateOptions = Changes & { type: string; connection: string }

async function create(
  cli: Cli,
  name: string,
  {
    type: destination,
    connection: nameOrId,
    target = [],
    option = [],
    autoSync,
    description,
    ...options
  }: PlaceOptions & JsonOption & CreateOptions,
): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  const fields = { target: fieldsOf(target), options: fieldsOf(option) }
  checkSyncFields(await destinationType(client, destination), fields)
  const { connection } = await openConnection(cli, nameOrId, {})
  const sync = await client.syncs.create.mutate({
    ...place,
    destination,
    name,
    description,
    connectionId: connection.id,
    ...fields,
    autoSync,
  })
  report(cli, options, sync, `Created ${name}: ${sync.targetLabel}.`)
}

async function update(cli: Cli, name: string, options: SyncsOptions & Changes): Promise<void> {
  const { client, sync } = await oneSync(cli, name, options)
  const { connection: nameOrId, target, option, description, autoSync } = options
  const fields = { target: target && fieldsOf(target), options: option && fieldsOf(option) }
  if (target || option) checkSyncFields(await destinationType(client, sync.destination), fields)
  const connection = nameOrId === undefined ? null : (await openConnection(cli, nameOrId, {})).connection
  const changed = await client.syncs.update.mutate({
    ...refOf(sync),
    name: options.name,
    description,
    connectionId: connection?.id,
    environment: options.env,
    secretPath: options.path,
    target: fields.target,
    // What is not named stays as it is.
    options: fields.options && { ...sync.options, ...fields.options },
    autoSync,
  })
  report(cli, options, changed, `Changed ${changed.name}.`)
}

async function remove(
  cli: Cli,
  name: string,
  { removeSecrets, yes, ...options }: SyncsOptions & { removeSecrets?: boolean; yes?: boolean },
): Promise<void> {
  const { client, sync } = await oneSync(cli, name, options)
  const what = removeSecrets ? ' and the keys that it wrote' : '; the keys that it wrote stay'
  await confirm(cli.terminal, yes, `Delete the sync ${sync.name}${what}?`)
  const deleted = await client.syncs.delete.mutate({ ...refOf(sync), removeSecrets })
  report(
    cli,
    options,
    deleted,
    deleted.removal === 'delete' ? `Deleting ${sync.name}: its keys go first.` : `Deleted ${sync.name}.`,
  )
}

async function oneSync(cli: Cli, name: string, options: SyncsOptions) {
  const { client, syncs } = await chosenSyncs(cli, [name], options)
  const [sync] = syncs
  // `chosenSyncs` finds every sync that is named, or throws.
  return { client, sync: sync as Sync }
}
