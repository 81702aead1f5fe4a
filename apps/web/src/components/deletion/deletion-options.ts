import { words } from '../words.ts'

/** What happens to the keys that the syncs wrote to their destinations. */
export type DeletionOption = 'keep-secrets' | 'remove-secrets'

/**
 * The choices in plain sentences, for `syncs` that wrote `keys` keys in all (null: unknown) and are deleted together
 * with `what`, such as `folder /api`.
 */
export function deletionOptions({ what, syncs, keys }: { what: string; syncs: number; keys: number | null }) {
  const { keep, remove, deleted, noKeys, kept, removed } = words.deletionOptions
  return [
    {
      value: 'keep-secrets' as const,
      title: keep,
      text: `${deleted(syncs)} ${keys === 0 ? noKeys : kept(keys)}`,
    },
    {
      value: 'remove-secrets' as const,
      title: remove,
      text: keys === 0 ? `${deleted(syncs)} ${noKeys}` : removed(keys, what),
    },
  ]
}
