import { Argument, type Command } from 'commander'
import type { Cli } from '../cli.ts'
import { execute } from '../programs/execute.ts'
import { serverCode } from '../server/server-code.ts'

const PARTS = ['all', 'api', 'worker'] as const
type Part = (typeof PARTS)[number]

/** What keeps the memory of an instance low, idle or not: docs/performance.md. */
const FLAGS = [
  '--liftoff-only',
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--no-incremental-marking-task',
]

export function addStart(program: Command, cli: Cli): void {
  program
    .command('start')
    .description('Serve an instance: API, console and worker in one process, or a part of a fleet')
    .addArgument(new Argument('[part]', 'what this process is').choices(PARTS).default('all'))
    .action((part: Part) => start(cli, part))
}

async function start(cli: Cli, part: Part): Promise<void> {
  const { PROGRAMS } = await serverCode(() => import('@keyferry/server/programs'))
  cli.exitWith(await execute(process.execPath, [...FLAGS, PROGRAMS[part]], cli.env))
}
