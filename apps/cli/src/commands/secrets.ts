import { writeFile } from 'node:fs/promises'
import type { Outputs } from '@keyferry/client'
import { count } from '@keyferry/schemas/count'
import { Option, type Command } from 'commander'
import { openPlace, withPlace, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { FORMAT_NAMES, formatted, isEnvironment, type FormatName } from '../export/formats.ts'
import { maskCommands } from '../export/github-actions.ts'
import { Failure, usageFailure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'
import { refuseUnsafeNames } from '../programs/unsafe-names.ts'
import { valuesOf } from '../programs/values.ts'
import { addSecretTags } from './secret-tags.ts'

type Options = PlaceOptions & JsonOption

const COLUMNS: Columns<Outputs['secrets']['rows']['rows'][number]> = {
  name: ({ key }) => key,
  'imported-from': ({ origin }) => (origin.kind === 'own' ? '' : `${origin.environment}:${origin.secretPath}`),
  version: ({ version }) => version,
  changed: ({ updatedAt }) => updatedAt.slice(0, 10),
  tags: ({ tags }) => tags.map(({ slug }) => slug).join(', '),
  note: ({ problem, comment }) => problem ?? comment,
}

export function addSecrets(program: Command, cli: Cli): void {
  const secrets = program.command('secrets').description('The secrets of a folder')

  withListing(withPlace(secrets.command('list')), COLUMNS)
    .description('Names, never values')
    .action((options: Options & ListOptions) => list(cli, options))

  withPlace(secrets.command('get'))
    .description('Print one value, byte for byte')
    .argument('<secret>', 'its name')
    .option('--expand', 'replace references by what they name')
    .action((name: string, options: Options & { expand?: boolean }) => get(cli, name, options))

  withPlace(secrets.command('set'))
    .description('Write values: NAME=VALUE …, or one NAME whose value comes from --file or stdin')
    .argument('<assignment...>')
    .option('--file <file>', 'the value, byte for byte')
    .option('--comment <text>', 'a comment for it')
    .option('--literal', 'references in it are text (--no-literal: they are references again)')
    .option('--no-literal')
    .action((assignments: string[], options: Options & SetOptions) => set(cli, assignments, options))

  withPlace(secrets.command('delete'))
    .description('Delete secrets')
    .argument('<secret...>', 'names')
    .option('-y, --yes', 'do not ask')
    .action((names: string[], options: Options & { yes?: boolean }) => remove(cli, names, options))

  withPlace(secrets.command('import'))
    .description('Import a .env file, after showing the changes')
    .argument('<file>', '- is stdin')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the changes')
    .action((file: string, options: Options & { yes?: boolean; dryRun?: boolean }) => take(cli, file, options))

  withPlace(secrets.command('export'))
    .description('Print all values, with imports and references resolved')
    .addOption(new Option('--format <format>', 'how').choices(FORMAT_NAMES).default('dotenv'))
    .option('--raw', 'don’t resolve references')
    .option('--base64', 'write a value that the format can’t represent as base64, as NAME_BASE64')
    .option('--output <file>', 'write a file that only you can read, instead of stdout')
    .option('--allow-unsafe <name...>', 'export these names, although they can change what code runs')
    .action((options: Options & ExportOptions) => give(cli, options))

  addSecretTags(secrets, cli)
}

async function list(cli: Cli, options: Options & ListOptions): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  const { rows } = await client.secrets.rows.query(place)
  const none = `No secrets in ${place.environment}:${place.secretPath}.`
  printList(cli.terminal, rows, { columns: COLUMNS, none, ...options })
}

async function get(
  cli: Cli,
  key: string,
  { expand = false, ...options }: Options & { expand?: boolean },
): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  const secret = await client.secrets.get.query({
    ...place,
    key,
    includeImports: true,
    expandReferences: expand,
  })
  if (secret.value === null)
    throw new Failure(
      `You don’t have access to the value of ${key}`,
      'Ask an admin of the project for the developer role.',
    )
  if (options.json) return cli.terminal.json({ name: secret.key, value: secret.value, version: secret.version })
  cli.terminal.exactly(secret.value)
  // On a terminal the prompt would follow on the same line.
  if (cli.terminal.stdoutIsTerminal) cli.terminal.line()
}

interface SetOptions {
  file?: string
  comment?: string
  literal?: boolean
}

async function set(
  cli: Cli,
  assignments: readonly string[],
  { file, comment, literal, ...options }: Options & SetOptions,
): Promise<void> {
  const values = await assigned(cli, assignments, file)
  const { client, place } = await openPlace(cli, options)
  const secrets = [...values].map(([key, value]) => ({
    key,
    value,
    ...(comment === undefined ? {} : { comment }),
    ...(literal === undefined ? {} : { isLiteral: literal }),
  }))
  const written = await client.secrets.updateMany.mutate({ ...place, mode: 'upsert', secrets })
  if (options.json) cli.terminal.json(written.map(({ key, version }) => ({ name: key, version })))
  else cli.terminal.note(`Set ${[...values.keys()].join(', ')} in ${place.environment}:${place.secretPath}.`)
}

