import type { Inputs, Outputs } from '@keyferry/client'
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { connect, findProject, withJson, type Cli, type JsonOption } from '../cli.ts'
import { EXIT } from '../failure.ts'
import { wholeNumber } from '../terminal/listing.ts'
import { time } from '../arguments/time.ts'

interface AuditOptions extends JsonOption {
  project?: string
  env?: string
  actor?: string
  action?: string
  except?: string
  from?: string
  to?: string
  text?: string
  limit: number
  cursor?: number
}

export function addAudit(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('Who did what')

  withJson(audit.command('list'))
    .description('Entries of the audit log, newest first, a page at a time')
    .option('--project <slug or id>', 'of one project (default: of the instance)')
    .option('--env <slug>', 'of one environment')
    .option('--actor <name or id>', 'by whom')
    .option('--action <actions>', 'such as secret.update,sync. with commas between them')
    .option('--except <actions>', 'left out')
    .option('--from <time>', 'such as 2026-12-01T08:00:00Z', time)
    .option('--to <time>', 'as --from', time)
    .option('--text <text>', 'anywhere in the details')
    .option('--limit <number>', 'at most so many, up to 1000', wholeNumber(1, 1000), 100)
    .option('--cursor <number>', 'the page that the one before named', wholeNumber(0))
    .action((options: AuditOptions) => list(cli, options))

  withJson(audit.command('verify'))
    .description('Verify that every entry is as it was written, none is missing and none was added')
    .action((options: JsonOption) => verify(cli, options))
}

async function list(cli: Cli, { project, env, json, ...filter }: AuditOptions): Promise<void> {
  const client = await connect(cli)
  const input: Inputs['audit']['list'] = { ...filter, environment: env }
  const page =
    project === undefined
      ? await client.audit.list.query(input)
      : await client.audit.project.query({ ...input, projectId: (await findProject(client, project)).id })
  if (json) return cli.terminal.json(page)
  if (page.entries.length === 0) return cli.terminal.note('No entries.')
  cli.terminal.table(['AT', 'WHO', 'FROM', 'ACTION', 'DETAILS'], page.entries.map(cells))
  if (page.nextCursor !== null) cli.terminal.note(`Older ones: --cursor ${page.nextCursor}`)
}

const cells = ({ at, actor, address, action, details }: Outputs['audit']['list']['entries'][number]): string[] => [
  at,
  actor.name,
  address ?? '',
  action,
  JSON.stringify(details),
]

async function verify(cli: Cli, { json }: JsonOption): Promise<void> {
  const verified = await (await connect(cli)).audit.verify.mutate()
  if (json) cli.terminal.json(verified)
  else if (verified.problem === null) cli.terminal.line(`${count(verified.rows, 'entry', 'entries')}, unbroken.`)
  else cli.terminal.note(`error: ${verified.problem.message}`)
  if (verified.problem !== null) cli.exitWith(EXIT.failed)
}
