/** What happened to syncs, for the person who is signed in: what the bell of the console shows. */
import type { Outputs } from '@keyferry/client'
import { setNotificationPreferences } from '@keyferry/schemas'
import type { Command } from 'commander'
import { connect, report, withJson, type Cli, type JsonOption } from '../cli.ts'
import { fieldsOf, refuseUnknownFields } from '../arguments/fields.ts'
import { wholeNumber } from '../terminal/listing.ts'

type Preferences = Outputs['inbox']['preferences']

interface ListedOptions extends JsonOption {
  limit: number
  before?: string
}

export function addNotifications(program: Command, cli: Cli): void {
  const notifications = program.command('notifications').description('What happened to the syncs that you can see')

  withJson(notifications.command('list'))
    .description('Newest first, a page at a time')
    .option('--limit <number>', 'at most so many, up to 100', wholeNumber(1, 100), 30)
    .option('--before <cursor>', 'the page that the one before named')
    .action((options: ListedOptions) => list(cli, options))

  withJson(notifications.command('read'))
    .description('Mark all as read')
    .action(async (options: JsonOption) => {
      const client = await connect(cli)
      const { notifications: newest } = await client.inbox.list.query({ limit: 1 })
      const upTo = newest[0]?.at ?? new Date().toISOString()
      report(cli, options, await client.inbox.markRead.mutate({ upTo }), 'Marked as read.')
    })

  withJson(notifications.command('preferences'))
    .description('Show or change which of them you get, and which by email')
    .argument('[kind=delivery...]', 'such as failed=mail recovered=none; a delivery is none, console or mail')
    .action((changes: string[], options: JsonOption) => preferences(cli, changes, options))
}

async function list(cli: Cli, { limit, before, json }: ListedOptions): Promise<void> {
  const { terminal } = cli
  const client = await connect(cli)
  const page = await client.inbox.list.query({ limit, before })
  if (json) return terminal.json(page)
  if (page.notifications.length === 0) return terminal.note('No notifications.')
  terminal.table(
    ['', 'AT', 'PROJECT', 'SYNC', 'WHAT'],
    page.notifications.map(({ unread, at, project, sync, message }) => [
      unread ? '*' : '',
      at,
      project.name,
      sync.name,
      message.replaceAll(/\s+/g, ' '),
    ]),
  )
  if (page.next !== null) terminal.note(`Older ones: --before ${page.next}`)
}

function preferencesIn(changes: readonly string[]): Record<string, unknown> {
  const chosen = fieldsOf(changes)
  refuseUnknownFields(chosen, Object.keys(setNotificationPreferences.shape))
  return chosen
}

async function preferences(cli: Cli, changes: readonly string[], { json }: JsonOption): Promise<void> {
  const { terminal } = cli
  const client = await connect(cli)
  const now: Preferences =
    changes.length === 0
      ? await client.inbox.preferences.query()
      : // The server checks the values.
        await client.inbox.setPreferences.mutate(preferencesIn(changes))
  if (json) return terminal.json(now)
  const { canMail, ...kinds } = now
  terminal.table(['KIND', 'DELIVERY'], Object.entries(kinds))
  if (!canMail) terminal.note('Email is not set up: `mail` shows them in the console only.')
}
