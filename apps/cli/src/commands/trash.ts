import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import {
  named,
  openPlace,
  report,
  withoutText,
  withPlace,
  type Cli,
  type JsonOption,
  type PlaceOptions,
} from '../cli.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'

type Options = PlaceOptions & JsonOption

const COLUMNS: Columns<Outputs['history']['trash'][number]> = {
  name: ({ name }) => name,
  kind: ({ kind }) => kind,
  folder: ({ secretPath }) => secretPath,
  secrets: ({ secrets }) => secrets,
  deleted: ({ deletedAt }) => deletedAt,
  by: ({ deletedBy }) => deletedBy,
  until: ({ expiresAt }) => expiresAt.slice(0, 10),
  id: ({ id }) => id,
}

export function addTrash(program: Command, cli: Cli): void {
  const trash = program.command('trash').description('Deleted secrets and folders that can be restored')

  withListing(withPlace(trash.command('list')), COLUMNS)
    .description('What was deleted in an environment, in the folder at --path and below')
    .action(async (options: Options & ListOptions) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath, ...where } = place
      const below = secretPath.endsWith('/') ? secretPath : `${secretPath}/`
      const all = await client.history.trash.query(where)
      const rows = all.filter(({ secretPath: path }) => path === secretPath || path.startsWith(below))
      const none = `Nothing deleted in ${where.environment}:${secretPath}.`
      printList(cli.terminal, rows, { columns: COLUMNS, none, ...options })
    })

  withPlace(trash.command('restore'))
    .description('Restore a secret or folder that was deleted from the folder at --path')
    .argument('<deleted>', 'its name or id')
    .action(async (nameOrId: string, options: Options) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath, ...where } = place
      const all = await client.history.trash.query(where)
      const found = named(
        all.filter((one) => one.secretPath === secretPath || one.id === nameOrId),
        nameOrId,
        'deleted item',
      )
      const restored = await client.history.restore.mutate({ ...where, trashId: found.id })
      const { environment, secretPath: path, name, leftOut } = restored
      report(cli, options, restored, `Restored ${name} in ${environment}:${path}.${withoutText(leftOut)}`)
    })
}
