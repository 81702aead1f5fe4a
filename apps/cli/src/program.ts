import { withSecrets } from '@keyferry/runtime/secret-settings'
import { Command, CommanderError } from 'commander'
import manifest from '../../../package.json' with { type: 'json' }
import type { Cli } from './cli.ts'
import { addAccount } from './commands/account.ts'
import { addAlerts } from './commands/alerts.ts'
import { addAdmin } from './commands/admin.ts'
import { addApi } from './commands/api.ts'
import { addAudit } from './commands/audit.ts'
import { addCompletion } from './commands/completion.ts'
import { addConnections } from './commands/connections.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEnvironments } from './commands/environments.ts'
import { addFolders } from './commands/folders.ts'
import { addImport } from './commands/import.ts'
import { addImports } from './commands/imports.ts'
import { addKeys } from './commands/keys.ts'
import { addMachines } from './commands/machines.ts'
import { addMembers } from './commands/members.ts'
import { addNames } from './commands/names.ts'
import { addNotifications } from './commands/notifications.ts'
import { addPeople } from './commands/people.ts'
import { addProjects } from './commands/projects.ts'
import { addRun } from './commands/run.ts'
import { addSecrets } from './commands/secrets.ts'
import { addStart } from './commands/start.ts'
import { addSyncs } from './commands/syncs.ts'
import { addTags } from './commands/tags.ts'
import { addTrash } from './commands/trash.ts'
import { addWhere } from './commands/where.ts'
import { EXIT, explain } from './failure.ts'
import type { Env } from './session/settings.ts'
import { terminalOf, type Terminal } from './terminal/terminal.ts'

/** Each has a `…_FILE` form. Those of the instance are read where its settings are. */
const SECRETS = ['KEYFERRY_TOKEN', 'KEYFERRY_PASSPHRASE', 'INFISICAL_TOKEN', 'INFISICAL_CLIENT_SECRET'].map((name) => ({
  name,
}))

/** Runs one command line. Resolves to the exit code, never throws. */
export async function run(
  args: readonly string[],
  env: Env,
  streams: Parameters<typeof terminalOf>[0],
): Promise<number> {
  let exitCode: number = EXIT.done
  const terminal = terminalOf(streams)
  let withFiles
  try {
    withFiles = withSecrets(env, SECRETS)
  } catch (error) {
    return tell(terminal, error, asksForJson(args))
  }
  const cli: Cli = {
    env: withFiles,
    terminal,
    exitWith(code) {
      exitCode = code
    },
  }
  try {
    await programOf(cli, asksForJson(args)).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    terminal.progress('')
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done
      // Otherwise commander has said it already.
      if (asksForJson(args)) tellJson(terminal, { message: error.message, code: 'Usage', remedy: null })
      return EXIT.usage
    }
    return tell(terminal, error, asksForJson(args))
  }
}

/** `json`: what is wrong with the command line is not said as text. */
export function programOf(cli: Cli, json = false): Command {
  const program = new Command('keyferry')
    .description('Secrets of a Keyferry instance, on the command line')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.terminal.exactly(text),
      writeErr: (text) => {
        if (!json) for (const line of text.replace(/\n$/, '').split('\n')) cli.terminal.note(line)
      },
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it takes)')
  for (const add of [
    addStart,
    addAccount,
    addProjects,
    addEnvironments,
    addFolders,
    addImports,
    addSecrets,
    addTags,
    addTrash,
    addRun,
    addSyncs,
    addWhere,
    addConnections,
    addMembers,
    addMachines,
    addKeys,
    addPeople,
    addAlerts,
    addNotifications,
    addAudit,
    addApi,
    addImport,
    addDoctor,
    addAdmin,
    addNames,
    addCompletion,
  ])
    add(program, cli)
  return program
}

const asksForJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

const tellJson = (terminal: Terminal, error: unknown): void => terminal.note(JSON.stringify({ error }))

function tell(terminal: Terminal, error: unknown, json: boolean): number {
  const { exitCode, ...explained } = explain(error)
  if (json) {
    tellJson(terminal, explained)
    return exitCode
  }
  terminal.note(`error: ${explained.message}`)
  if (explained.remedy !== null) terminal.note(`  ${explained.remedy}`)
  return exitCode
}
