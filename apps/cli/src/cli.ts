/** What every command gets, and the options that most of them share. */
import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { Failure } from './failure.ts'
import { signedIn } from './session/session.ts'
import { readSettings, type Env } from './session/settings.ts'
import type { Terminal } from './terminal/terminal.ts'

export interface Cli {
  env: Env
  terminal: Terminal
  /** The command ends with this unless it throws. */
  exitWith(code: number): void
}

export interface Place {
  projectId: string
  environment: string
  secretPath: string
}

export interface PlaceOptions {
  project?: string
  env?: string
  path?: string
}

export interface JsonOption {
  json?: boolean
}

export type Project = Outputs['projects']['get']

export const withJson = (command: Command): Command => command.option('--json', 'print JSON')
export const withProject = (command: Command): Command =>
  withJson(command).option('--project <slug or id>', 'the project (default: that of `keyferry use`)')
export const withPlace = (command: Command): Command =>
  withProject(command)
    .option('--env <slug>', 'the environment (default: that of `keyferry use`)')
    .option('--path <path>', 'the folder', '/')

export async function connect({ env }: Cli): Promise<KeyferryClient> {
  return signedIn(env, await readSettings(env)).client
}

export async function openProject(
  cli: Cli,
  { project: named }: PlaceOptions,
): Promise<{ client: KeyferryClient; project: Project }> {
  const settings = await readSettings(cli.env)
  const { client } = signedIn(cli.env, settings)
  const wanted = named ?? settings.project
  if (wanted === undefined)
    throw new Failure('No project', 'Pass --project, or choose one with `keyferry use <project>`.')
  return { client, project: await findProject(client, wanted) }
}

export async function openPlace(
  cli: Cli,
  options: PlaceOptions,
): Promise<{ client: KeyferryClient; project: Project; place: Place }> {
  const { client, project } = await openProject(cli, options)
  const { project: remembered, environment } = await readSettings(cli.env)
  const ours = options.project === undefined || options.project === remembered
  const slug = options.env ?? (ours ? environment : undefined)
  const known = project.environments.map(({ slug }) => slug)
  if (slug === undefined || !known.includes(slug)) {
    throw new Failure(
      slug === undefined ? 'No environment' : `There is no environment ${slug} in ${project.name}`,
      `Pass --env with one of ${known.join(', ')}.`,
    )
  }
  return { client, project, place: { projectId: project.id, environment: slug, secretPath: options.path ?? '/' } }
}

/** What a command changed: as JSON, or said beside the result. */
export const report = ({ terminal }: Cli, { json }: JsonOption, changed: unknown, text: string): void =>
  json ? terminal.json(changed) : terminal.note(text)

/** What a restore left out, as a sentence of its own. */
export const withoutText = (leftOut: readonly string[]): string =>
  leftOut.length === 0 ? '' : ` Not restored: ${leftOut.join(', ')}.`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const findProject = (client: KeyferryClient, slugOrId: string): Promise<Project> =>
  UUID.test(slugOrId)
    ? client.projects.get.query({ projectId: slugOrId })
    : client.projects.bySlug.query({ slug: slugOrId })

/** The one of `things` that has this name or id. Throws `Failure` with the names there are. */
export function named<T extends { id: string; name: string }>(things: readonly T[], nameOrId: string, what: string): T {
  const found = things.filter((thing) => thing.id === nameOrId || thing.name === nameOrId)
  const [only] = found
  if (only && found.length === 1) return only
  const names = things.map(({ name }) => name).join(', ')
  throw new Failure(
    only ? `There are ${found.length} ${what}s with the name ${nameOrId}` : `There is no ${what} ${nameOrId}`,
    only ? `Name it by its id: ${found.map(({ id }) => id).join(', ')}.` : names ? `There are: ${names}.` : null,
  )
}
