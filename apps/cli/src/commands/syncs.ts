import type { KeyferryClient } from '@keyferry/client'
import { count } from '@keyferry/schemas/count'
import { STATUS_WORDS, statusReasonText } from '@keyferry/schemas/sync-status-words'
import type { Command } from 'commander'
import { openProject, withProject, type Cli, type JsonOption } from '../cli.ts'
import { chosenSyncs, refOf, type SyncsOptions } from '../arguments/chosen-syncs.ts'
import { deferred } from '../deferred.ts'
import { EXIT } from '../failure.ts'
import { followed, seconds, type SyncRef } from '../follow.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { changesOf, printPlan, type Plan, type Sync } from '../terminal/plan-text.ts'
import { addSyncChanges } from './sync-changes.ts'
import { addExclusions } from './sync-exclusions.ts'
import { addPauses } from './sync-pauses.ts'

const COLUMNS: Columns<Sync> = {
  name: ({ name }) => name,
  source: ({ environment, folder }) => (environment && folder ? `${environment.slug}:${folder.path}` : '(deleted)'),
  target: ({ destination, targetLabel }) => `${destination} (${targetLabel})`,
  status: ({ status }) => STATUS_WORDS[status].toLowerCase(),
  since: ({ since }) => since,
  note: ({ reason, destinationTitle, message }) =>
    [reason === null ? '' : statusReasonText(reason, destinationTitle), message ?? '']
      .filter((text) => text !== '')
      .join('. '),
}

export function addSyncs(program: Command, cli: Cli): void {
  const syncs = program.command('syncs').description('Syncs keep destinations in line with folders')

  withListing(withProject(syncs.command('list')), COLUMNS)
    .description('Every sync of a project and how it stands')
    .action((options: SyncsOptions & ListOptions) => list(cli, options))

  withProject(syncs.command('plan'))
    .description('Plan the next run; exit code 2 if it changes anything')
    .argument('[sync...]', 'names or ids (default: all of the project)')
    .action((names: string[], options: SyncsOptions) => plan(cli, names, options))

  withProject(syncs.command('apply'))
    .description('Run now and follow until it is done')
    .argument('[sync...]', 'names or ids (default: all of the project)')
    .option('--approve', 'approve exactly the plan that is printed, where one needs an approval')
    .option('--timeout <seconds>', 'how long to follow one run', seconds, 600)
    .action((names: string[], options: SyncsOptions & ApplyOptions) => apply(cli, names, options))

  addSyncChanges(syncs, cli)
  addPauses(syncs, cli)
  addExclusions(syncs, cli)

  withProject(syncs.command('watch'))
    .description('Print what happens in a project, until Ctrl-C')
    .action((options: SyncsOptions) => watch(cli, options))
}

async function list(cli: Cli, options: SyncsOptions & ListOptions): Promise<void> {
  const { client, project } = await openProject(cli, options)
  const syncs = await client.syncs.list.query({ projectId: project.id })
  printList(cli.terminal, syncs, { columns: COLUMNS, none: `${project.name} has no syncs.`, ...options })
}

async function plan(cli: Cli, names: readonly string[], options: SyncsOptions): Promise<void> {
  const { terminal } = cli
  const { client, syncs } = await chosenSyncs(cli, names, options)
  const plans: { sync: Sync; plan: Plan }[] = []
  for (const sync of syncs) {
    terminal.progress(`Planning ${sync.targetLabel} …`)
    const made = await client.syncs.plan.query(refOf(sync))
    terminal.progress('')
    plans.push({ sync, plan: made })
    if (options.json) continue
    if (plans.length > 1) terminal.line()
    printPlan(terminal, sync, made)
  }
  if (options.json)
    terminal.json(
      plans.map(({ sync, plan }) => ({ sync: sync.name, ...refOf(sync), changed: changesOf(plan) > 0, ...plan })),
    )
  if (plans.some(({ plan }) => changesOf(plan) > 0)) cli.exitWith(EXIT.changes)
}

interface ApplyOptions {
  approve?: boolean
  timeout: number
}

async function apply(cli: Cli, names: readonly string[], options: SyncsOptions & ApplyOptions): Promise<void> {
  const { client, projectId, syncs } = await chosenSyncs(cli, names, options)
  const codes: number[] = []
  const results: Applied[] = []
  for (const sync of syncs) {
    if (!options.json && results.length > 0) cli.terminal.line()
    const { code, result } = await applyOne(cli, client, { sync, projectId, ...options })
    codes.push(code)
    results.push(result)
  }
  if (options.json) cli.terminal.json(results)
  // One failure says more than one plan that waits.
  cli.exitWith(codes.includes(EXIT.failed) ? EXIT.failed : Math.max(EXIT.done, ...codes))
}

interface Applied {
  sync: string
  state: string
  message: string | null
  planHash: string
  failures: { key: string; reason: string }[]
}

interface One extends ApplyOptions, JsonOption {
  sync: Sync
  projectId: string
}

