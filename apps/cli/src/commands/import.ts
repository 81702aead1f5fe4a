import { isKeyferryError, type KeyferryClient } from '@keyferry/client'
import { projectSlug } from '@keyferry/schemas'
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { findProject, withJson, type Cli, type JsonOption, type Project } from '../cli.ts'
import { EXIT, Failure, usageFailure } from '../failure.ts'
import { carryOut, isNothing, planMove } from '../infisical/move.ts'
import { readProject, signIn } from '../infisical/source.ts'
import { survey, type Remark } from '../infisical/survey.ts'
import { signedIn } from '../session/session.ts'
import { readSettings } from '../session/settings.ts'
import { askHidden, confirm } from '../terminal/terminal.ts'
import { asJson, differences, printPlan, printRemarks, total } from './import-report.ts'

interface Options extends JsonOption {
  siteUrl: string
  token?: string
  clientId?: string
  project: string
  environment?: string[]
  to?: string
  yes?: boolean
  dryRun?: boolean
}

export function addImport(program: Command, cli: Cli): void {
  const imports = program.command('import').description('Import from another secret store')

  withJson(imports.command('infisical'))
    .description(
      'Copy a project of an Infisical server: environments, folders, imports, secrets with comments, tags, metadata',
    )
    .requiredOption('--site-url <url>', 'the Infisical server')
    .option('--token <token>', 'an access token of it (default: INFISICAL_TOKEN)')
    .option(
      '--client-id <id>',
      'client ID for universal auth; the client secret is read from INFISICAL_CLIENT_SECRET, a prompt or stdin',
    )
    .requiredOption('--project <slug or id>', 'the project in Infisical')
    .option(
      '--environment <slug>',
      'only this environment; may be repeated',
      (slug: string, all: string[] | undefined) => [...(all ?? []), slug],
    )
    .option('--to <slug or id>', 'the Keyferry project, made when missing (default: the same slug)')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the plan')
    .action((options: Options) => move(cli, options))
}

async function move(cli: Cli, options: Options): Promise<void> {
  const { env, terminal } = cli
  const { url, client } = signedIn(env, await readSettings(env))
  const token = await tokenOf(cli, options)

  const source = await readProject({
    siteUrl: options.siteUrl,
    token,
    project: options.project,
    environments: options.environment ?? [],
    onProgress: (what) => terminal.progress(`Reading ${what}`),
  })
  terminal.progress('')
  const surveyed = survey(source)
  const slug = options.to ?? source.slug
  const project = await existing(client, slug)
  const problem = projectSlug.safeParse(slug).error?.issues[0]?.message
  // Under another slug a second run would not find what the first one made.
  if (!project && problem !== undefined)
    throw new Failure(`${slug} cannot be the slug of a project: ${problem}`, 'Pass --to with another one.')
  const plan = await planMove(client, project, surveyed)

  if (!options.json) {
    terminal.line(
      `${source.name} at ${options.siteUrl} -> ${project ? project.name : `new project ${source.name}`} at ${url}`,
    )
    printPlan(terminal, plan)
    printRemarks(terminal, 'Stays behind:', surveyed.left)
    printRemarks(terminal, 'Comes along, but:', surveyed.notes)
    printRemarks(terminal, 'Has another value here, which is kept:', differences(plan))
  }
  const nothing = isNothing(plan)
  const write = !options.dryRun && !nothing
  const left = [...surveyed.left]
  let unsendable: Remark[] = []
  if (write) {
    await confirm(terminal, options.yes, 'Copy it?')
    const { project: made, refused } = await carryOut(
      client,
      plan,
      {
        name: source.name.slice(0, 64),
        description: source.description,
        slug,
      },
      (what) => terminal.progress(`Writing ${what}`),
    )
    unsendable = await problemsIn(client, made, surveyed.folders)
    terminal.progress('')
    left.push(...refused)
    if (!options.json) {
      printRemarks(terminal, 'Refused:', refused)
      printRemarks(terminal, 'Cannot be sent anywhere yet:', unsendable)
      terminal.line(
        `Copied ${count(
          total(plan, ({ missing }) => missing.length) - refused.length,
          'secret',
        )} into ${made.name} (${made.slug}).`,
      )
    }
  } else if (!options.json) {
    terminal.line(nothing ? 'Everything already exists.' : 'Nothing was written.')
  }
  if (options.json) terminal.json(asJson(plan, { ...surveyed, left, unsendable, written: write }))
  if (left.length > 0) cli.exitWith(EXIT.failed)
}

async function tokenOf({ env, terminal }: Cli, { siteUrl, token, clientId }: Options): Promise<string> {
  if (clientId !== undefined) {
    if (token !== undefined) throw usageFailure('--token and --client-id exclude each other')
    return signIn(siteUrl, clientId, env['INFISICAL_CLIENT_SECRET'] || (await askHidden(terminal, 'Client secret:')))
  }
  const given = token ?? env['INFISICAL_TOKEN']
  if (!given)
    throw new Failure('No token for the Infisical server', 'Pass --token or --client-id, or set INFISICAL_TOKEN.')
  return given
}

async function existing(client: KeyferryClient, slugOrId: string): Promise<Project | null> {
  try {
    return await findProject(client, slugOrId)
  } catch (error) {
    if (isKeyferryError(error) && error.status === 404) return null
    throw error
  }
}

/** Secrets whose references lead nowhere now. */
async function problemsIn(
  client: KeyferryClient,
  { id: projectId }: Project,
  folders: readonly { environment: string; path: string }[],
): Promise<Remark[]> {
  const found: Remark[] = []
  for (const { environment, path } of folders) {
    const { rows } = await client.secrets.rows.query({ projectId, environment, secretPath: path })
    for (const { key, origin, problem } of rows)
      if (problem !== null && origin.kind === 'own') found.push({ environment, path, key, reason: problem })
  }
  return found
}
