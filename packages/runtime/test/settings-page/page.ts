/** docs/settings.md, made of the settings that a process reads. */
import { join } from 'node:path'
import type { Setting } from '../../src/settings/setting.ts'
import { SETTING_GROUPS } from '../../src/settings/settings.ts'

export const PAGE = join(import.meta.dirname, '../../../../docs/settings.md')

/** The whole page. */
export function settingsPage(): string {
  const groups = SETTING_GROUPS.map(({ title, settings }) => {
    const rows = Object.entries<Setting>(settings).map(([name, one]) =>
      row([`\`${name}\``, defaultOf(one), `${one.meaning}${sourcesOf(one)}`]),
    )
    return [`## ${title}\n`, row(['variable', 'default', '']), '|---|---|---|', ...rows].join('\n')
  })
  return [HEAD, ...groups, TAIL].join('\n\n')
}

function defaultOf({ schema, unset }: Setting): string {
  if (unset !== undefined) return unset
  const value = schema.parse(undefined)
  return value === undefined || (Array.isArray(value) && value.length === 0) ? '' : `\`${String(value)}\``
}

function sourcesOf({ secret }: Setting): string {
  if (secret === undefined) return ''
  return secret === 'file' ? '. Also `…_FILE`' : '. Also `…_FILE` and `…_COMMAND`'
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const HEAD = `# Settings

Made by \`npx -y pnpm@12 --filter @keyferry/runtime settings-page\` from \`packages/runtime/src/settings\`; a test compares the two.

Every setting is a variable of the environment of the process; an empty one counts as not set. Blanks around a value don't count, except in secrets; quotes around one would be part
of it and are refused. A value that breaks its rule ends the start, and the message names the variable and the rule. A name that starts with \`KEYFERRY_\` and is none of these,
or is a typing error away from one, is a warning in the log. \`keyferry admin doctor\` checks the same without starting.

\`…_FILE\` beside a variable: the secret can also come from the file that \`<NAME>_FILE\` names. \`…_COMMAND\`: from a command that prints it ([secret settings](operations.md#secret-settings)).
The variables of the command line, \`KEYFERRY_TOKEN\` and \`KEYFERRY_PASSPHRASE\`, are in [cli.md](cli.md#sign-in).`

const TAIL = `\`OTEL_SERVICE_NAME\`, \`OTEL_RESOURCE_ATTRIBUTES\`, \`OTEL_EXPORTER_OTLP_TIMEOUT\`, \`…_CERTIFICATE\`, \`…_CLIENT_CERTIFICATE\`, \`…_CLIENT_KEY\` and \`…_COMPRESSION\` mean what
[OpenTelemetry's specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) says.
`
