import type { Command } from 'commander'
import { openPlace, withPlace, type Cli, type PlaceOptions } from '../cli.ts'
import { execute } from '../programs/execute.ts'
import { Failure } from '../failure.ts'
import type { Env } from '../session/settings.ts'
import { refuseUnsafeNames } from '../programs/unsafe-names.ts'
import { valuesOf } from '../programs/values.ts'

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
const OF_INSTANCE =
  /^(DATABASE_URL|SMTP_URL|OIDC_CLIENT_SECRET|METRICS_TOKEN|AUDIT_STREAM_SECRET|OTEL_EXPORTER_OTLP_(\w+_)?HEADERS)(_FILE)?$/
const IS_INSTANCE = /^KEYFERRY_(DATA_DIR|ROOT_KEY)/

/** What Keyferry itself signs in and decrypts with is not the command's, unless it is named in `kept`. */
function withoutOwnCredentials(env: Env, kept: readonly string[]): Env {
  const isInstance = Object.keys(env).some((name) => IS_INSTANCE.test(name))
  const isOwn = (name: string): boolean => OWN.test(name) || (isInstance && OF_INSTANCE.test(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.includes(name) || !isOwn(name)))
}
