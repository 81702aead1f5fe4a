/** Keys that a sync leaves alone. */
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { chosenSyncs, refOf, type SyncsOptions } from '../arguments/chosen-syncs.ts'
import { withProject, type Cli } from '../cli.ts'

export function addExclusions(syncs: Command, cli: Cli): void {
  withProject(syncs.command('exclude'))
    .description('Leave keys alone: they are neither written nor deleted')
    .argument('<sync>', 'name or id')
    .argument('<secret...>', 'keys of secrets')
    .requiredOption('--reason <text>', 'kept with them')
    .action((name: string, keys: string[], options: SyncsOptions & { reason: string }) =>
      exclude(cli, name, keys, options),
    )

  withProject(syncs.command('include'))
    .description('Send keys again that were excluded')
    .argument('<sync>', 'name or id')
    .argument('<secret...>', 'keys of secrets')
    .action((name: string, keys: string[], options: SyncsOptions) => include(cli, name, keys, options))
}

async function exclude(
  cli: Cli,
  name: string,
  keys: string[],
  { reason, ...options }: SyncsOptions & { reason: string },
): Promise<void> {
  const { client, syncs } = await chosenSyncs(cli, [name], options)
  for (const sync of syncs) await client.syncs.excludeKeys.mutate({ ...refOf(sync), keys, reason })
  cli.terminal.note(`Excluded ${count(keys.length, 'key')} from ${name}.`)
}

async function include(cli: Cli, name: string, keys: string[], options: SyncsOptions): Promise<void> {
  const { client, syncs } = await chosenSyncs(cli, [name], options)
  for (const sync of syncs) await client.syncs.includeKeys.mutate({ ...refOf(sync), keys })
  cli.terminal.note(`Included ${count(keys.length, 'key')} in ${name} again.`)
}
