import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Command } from 'commander'
import { openPlace, withPlace, type Cli, type PlaceOptions } from '../cli.ts'
import { EXIT, Failure } from '../failure.ts'
import { valuesOf } from '../values.ts'

export function addRun(program: Command, cli: Cli): void {
  withPlace(program.command('run'))
    .description('Run a command with the secrets in its environment: keyferry run -- <command>')
    .argument('<command...>', 'after --')
    .action((command: string[], options: PlaceOptions) => runCommand(cli, command, options))
}

async function runCommand(cli: Cli, [file = '', ...args]: readonly string[], options: PlaceOptions): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  const values = await valuesOf(client, place, true)
  const impossible = [...values].filter(([key, value]) => key.includes('=') || value.includes('\0')).map(([key]) => key)
  if (impossible.length > 0) {
    throw new Failure(
      `An environment cannot hold ${impossible.join(', ')}`,
      'Names must be free of "=", values of U+0000.',
    )
  }
  cli.exitWith(await execute(file, args, { ...cli.env, ...Object.fromEntries(values) }))
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** Without a shell, on our own terminal. Resolves to what a shell would call its exit code. */
function execute(file: string, args: readonly string[], env: Record<string, string | undefined>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: 'inherit', shell: false })
    const forward = (signal: NodeJS.Signals): void => {
      // The terminal sends these to the whole group, so the command has had it.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
      child.kill(signal)
    }
    for (const signal of FORWARDED) process.on(signal, forward)
    const done = (): void => {
      for (const signal of FORWARDED) process.off(signal, forward)
    }
    child.once('error', (error) => {
      done()
      const code = 'code' in error ? error.code : null
      if (code === 'ENOENT') reject(new Failure(`There is no command ${file}`, null, EXIT.notFound))
      else if (code === 'EACCES') reject(new Failure(`${file} cannot be executed`, null, EXIT.notExecutable))
      else if (code === 'E2BIG')
        reject(new Failure('The secrets are more than an environment can hold', 'Export them to a file instead.'))
      else reject(error)
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(signal === null ? (code ?? EXIT.failed) : EXIT.signal + constants.signals[signal])
    })
  })
}
