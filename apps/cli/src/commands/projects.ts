import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { connect, report, findProject, withJson, type Cli, type JsonOption } from '../cli.ts'
import { withDeletion, type DeleteOptions } from '../arguments/deleted-syncs.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'

const COLUMNS: Columns<Outputs['projects']['list'][number]> = {
  slug: ({ slug }) => slug,
  name: ({ name }) => name,
  environments: ({ environments }) => environments.map(({ slug }) => slug).join(', '),
  created: ({ createdAt }) => createdAt.slice(0, 10),
  note: ({ pending, description }) => pending ?? description,
}

interface Changes extends JsonOption {
  name?: string
  slug?: string
  description?: string
}

export function addProjects(program: Command, cli: Cli): void {
  const projects = program.command('projects').description('Projects')

  withListing(withJson(projects.command('list')), COLUMNS)
    .description('Every project that you are a member of')
    .action((options: ListOptions) => list(cli, options))

  withJson(projects.command('create'))
    .description('Create a project')
    .argument('<name>')
    .option('--slug <slug>', 'its name in URLs and commands (default: made of the name)')
    .option('--description <text>')
    .option('--no-environments', 'without the environments dev, staging and prod')
    .action((name: string, options: Changes & { environments: boolean }) => create(cli, name, options))

  withJson(projects.command('update'))
    .description('Change a project')
    .argument('<project>', 'its slug or id')
    .option('--name <name>')
    .option('--slug <slug>')
    .option('--description <text>')
    .action((project: string, options: Changes) => update(cli, project, options))

  withDeletion(withJson(projects.command('delete')))
    .description('Delete a project with everything in it; this cannot be undone')
    .argument('<project>', 'its slug or id')
    .action((project: string, options: DeleteOptions & JsonOption) => remove(cli, project, options))
}

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const client = await connect(cli)
  printList(cli.terminal, await client.projects.list.query(), { columns: COLUMNS, none: 'No projects.', ...options })
}

async function create(
  cli: Cli,
  name: string,
  { environments, json, slug, description }: Changes & { environments: boolean },
): Promise<void> {
  const client = await connect(cli)
  const project = await client.projects.create.mutate({
    name,
    slug,
    description,
    withDefaultEnvironments: environments,
  })
  report(cli, { json }, project, `Created ${project.name}: ${project.slug}.`)
}

async function update(cli: Cli, slugOrId: string, { json, ...changes }: Changes): Promise<void> {
  const client = await connect(cli)
  const { id: projectId } = await findProject(client, slugOrId)
  const project = await client.projects.update.mutate({ projectId, ...changes })
  report(cli, { json }, project, `Changed ${project.name}: ${project.slug}.`)
}

async function remove(cli: Cli, slugOrId: string, { json, syncs, yes }: DeleteOptions & JsonOption): Promise<void> {
  const client = await connect(cli)
  const { id: projectId, name } = await findProject(client, slugOrId)
  await confirm(cli.terminal, yes, `Delete the project ${name} with everything in it?`)
  const project = await client.projects.delete.mutate({ projectId, syncs })
  report(cli, { json }, project, project.pending ?? `Deleted ${name}.`)
}
