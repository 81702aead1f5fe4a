import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import type { Cli } from './cli.ts'
import { addAdmin } from './commands/admin.ts'
import { addAccount } from './commands/account.ts'
import { addCompletion } from './commands/completion.ts'
import { addConnections } from './commands/connections.ts'
import { addImport } from './commands/import.ts'
import { addRun } from './commands/run.ts'
import { addSecrets } from './commands/secrets.ts'
import { addSyncs } from './commands/syncs.ts'
import { EXIT, explain } from './failure.ts'
import type { Env } from './settings.ts'
import { terminalOf, type Terminal } from './terminal.ts'

/** Runs one command line. Resolves to the exit code, never throws. */
export async function run(
  args: readonly string[],
  env: Env,
  streams: Parameters<typeof terminalOf>[0],
): Promise<number> {
  let exitCode: number = EXIT.done
  const terminal = terminalOf(streams)
  const cli: Cli = {
    env,
    terminal,
    exitWith(code) {
      exitCode = code
    },
  }
  try {
    await programOf(cli).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    terminal.progress('')
    // commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    return tell(terminal, error, asksForJson(args))
  }
}

export function programOf(cli: Cli): Command {
  const program = new Command('keyferry')
    .description('Secrets of a Keyferry instance, on the command line')
    .version(manifest.version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what it takes)')
  for (const add of [addAccount, addSecrets, addRun, addSyncs, addConnections, addImport, addAdmin, addCompletion])
    add(program, cli)
  return program
}

const asksForJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

function tell(terminal: Terminal, error: unknown, json: boolean): number {
  const { exitCode, ...explained } = explain(error)
  if (json) {
    terminal.note(JSON.stringify({ error: explained }))
    return exitCode
  }
  terminal.note(`error: ${explained.message}`)
  if (explained.remedy !== null) terminal.note(`  ${explained.remedy}`)
  return exitCode
}
