/** Pausing and resuming syncs: named ones, a project's, or all. */
import type { KeyferryClient } from '@keyferry/client'
import type { Command } from 'commander'
import { refOf, type SyncsOptions } from '../arguments/chosen-syncs.ts'
import { named, openProject, withProject, type Cli } from '../cli.ts'
import type { Sync } from '../terminal/plan-text.ts'
import { time } from '../arguments/time.ts'

export function addPauses(syncs: Command, cli: Cli): void {
  withProject(syncs.command('pause'))
    .description('Stop runs, drift repair and deletions until resumed: of the named syncs, of a project, or of all')
    .argument('[sync...]', 'names or ids (default: every sync of the project, as one pause)')
    .requiredOption('--reason <text>', 'shown to everyone who can see the syncs')
    .option('--until <time>', 'when it ends on its own, such as 2026-12-01T08:00:00Z', time)
    .option('--all-projects', 'every sync of the instance')
    .action((names: string[], options: PauseOptions) => pause(cli, names, options))

  withProject(syncs.command('resume'))
    .description('End a pause; what waited is sent')
    .argument('[sync...]', 'names or ids (default: the pause of the project)')
    .option('--all-projects', 'the pause of the instance')
    .action((names: string[], options: ResumeOptions) => resume(cli, names, options))
}

type ResumeOptions = SyncsOptions & { allProjects?: boolean }
type PauseOptions = ResumeOptions & { reason: string; until?: string }

async function pause(cli: Cli, names: readonly string[], options: PauseOptions): Promise<void> {
  const { reason, until } = options
  const held = { reason, ...(until === undefined ? {} : { until }) }
  await forEachSubject(cli, names, options, 'Paused', {
    all: (client) => client.syncs.pauseInstance.mutate(held),
    project: (client, projectId) => client.syncs.pauseProject.mutate({ projectId, ...held }),
    sync: (client, sync) => client.syncs.pause.mutate({ ...refOf(sync), ...held }),
  })
}

function resume(cli: Cli, names: readonly string[], options: ResumeOptions): Promise<void> {
  return forEachSubject(cli, names, options, 'Resumed', {
    all: (client) => client.syncs.resumeInstance.mutate(),
    project: (client, projectId) => client.syncs.resumeProject.mutate({ projectId }),
    sync: (client, sync) => client.syncs.resume.mutate(refOf(sync)),
  })
}

interface PauseCalls {
  all: (client: KeyferryClient) => Promise<unknown>
  project: (client: KeyferryClient, projectId: string) => Promise<unknown>
  sync: (client: KeyferryClient, sync: Sync) => Promise<unknown>
}

/** Everything, the whole project, or each named sync. */
async function forEachSubject(
  cli: Cli,
  names: readonly string[],
  options: ResumeOptions,
  done: string,
  calls: PauseCalls,
): Promise<void> {
  const { terminal } = cli
  const { client, project } = await openProject(cli, options)
  if (options.allProjects === true) {
    await calls.all(client)
    return terminal.note(`${done} every sync of the instance.`)
  }
  if (names.length === 0) {
    await calls.project(client, project.id)
    return terminal.note(`${done} every sync of ${project.name}.`)
  }
  const all = await client.syncs.list.query({ projectId: project.id })
  for (const sync of names.map((name) => named(all, name, 'sync'))) {
    await calls.sync(client, sync)
    terminal.note(`${done} ${sync.name}.`)
  }
}
