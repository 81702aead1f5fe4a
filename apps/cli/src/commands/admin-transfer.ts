/** A project as an encrypted file, and back. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exportProject as exporting, importStoredProject as importing } from '@keyferry/schemas'
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { Failure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { projectNamed, withAdmin } from '../server/operator.ts'
import { askHidden } from '../terminal/terminal.ts'

interface ImportOptions extends JsonOption {
  name?: string
  slug?: string
}

export function addTransfer(admin: Command, cli: Cli): void {
  withJson(admin.command('export-project'))
    .description('Write a project to a file, encrypted with the passphrase in KEYFERRY_PASSPHRASE or typed in')
    .argument('<file>')
    .requiredOption('--project <slug or id>', 'the project')
    .action((file: string, options: JsonOption & { project: string }) => exportProject(cli, file, options))

  withJson(admin.command('import-project'))
    .description('Make a new project out of such a file, all of it or nothing')
    .argument('<file>')
    .option('--name <name>', 'another name than the one in the file')
    .option('--slug <slug>', 'another slug than the one in the file')
    .action((file: string, options: ImportOptions) => importProject(cli, file, options))
}

async function exportProject(
  cli: Cli,
  file: string,
  { project: named, json }: JsonOption & { project: string },
): Promise<void> {
  const path = resolve(file)
  const taken = () => new Failure(`${path} exists already`, 'Name another file.')
  // Before the passphrase is typed in, and a key derived from it.
  if (existsSync(path)) throw taken()
  const passphrase = await passphraseOf(cli)
  if (!exporting.shape.passphrase.safeParse(passphrase).success)
    throw new Failure('The passphrase is too short', 'It has at least 12 characters.')
  const { secrets, slug } = await withAdmin(cli, async (admin) => {
    const { transferVerbs } = await import('@keyferry/vault/verbs')
    const { id: projectId, slug } = await projectNamed(admin, named)
    const exported = await admin.perform(transferVerbs.export, { projectId, passphrase })
    await writeFile(path, exported.file, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken() : error
    })
    return { ...exported, slug }
  })
  if (json) cli.terminal.json({ file: path, project: slug, secrets })
  else cli.terminal.line(`Wrote ${count(secrets, 'secret')} of ${slug} to ${path}.`)
}

async function importProject(cli: Cli, file: string, { name, slug, json }: ImportOptions): Promise<void> {
  const text = await fileText(resolve(file))
  const passphrase = await passphraseOf(cli)
  const { data: input, error } = importing.safeParse({ file: text, passphrase, projectName: name, slug })
  if (!input) throw new Failure(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  const project = await withAdmin(cli, async ({ perform }) => {
    const { transferVerbs } = await import('@keyferry/vault/verbs')
    return perform(transferVerbs.import, input)
  })
  if (json) cli.terminal.json({ id: project.id, name: project.name, slug: project.slug })
  else cli.terminal.line(`Made project ${project.name} (${project.slug}).`)
}

const passphraseOf = async ({ env, terminal }: Cli): Promise<string> =>
  env['KEYFERRY_PASSPHRASE'] || askHidden(terminal, 'Passphrase of the file:')
