import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Command } from 'commander'
import { openPlace, withPlace, type Cli, type PlaceOptions } from '../cli.ts'
import { EXIT, Failure } from '../failure.ts'
import type { Env } from '../settings.ts'
import { refuseUnsafeNames } from '../unsafe-names.ts'
import { valuesOf } from '../values.ts'

export function addRun(program: Command, cli: Cli): void {
  withPlace(program.command('run'))
    .description('Run a command with the secrets in its environment: keyferry run -- <command>')
    .argument('<command...>', 'after --')
    .option('--allow-unsafe <name...>', 'pass these names on, although they can change what code runs')
    .action((command: string[], options: RunOptions) => runCommand(cli, command, options))
}

type RunOptions = PlaceOptions & { allowUnsafe?: string[] }

async function runCommand(
  cli: Cli,
  [file = '', ...args]: readonly string[],
  { allowUnsafe = [], ...options }: RunOptions,
): Promise<void> {
  const { client, place } = await openPlace(cli, options)
  const values = await valuesOf(client, place, true)
  const impossible = [...values].filter(([key, value]) => key.includes('=') || value.includes('\0')).map(([key]) => key)
  if (impossible.length > 0) {
    throw new Failure(
      `An environment can’t contain ${impossible.join(', ')}`,
      'Names must be free of "=", values of U+0000.',
    )
  }
  refuseUnsafeNames(values.keys(), allowUnsafe)
  const inherited = withoutOwnCredentials(cli.env, allowUnsafe)
  cli.exitWith(await execute(file, args, { ...inherited, ...Object.fromEntries(values) }))
}

const OWN = /^KEYFERRY_(TOKEN|ROOT_KEY|PASSPHRASE)/
/** Names that other programs use too. They are Keyferry's where the environment is that of an instance. */
const OF_INSTANCE = /^(DATABASE_URL|SMTP_URL|OIDC_CLIENT_SECRET|METRICS_TOKEN|AUDIT_STREAM_SECRET)(_FILE)?$/
const IS_INSTANCE = /^KEYFERRY_(DATA_DIR|ROOT_KEY)/

/** What Keyferry itself signs in and decrypts with is not the command's, unless it is named in `kept`. */
function withoutOwnCredentials(env: Env, kept: readonly string[]): Env {
  const isInstance = Object.keys(env).some((name) => IS_INSTANCE.test(name))
  const isOwn = (name: string): boolean => OWN.test(name) || (isInstance && OF_INSTANCE.test(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.includes(name) || !isOwn(name)))
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
        reject(new Failure('The secrets don’t fit into an environment', 'Export them to a file instead.'))
      else reject(error)
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(signal === null ? (code ?? EXIT.failed) : EXIT.signal + constants.signals[signal])
    })
  })
}
