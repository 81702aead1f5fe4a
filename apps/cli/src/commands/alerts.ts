/** Recipients of alerts: what happens to syncs, sent to a channel of the team. */
import type { Outputs } from '@keyferry/client'
import { Argument, type Command } from 'commander'
import { connect, findProject, named, report, withJson, type Cli, type JsonOption } from '../cli.ts'
import { EXIT, usageFailure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { askHidden, confirm } from '../terminal/terminal.ts'

const KINDS = ['email', 'webhook', 'slack', 'teams', 'pagerduty'] as const
type Kind = (typeof KINDS)[number]
type Recipient = Outputs['notifications']['list'][number]

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue'

/** What people call it. */
export const recipientName = ({ name, address }: Recipient): string => name ?? address

const COLUMNS: Columns<Recipient> = {
  name: recipientName,
  kind: ({ kind }) => kind,
  address: ({ address }) => address,
  for: ({ projectId }) => projectId ?? 'every project',
  delivered: ({ deliveredAt }) => deliveredAt,
  problem: ({ problem }) => problem,
  id: ({ id }) => id,
}

interface CreateOptions extends JsonOption {
  project?: string
  name?: string
  secretFile?: string
  deliveries?: boolean
}

export function addAlerts(program: Command, cli: Cli): void {
  const alerts = program.command('alerts').description('Recipients of alerts about syncs')

  withListing(withJson(alerts.command('list')), COLUMNS)
    .description('Every recipient, and whether the last alert arrived')
    .action(async (options: ListOptions) => {
      const client = await connect(cli)
      const rows = await client.notifications.list.query({})
      printList(cli.terminal, rows, { columns: COLUMNS, none: 'No recipients.', ...options })
    })

  withJson(alerts.command('create'))
    .description('Add a recipient; what signs the deliveries to a webhook is printed once')
    .addArgument(new Argument('<kind>').choices(KINDS))
    .argument('[address]', 'of an email recipient; a URL, which can be a secret, is typed in or read from stdin')
    .option('--project <slug or id>', 'alerts of one project only')
    .option('--name <name>', 'what people call it, such as a channel')
    .option(
      '--secret-file <file>',
      'signs the deliveries to a webhook (default: a new one); for pagerduty, the integration key',
    )
    .option('--deliveries', 'a webhook also gets secret.delivered')
    .action((kind: Kind, address: string | undefined, options: CreateOptions) => create(cli, kind, address, options))

  withJson(alerts.command('test'))
    .description('Send a test, and say whether it arrived')
    .argument('<recipient>', 'name or id')
    .action(async (nameOrId: string, options: JsonOption) => {
      const { client, recipient } = await openRecipient(cli, nameOrId)
      const tested = await client.notifications.test.mutate({ targetId: recipient.id })
      if (options.json) cli.terminal.json(tested)
      else cli.terminal.line(tested.message)
      if (!tested.delivered) cli.exitWith(EXIT.failed)
    })

  withJson(alerts.command('delete'))
    .description('Remove a recipient; alerts on their way to it are dropped')
    .argument('<recipient>', 'name or id')
    .option('-y, --yes', 'do not ask')
    .action(async (nameOrId: string, { yes, ...options }: JsonOption & { yes?: boolean }) => {
      const { client, recipient } = await openRecipient(cli, nameOrId)
      await confirm(cli.terminal, yes, `Remove the recipient ${recipient.name}?`)
      const removed = await client.notifications.delete.mutate({ targetId: recipient.id })
      report(cli, options, removed, `Removed ${recipient.name}.`)
    })
}

async function create(
  cli: Cli,
  kind: Kind,
  given: string | undefined,
  { project, name, secretFile, deliveries, ...options }: CreateOptions,
): Promise<void> {
  const { terminal } = cli
  if (kind === 'email' && given === undefined) throw usageFailure('No email address', 'Name it after the kind.')
  const client = await connect(cli)
  const projectId = project === undefined ? undefined : (await findProject(client, project)).id
  const address = given ?? (kind === 'pagerduty' ? PAGERDUTY : await askHidden(terminal, 'URL:'))
  const secret = await secretOf(cli, kind, secretFile)
  const made = await client.notifications.create.mutate({ kind, address, projectId, name, secret, deliveries })
  if (options.json) return terminal.json(made)
  if (kind === 'webhook' && secret === undefined && made.secret !== null) terminal.line(made.secret)
  terminal.note(`Added ${recipientName(made)}. Send it a test: keyferry alerts test '${recipientName(made)}'.`)
}

async function secretOf({ terminal }: Cli, kind: Kind, file: string | undefined): Promise<string | undefined> {
  if (file !== undefined) return (await fileText(file)).trim()
  return kind === 'pagerduty' ? askHidden(terminal, 'Integration key:') : undefined
}

async function openRecipient(cli: Cli, nameOrId: string) {
  const client = await connect(cli)
  const recipients = await client.notifications.list.query({})
  const recipient = named(
    recipients.map((one) => ({ id: one.id, name: recipientName(one) })),
    nameOrId,
    'recipient',
  )
  return { client, recipient }
}
