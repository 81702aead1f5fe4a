import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { openProject, report, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { tagOf } from '../arguments/tags.ts'
import { confirm } from '../terminal/terminal.ts'

type Options = PlaceOptions & JsonOption
type Tag = Outputs['tags']['list'][number]

const COLUMNS: Columns<Tag> = {
  slug: ({ slug }) => slug,
  name: ({ name }) => name,
  color: ({ color }) => color,
}

interface Changes {
  name?: string
  slug?: string
  color?: string
}

export function addTags(program: Command, cli: Cli): void {
  const tags = program.command('tags').description('The tags of a project; `keyferry secrets tag` puts them on secrets')

  withListing(withProject(tags.command('list')), COLUMNS)
    .description('The tags of a project')
    .action(async (options: Options & ListOptions) => {
      const { client, project } = await openProject(cli, options)
      const rows = await client.tags.list.query({ projectId: project.id })
      printList(cli.terminal, rows, { columns: COLUMNS, none: `${project.name} has no tags.`, ...options })
    })

  withProject(tags.command('create'))
    .description('Create a tag')
    .argument('<slug>')
    .option('--name <name>', 'as people see it (default: the slug)')
    .option('--color <color>', 'such as #cc3300')
    .action(async (slug: string, { name, color, ...options }: Options & Changes) => {
      const { client, project } = await openProject(cli, options)
      const made = await client.tags.create.mutate({ projectId: project.id, slug, name, color })
      report(cli, options, made, `Created ${slug} in ${project.name}.`)
    })

  withProject(tags.command('update'))
    .description('Change a tag')
    .argument('<tag>', 'its slug')
    .option('--name <name>')
    .option('--slug <slug>')
    .option('--color <color>')
    .action(async (tag: string, { name, slug, color, ...options }: Options & Changes) => {
      const { client, ref } = await openTag(cli, tag, options)
      report(cli, options, await client.tags.update.mutate({ ...ref, name, slug, color }), `Changed ${tag}.`)
    })

  withProject(tags.command('delete'))
    .description('Delete a tag; the secrets that have it stay')
    .argument('<tag>', 'its slug')
    .option('-y, --yes', 'do not ask')
    .action(async (tag: string, { yes, ...options }: Options & { yes?: boolean }) => {
      const { client, ref } = await openTag(cli, tag, options)
      await confirm(cli.terminal, yes, `Delete the tag ${tag}? Secrets lose it.`)
      report(cli, options, await client.tags.delete.mutate(ref), `Deleted ${tag}.`)
    })
}

async function openTag(
  cli: Cli,
  slug: string,
  options: Options,
): Promise<{ client: KeyferryClient; ref: { projectId: string; tagId: string } }> {
  const { client, project } = await openProject(cli, options)
  const { id: tagId } = tagOf(await client.tags.list.query({ projectId: project.id }), slug)
  return { client, ref: { projectId: project.id, tagId } }
}
