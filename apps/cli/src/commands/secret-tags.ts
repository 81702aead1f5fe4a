/** Putting tags on secrets and taking them off. */
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { openPlace, withPlace, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { Failure, usageFailure } from '../failure.ts'
import { tagOf } from '../arguments/tags.ts'

type Options = PlaceOptions & JsonOption & { add?: string[]; remove?: string[] }

export function addSecretTags(secrets: Command, cli: Cli): void {
  withPlace(secrets.command('tag'))
    .description('Put tags on secrets, or take them off')
    .argument('<secret...>', 'names')
    .option('--add <tag...>', 'slugs')
    .option('--remove <tag...>', 'slugs')
    .action((names: string[], options: Options) => tag(cli, names, options))
}

async function tag(cli: Cli, names: readonly string[], { add = [], remove = [], ...options }: Options): Promise<void> {
  if (add.length + remove.length === 0) throw usageFailure('No tags', 'Pass --add or --remove with slugs.')
  const { client, place } = await openPlace(cli, options)
  const [tags, { rows }] = await Promise.all([
    client.tags.list.query({ projectId: place.projectId }),
    client.secrets.rows.query(place),
  ])
  const added = add.map((slug) => tagOf(tags, slug).id)
  const removed = new Set(remove.map((slug) => tagOf(tags, slug).id))
  const secrets = names.map((key) => {
    const row = rows.find((one) => one.key === key && one.origin.kind === 'own')
    if (!row) throw new Failure(`There is no secret ${key} in ${place.environment}:${place.secretPath}`)
    const kept = row.tags.map(({ id }) => id).filter((id) => !removed.has(id))
    return { key, tagIds: [...new Set([...kept, ...added])] }
  })
  const changed = await client.secrets.updateMany.mutate({ ...place, secrets })
  if (options.json)
    cli.terminal.json(changed.map(({ key, tags: now }) => ({ name: key, tags: now.map(({ slug }) => slug) })))
  else cli.terminal.note(`Changed the tags of ${count(changed.length, 'secret')}.`)
}
