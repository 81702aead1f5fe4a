/** Names of what exists, for the completion of a shell. */
import { Argument, type Command } from 'commander'
import { recipientName } from './alerts.ts'
import { sourceText } from './imports.ts'
import { connect, openPlace, openProject, withJson, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'

type Lookup = (cli: Cli, options: PlaceOptions) => Promise<readonly (string | null)[]>

const slugOf = ({ slug }: { slug: string }): string => slug
const nameOf = ({ name }: { name: string }): string => name

/** By the name that arguments have in the commands. */
const LOOKUPS = {
  project: async (cli) => (await (await connect(cli)).projects.list.query()).map(slugOf),
  environment: async (cli, options) => (await openProject(cli, options)).project.environments.map(slugOf),
  path: async (cli, options) => {
    const { client, place } = await openPlace(cli, options)
    return (await client.folders.list.query({ ...place, path: '/', recursive: true })).map(({ path }) => path)
  },
  folder: async (cli, options) => {
    const { client, place } = await openPlace(cli, options)
    return (await client.folders.list.query({ ...place, path: place.secretPath })).map(nameOf)
  },
  secret: async (cli, options) => {
    const { client, place } = await openPlace(cli, options)
    return (await client.secrets.rows.query(place)).rows.map(({ key }) => key)
  },
  tag: async (cli, options) => {
    const { client, project } = await openProject(cli, options)
    return (await client.tags.list.query({ projectId: project.id })).map(slugOf)
  },
  import: async (cli, options) => {
    const { client, place } = await openPlace(cli, options)
    return (await client.imports.list.query({ ...place, path: place.secretPath })).map(sourceText)
  },
  deleted: async (cli, options) => {
    const { client, place } = await openPlace(cli, options)
    const { secretPath, ...where } = place
    return (await client.history.trash.query(where)).filter((one) => one.secretPath === secretPath).map(nameOf)
  },
  'deleted-environment': async (cli, options) => {
    const { client, project } = await openProject(cli, options)
    return (await client.history.deletedEnvironments.query({ projectId: project.id })).map(slugOf)
  },
  recipient: async (cli) => (await (await connect(cli)).notifications.list.query({})).map(recipientName),
  sync: async (cli, options) => {
    const { client, project } = await openProject(cli, options)
    return (await client.syncs.list.query({ projectId: project.id })).map(nameOf)
  },
  connection: async (cli) => (await (await connect(cli)).connections.list.query()).map(nameOf),
  member: async (cli, options) => {
    const { client, project } = await openProject(cli, options)
    const members = await client.members.list.query({ projectId: project.id })
    return members.map(({ email, name }) => email ?? name)
  },
  machine: async (cli) => (await (await connect(cli)).identities.list.query()).map(nameOf),
  person: async (cli) => (await (await connect(cli)).people.list.query()).map(({ email }) => email),
  'api-key': async (cli) => (await (await connect(cli)).apiKeys.list.query()).map(nameOf),
} satisfies Record<string, Lookup>

const WHAT = Object.keys(LOOKUPS) as (keyof typeof LOOKUPS)[]
type What = (typeof WHAT)[number]

/** Options whose value is such a name. */
const OPTIONS: Readonly<Record<string, What>> = {
  '--project': 'project',
  '--env': 'environment',
  '--path': 'path',
  '--connection': 'connection',
}

/** What an argument or an option is the name of; null for anything else. */
export const isNameOf = (argumentOrOption: string): What | null =>
  OPTIONS[argumentOrOption] ?? WHAT.find((what) => what === argumentOrOption) ?? null

export const NAME_OPTIONS = Object.entries(OPTIONS)

export function addNames(program: Command, cli: Cli): void {
  withJson(program.command('names', { hidden: true }))
    .description('The names that a word of a command line can be, for completion')
    .addArgument(new Argument('<what>').choices(WHAT))
    .argument('[word...]', 'the command line so far, after --')
    .action((what: What, words: string[], options: JsonOption) => names(cli, what, words, options))
}

async function names(cli: Cli, what: What, words: readonly string[], { json }: JsonOption): Promise<void> {
  const valueOf = (option: string): string | undefined => {
    const at = words.lastIndexOf(option)
    return at === -1 ? undefined : words[at + 1]
  }
  const place = { project: valueOf('--project'), env: valueOf('--env'), path: valueOf('--path') }
  const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
  const found = [...new Set(await LOOKUPS[what](cli, given))].filter((name) => name !== null)
  if (json) return cli.terminal.json(found)
  for (const name of found) cli.terminal.line(name)
}
