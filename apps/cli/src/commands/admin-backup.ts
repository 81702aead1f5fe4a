/** Backups of the whole store, and what follows a restore. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { instanceEnv, withAdmin } from '../server/operator.ts'
import { confirm } from '../terminal/terminal.ts'

export function addBackup(admin: Command, cli: Cli): void {
  withJson(admin.command('backup'))
    .description('Write the whole store to a file, also while the instance serves; the root key is not in it')
    .argument('<file>')
    .action((file: string, options: JsonOption) => backup(cli, file, options))

  withJson(admin.command('restore'))
    .description('Replace the store of a stopped instance with a backup; the old store is kept next to it')
    .argument('<file>')
    .option('-y, --yes', 'do not ask')
    .option('--frozen', 'pause every sync until it is resumed, so that you see the plans first')
    .option('--unsealed', 'take a backup that does not say whether it was changed: one of an earlier version')
    .action((file: string, options: RestoreOptions) => restore(cli, file, options))

  withJson(admin.command('pause-syncs'))
    .description('Pause every sync until it is resumed; after a restore with pg_restore, for example')
    .requiredOption('--reason <text>', 'shown to everybody while it holds')
    .action((options: JsonOption & { reason: string }) => pauseSyncs(cli, options))

  withJson(admin.command('sign-backup'))
    .description('Sign a dump of Postgres, right after pg_dump wrote it; the signature is a file beside it')
    .argument('<file>')
    .action((file: string, options: JsonOption) => signBackup(cli, file, options))

  withJson(admin.command('verify-backup'))
    .description('Check that a backup or a signed dump is as it was written; needs the root key, and no store')
    .argument('<file>')
    .action((file: string, options: JsonOption) => verifyBackup(cli, file, options))
}

type RestoreOptions = JsonOption & { yes?: boolean; unsealed?: boolean; frozen?: boolean }

/** The server's code is loaded only when a command needs it. */
const verbs = () => import('@keyferry/core/verbs')

async function backup(cli: Cli, file: string, { json }: JsonOption): Promise<void> {
  const path = resolve(file)
  const bytes = await withAdmin(cli, async ({ perform }) => perform((await verbs()).storeVerbs.backup, { file: path }))
  if (json) cli.terminal.json({ file: path, bytes })
  else
    cli.terminal.line(
      `Wrote ${path} (${bytes} bytes). It contains names, email addresses and password hashes in plain text; values need the root key: keep the key elsewhere.`,
    )
}

async function signBackup(cli: Cli, file: string, { json }: JsonOption): Promise<void> {
  const dump = { file: resolve(file) }
  const signature = await withAdmin(cli, async ({ perform }) => perform((await verbs()).storeVerbs.signDump, dump))
  if (json) cli.terminal.json({ file: resolve(file), signature })
  else cli.terminal.line(`Wrote ${signature}. Keep it beside the dump.`)
}

async function verifyBackup(cli: Cli, file: string, { json }: JsonOption): Promise<void> {
  const { verifyBackup, settings } = await instanceEnv(cli)
  await verifyBackup(settings, resolve(file))
  if (json) cli.terminal.json({ file: resolve(file), whole: true })
  else cli.terminal.line(`${file} is as it was written.`)
}

async function restore(
  cli: Cli,
  file: string,
  { yes, unsealed = false, frozen = false, json }: RestoreOptions,
): Promise<void> {
  const { restoreBackup, settings } = await instanceEnv(cli)
  const question = `Replace the store in ${resolve(settings.KEYFERRY_DATA_DIR)} by ${file}?`
  const agreed = () => confirm(cli.terminal, yes, question)
  const kept = await restoreBackup(settings, resolve(file), { unsealed, frozen, agreed })
  if (json) cli.terminal.json({ restored: resolve(file), kept })
  else
    cli.terminal.line(
      `Restored ${file}.${kept === null ? '' : ` What was there is kept as ${kept}.`} Everybody has to sign in again.${frozen ? ' All syncs are paused: review their plans, then run keyferry syncs resume --all-projects.' : ''}`,
    )
}

async function pauseSyncs(cli: Cli, { reason, json }: JsonOption & { reason: string }): Promise<void> {
  const paused = await withAdmin(cli, async ({ perform }) => {
    return perform((await verbs()).pauseVerbs.pauseInstance, { reason })
  })
  if (json) cli.terminal.json(paused)
  else cli.terminal.line('All syncs are paused. To end it: keyferry syncs resume --all-projects')
}
