import { count } from '@keyferry/schemas/count'

/** What shall become of what the syncs wrote to their targets. */
export type DeletionOption = 'keep-secrets' | 'remove-secrets'

/**
 * The choices in plain sentences, for `syncs` that wrote `keys` keys in all (null: unknown) and go together with
 * `what`, such as `folder /api`.
 */
export function deletionOptions({ what, syncs, keys }: { what: string; syncs: number; keys: number | null }) {
  const they = syncs === 1 ? 'it' : 'they'
  const [stay, them, values] = keys === 1 ? ['stays', 'it', 'value'] : ['stay', 'them', 'values']
  const wrote = keys === null ? 'keys' : keys === 1 ? 'key' : count(keys, 'key')
  const go = `${count(syncs, 'sync is', 'syncs are')} deleted.`
  const keep =
    keys === 0
      ? `${go} ${syncs === 1 ? 'It has' : 'They have'} written nothing so far.`
      : `${go} The ${wrote} ${they} wrote ${stay} there with today's ${values}, and nothing updates ${them} any more.`
  const remove =
    keys === 0
      ? `${go} There is nothing to remove.`
      : `${syncs === 1 ? 'The sync deletes' : `The ${syncs} syncs delete`} the ${wrote} ${they} wrote; programs there stop finding ${them}. Then ${what} is deleted. If a target refuses, nothing more is deleted.`
  return [
    { value: 'keep-secrets' as const, title: 'Leave the secrets at the targets', text: keep },
    { value: 'remove-secrets' as const, title: 'Take the secrets back first', text: remove },
  ]
}