async function assigned(
  cli: Cli,
  assignments: readonly string[],
  file: string | undefined,
): Promise<Map<string, string>> {
  const [only = ''] = assignments
  if (assignments.length === 1 && !only.includes('=')) return new Map([[only, await oneValue(cli, only, file)]])
  if (file !== undefined) throw usageFailure('--file gives the value of one NAME', 'Name one secret, without =VALUE.')
  const values = new Map<string, string>()
  for (const assignment of assignments) {
    const at = assignment.indexOf('=')
    // The text itself may be a piece of a secret.
    if (at < 1)
      throw usageFailure('Several secrets are set as NAME=VALUE each', 'Quote values with blanks: NAME="a b".')
    const name = assignment.slice(0, at)
    if (values.has(name)) throw usageFailure(`${name} is set twice`, 'Pass each name once.')
    values.set(name, assignment.slice(at + 1))
  }
  return values
}

async function oneValue({ terminal }: Cli, name: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return fileText(file)
  if (terminal.interactive) return terminal.ask(`Value of ${name}:`, '', true)
  const input = await terminal.input()
  // A job without stdin would store an empty value in place of the one that it was meant to get.
  if (input === '')
    throw new Failure(`stdin is empty: there is no value for ${name}`, `Set it to nothing with ${name}=.`)
  // What most commands print ends with a newline that is not part of the value.
  return input.replace(/\r?\n$/, '')
}

async function remove(
  cli: Cli,
  names: readonly string[],
  { yes, ...options }: Options & { yes?: boolean },
): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  await confirm(cli.terminal, yes, `Delete ${names.join(', ')} from ${place.environment}:${place.secretPath}?`)
  const secrets = names.map((key) => ({ key }))
  const deleted = await client.secrets.deleteMany.mutate({ ...place, secrets })
  if (options.json) cli.terminal.json(deleted.map(({ key }) => ({ name: key })))
  else cli.terminal.note(`Deleted ${count(deleted.length, 'secret')}.`)
}

const SIGNS = { add: '+', change: '~', keep: '=' } as const
const COLOURS = { add: 'green', change: 'yellow', keep: 'gray' } as const

async function take(
  cli: Cli,
  file: string,
  { yes, dryRun, ...options }: Options & { yes?: boolean; dryRun?: boolean },
): Promise<void> {
  const { terminal } = cli
  if (file === '-' && !yes && !dryRun)
    throw usageFailure('A file from stdin leaves nothing to ask with', 'Pass --yes or --dry-run.')
  const content = file === '-' ? await terminal.input() : await fileText(file)
  const { client, place } = await openPlace(cli, options)
  const preview = await client.secrets.paste.mutate({ ...place, content, dryRun: true })
  const { added, changed, unchanged, refused, lines } = preview
  const nothing = added.length + changed.length === 0
  if (!options.json) {
    for (const { action, key, bytes, notes } of lines) {
      if (action !== 'keep' || notes.length > 0)
        terminal.line(`${SIGNS[action]} ${key} (${count(bytes, 'byte')})`, COLOURS[action])
      for (const { message } of notes) terminal.line(`    ${message}`)
    }
    for (const { key, reason } of refused) terminal.line(`! ${key}: ${reason}`, 'red')
    terminal.line(
      `${added.length} to add, ${changed.length} to change, ${unchanged.length} unchanged, ${refused.length} refused.`,
    )
  }
  const write = !dryRun && !nothing
  if (write) {
    await confirm(terminal, yes, `Write them to ${place.environment}:${place.secretPath}?`)
    await client.secrets.paste.mutate({ ...place, content })
  }
  if (options.json) terminal.json({ ...preview, written: write })
  else if (write) terminal.note('Written.')
  if (refused.length > 0) cli.exitWith(1)
}

interface ExportOptions {
  format: FormatName | 'json'
  raw?: boolean
  base64?: boolean
  output?: string
  allowUnsafe?: string[]
}

async function give(
  cli: Cli,
  { format: named, raw = false, base64, output, allowUnsafe = [], ...options }: Options & ExportOptions,
): Promise<void> {
  const format = options.json === true ? 'json' : named
  const { terminal, env } = cli
  // Each job has a file of its own, which its steps add to.
  const jobFile = format === 'github-actions' && output === undefined ? env['GITHUB_ENV'] : undefined
  if (format === 'github-actions' && output === undefined && !jobFile)
    throw new Failure('There is no GITHUB_ENV to write to', 'Run it in a step of a workflow, or pass --output.')
  const { client, place } = await openPlace(cli, options)
  const values = await valuesOf(client, place, !raw)
  if (isEnvironment(format)) refuseUnsafeNames(values.keys(), allowUnsafe)
  const text = formatted(format, values, base64)
  // The runner has to hide them before anything can print them.
  if (format === 'github-actions') terminal.exactly([...values.values()].map(maskCommands).join(''))
  const file = output ?? jobFile
  if (file === undefined) return terminal.exactly(text)
  await writeFile(file, text, { mode: 0o600, flag: jobFile ? 'a' : 'wx' }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new Failure(`${file} already exists`, 'Remove it first, or name another file.')
    throw error
  })
  terminal.note(`Wrote ${count(values.size, 'secret')} to ${file}.`)
}
