/** The syncs that a command names. */
import type { KeyferryClient } from '@keyferry/client'
import { named, openProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import type { SyncRef } from '../follow.ts'
import type { Sync } from '../terminal/plan-text.ts'

export type SyncsOptions = PlaceOptions & JsonOption

/** By name or id; without names, all of the project. */
export async function chosenSyncs(
  cli: Cli,
  names: readonly string[],
  options: SyncsOptions,
): Promise<{ client: KeyferryClient; projectId: string; syncs: Sync[] }> {
  const { client, project } = await openProject(cli, options)
  const all = await client.syncs.list.query({ projectId: project.id })
  const syncs = names.length === 0 ? all : names.map((name) => named(all, name, 'sync'))
  if (syncs.length === 0 && !options.json) cli.terminal.note(`${project.name} has no syncs.`)
  return { client, projectId: project.id, syncs }
}

/** What the API is called with for a sync. */
export const refOf = ({ destination, id }: Sync): SyncRef => ({ destination, syncId: id })