async function applyOne(
  { terminal }: Cli,
  client: KeyferryClient,
  { sync: listed, projectId, approve, timeout, json }: One,
): Promise<{ code: number; result: Applied }> {
  const ref = refOf(listed)
  terminal.progress(`Planning ${listed.targetLabel} …`)
  const plan = await client.syncs.plan.query(ref)
  terminal.progress('')
  if (!json) printPlan(terminal, listed, plan)
  if (plan.fuse !== null && !approve) {
    if (!json) terminal.note('Nothing was sent. Read the plan; `--approve` carries out exactly this one.')
    return {
      code: EXIT.approval,
      result: { sync: listed.name, state: 'blocked', message: plan.fuse, planHash: plan.hash, failures: [] },
    }
  }
  const before = (await client.syncs.get.query(ref)).lastRun?.id ?? null
  if (plan.fuse === null) await client.syncs.trigger.mutate(ref)
  else await client.syncs.approve.mutate({ ...ref, planHash: plan.hash })
  const sync = await followed(client, ref, {
    projectId,
    before,
    limitMs: timeout * 1000,
    onProgress: ({ done, total }) => terminal.progress(`${listed.name}: ${done} of ${total}`),
  })
  terminal.progress('')
  const failures = await failuresOf(client, ref, sync)
  if (!json) printResult(terminal, sync, failures)
  const { state, message } = sync
  const code = state === 'succeeded' ? EXIT.done : EXIT.failed
  return {
    code,
    result: {
      sync: sync.name,
      state,
      message: sync.blocked?.message ?? message,
      planHash: plan.hash,
      failures,
    },
  }
}

async function failuresOf(
  client: KeyferryClient,
  ref: SyncRef,
  { lastRun, blocked }: Sync,
): Promise<Applied['failures']> {
  if (blocked) return blocked.keys
  if (!lastRun) return []
  const { outcomes } = await client.syncs.run.query({ ...ref, runId: lastRun.id })
  return outcomes.filter(({ state }) => state !== 'done').map(({ key, reason }) => ({ key, reason }))
}

function printResult(
  terminal: Cli['terminal'],
  { state, lastRun, message, blocked, retryAt }: Sync,
  failures: Applied['failures'],
): void {
  if (state === 'succeeded') {
    const { create = 0, update = 0, delete: deleted = 0 } = lastRun?.counts ?? {}
    terminal.line(`Done: ${create} created, ${update} updated, ${deleted} deleted.`, 'green')
  } else {
    terminal.line(`${state}: ${blocked?.message ?? message ?? 'see the run in the console'}`, 'red')
  }
  for (const { key, reason } of failures) terminal.line(`  ! ${key}: ${reason}`, 'red')
  if (failures.length > 0) terminal.line(`${count(failures.length, 'key')} not in sync.`)
  if (retryAt !== null) terminal.line(`The next try is at ${retryAt}.`)
}

/** What a deletion was for. */
const nameOfSubject = ({
  subject,
  environment,
  secretPath,
}: {
  subject: 'folder' | 'environment' | 'project'
  environment: string | null
  secretPath: string | null
}): string => [subject, environment, secretPath].filter((part) => part !== null).join(' ')

async function watch(cli: Cli, options: SyncsOptions): Promise<void> {
  const { terminal } = cli
  const { client, project } = await openProject(cli, options)
  const names = new Map<string, string>()
  const nameOf = async (syncId: string): Promise<string> => {
    if (!names.has(syncId))
      for (const { id, name } of await client.syncs.list.query({ projectId: project.id })) names.set(id, name)
    return names.get(syncId) ?? syncId
  }
  const ended = deferred<void>()
  // One after the other, so that lines stand in the order of the events.
  let printed = Promise.resolve()
  const print = async (event: unknown, text: () => Promise<string>): Promise<void> => {
    const at = new Date().toISOString()
    if (options.json) terminal.line(JSON.stringify({ at, ...(event as object) }))
    else terminal.line(`${at}  ${await text()}`)
  }
  const feed = client.syncs.events.subscribe(
    { projectId: project.id },
    {
      onStarted: () => terminal.note(`Watching ${project.name}; Ctrl-C ends it.`),
      onData({ data }) {
        if (data.kind === 'opened') return
        printed = printed
          .then(() =>
            print(data, async () => {
              if (data.kind === 'secrets') return 'secrets changed'
              if (data.kind === 'settings') return `settings changed  ${data.about}`
              if (data.kind === 'pauses') return 'syncs paused or resumed'
              if (data.kind === 'deletion-ended')
                return `${nameOfSubject(data)}  ${data.outcome === 'deleted' ? 'deleted' : 'not deleted: a sync still reads it'}`
              if (data.kind === 'sync-deleted') return `${await nameOf(data.syncId)}  deleted`
              return `${await nameOf(data.syncId)}  ${data.state}${data.total > 0 ? `  ${data.done}/${data.total}` : ''}`
            }),
          )
          .catch(ended.reject)
      },
      onGap: () => terminal.note('Events were missed: the connection was lost, or a proxy on the way keeps them back.'),
      onError: ended.reject,
    },
  )
  process.once('SIGINT', ended.resolve)
  process.once('SIGTERM', ended.resolve)
  try {
    await ended.promise
  } finally {
    feed.unsubscribe()
  }
}
