import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { openPlace, report, withPlace, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { withDeletion, type DeleteOptions } from '../arguments/deleted-syncs.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'

type Options = PlaceOptions & JsonOption

const COLUMNS: Columns<Outputs['folders']['list'][number]> = {
  path: ({ path }) => path,
  secrets: ({ secretCount }) => secretCount,
  changed: ({ secretsChangedAt }) => secretsChangedAt?.slice(0, 10),
  note: ({ pending, description }) => pending ?? description,
}

export function addFolders(program: Command, cli: Cli): void {
  const folders = program.command('folders').description('The folders of an environment')

  withListing(withPlace(folders.command('list')), COLUMNS)
    .description('The folders in a folder')
    .option('--recursive', 'those in them, too')
    .action(async ({ recursive, ...options }: Options & ListOptions & { recursive?: boolean }) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath: path, ...where } = place
      const rows = await client.folders.list.query({ ...where, path, recursive })
      printList(cli.terminal, rows, {
        columns: COLUMNS,
        none: `No folders in ${where.environment}:${path}.`,
        ...options,
      })
    })

  withPlace(folders.command('create'))
    .description('Create a folder in --path')
    .argument('<name>')
    .option('--description <text>')
    .action(async (name: string, { description, ...options }: Options & { description?: string }) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath: path, ...where } = place
      const made = await client.folders.create.mutate({ ...where, path, name, description })
      report(cli, options, made, `Created ${where.environment}:${made.path}.`)
    })

  withPlace(folders.command('rename'))
    .description('Rename a folder of --path')
    .argument('<folder>', 'its name')
    .argument('<name>', 'its new name')
    .action(async (folder: string, name: string, options: Options) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath: path, ...where } = place
      const { id: folderId } = await client.folders.byPath.query({ ...where, path: `${path}/${folder}` })
      const renamed = await client.folders.update.mutate({ ...where, path, folderId, name })
      report(cli, options, renamed, `Renamed ${folder} to ${name}.`)
    })

  withDeletion(withPlace(folders.command('delete')))
    .description('Delete a folder of --path with everything in it; it can be restored from the trash')
    .argument('<folder>', 'its name')
    .action(async (folder: string, { syncs, yes, ...options }: Options & DeleteOptions) => {
      const { client, place } = await openPlace(cli, options)
      const { secretPath: path, ...where } = place
      await confirm(cli.terminal, yes, `Delete ${folder} in ${where.environment}:${path} with everything in it?`)
      const deleted = await client.folders.delete.mutate({ ...where, path, folderIdOrName: folder, syncs })
      report(cli, options, deleted, deleted.pending ?? `Deleted ${folder}.`)
    })
}
