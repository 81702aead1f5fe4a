import type { Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import {
  named,
  openProject,
  report,
  withoutText,
  withProject,
  type Cli,
  type JsonOption,
  type PlaceOptions,
  type Project,
} from '../cli.ts'
import { withDeletion, type DeleteOptions } from '../arguments/deleted-syncs.ts'
import { Failure } from '../failure.ts'
import { printList, wholeNumber, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'

type Environment = Project['environments'][number]
type Options = PlaceOptions & JsonOption

const COLUMNS: Columns<Environment> = {
  slug: ({ slug }) => slug,
  name: ({ name }) => name,
  position: ({ position }) => position,
  note: ({ pending }) => pending,
}

type DeletedEnvironment = Outputs['history']['deletedEnvironments'][number]

const DELETED_COLUMNS: Columns<DeletedEnvironment> = {
  slug: ({ slug }) => slug,
  secrets: ({ secrets }) => secrets,
  deleted: ({ deletedAt }) => deletedAt,
  by: ({ deletedBy }) => deletedBy,
  until: ({ expiresAt }) => expiresAt.slice(0, 10),
  id: ({ id }) => id,
}

interface Changes {
  name?: string
  slug?: string
  position?: number
}

export function addEnvironments(program: Command, cli: Cli): void {
  const environments = program.command('environments').description('The environments of a project')

  withListing(withProject(environments.command('list')), COLUMNS)
    .description('The environments of a project')
    .action(async (options: Options & ListOptions) => {
      const { project } = await openProject(cli, options)
      printList(cli.terminal, project.environments, { columns: COLUMNS, none: 'No environments.', ...options })
    })

  withProject(environments.command('create'))
    .description('Create an environment')
    .argument('<slug>', 'its name in references, URLs and commands')
    .option('--name <name>', 'as people see it (default: the slug)')
    .option('--position <number>', 'among the others, from 1', wholeNumber(1))
    .action(async (slug: string, { name = slug, position, ...options }: Options & Changes) => {
      const { client, project } = await openProject(cli, options)
      const made = await client.environments.create.mutate({ projectId: project.id, slug, name, position })
      report(cli, options, made, `Created ${slug} in ${project.name}.`)
    })

  withProject(environments.command('update'))
    .description('Change an environment')
    .argument('<environment>', 'its slug')
    .option('--name <name>')
    .option('--slug <slug>')
    .option('--position <number>', 'among the others, from 1', wholeNumber(1))
    .action(async (environment: string, { name, slug, position, ...options }: Options & Changes) => {
      const { client, project } = await openProject(cli, options)
      const { id: environmentId } = environmentOf(project, environment)
      const input = { projectId: project.id, environmentId, name, slug, position }
      report(cli, options, await client.environments.update.mutate(input), `Changed ${environment}.`)
    })

  withDeletion(withProject(environments.command('delete')))
    .description('Delete an environment with everything in it')
    .argument('<environment>', 'its slug')
    .action(async (environment: string, { syncs, yes, ...options }: Options & DeleteOptions) => {
      const { client, project } = await openProject(cli, options)
      const { id: environmentId } = environmentOf(project, environment)
      await confirm(cli.terminal, yes, `Delete ${environment} of ${project.name} with everything in it?`)
      const deleted = await client.environments.delete.mutate({ projectId: project.id, environmentId, syncs })
      report(cli, options, deleted, deleted.pending ?? `Deleted ${environment}.`)
    })

  withListing(withProject(environments.command('deleted')), DELETED_COLUMNS)
    .description('Deleted environments that can be restored')
    .action(async (options: Options & ListOptions) => {
      const { client, project } = await openProject(cli, options)
      const rows = await client.history.deletedEnvironments.query({ projectId: project.id })
      printList(cli.terminal, rows, { columns: DELETED_COLUMNS, none: 'No deleted environments.', ...options })
    })

  withProject(environments.command('restore'))
    .description('Restore a deleted environment with everything in it; its syncs do not come back')
    .argument('<deleted-environment>', 'its slug or id')
    .action(async (slugOrId: string, options: Options) => {
      const { client, project } = await openProject(cli, options)
      const ref = { projectId: project.id }
      const deleted = await client.history.deletedEnvironments.query(ref)
      const { id: trashId } = named(
        deleted.map(({ id, slug }) => ({ id, name: slug })),
        slugOrId,
        'deleted environment',
      )
      const restored = await client.history.restoreEnvironment.mutate({ ...ref, trashId })
      report(cli, options, restored, `Restored ${restored.environment.slug}.${withoutText(restored.leftOut)}`)
    })
}

function environmentOf({ environments, name }: Project, slug: string): Environment {
  const found = environments.find((environment) => environment.slug === slug)
  if (found) return found
  const known = environments.map((environment) => environment.slug).join(', ')
  throw new Failure(`There is no environment ${slug} in ${name}`, `There are: ${known}.`)
}
