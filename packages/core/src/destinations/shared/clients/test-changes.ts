/** Changes as a plan has them, and what a client makes of them. For the clients' own tests. */
import type { DestinationError } from '../../destination-error.ts'
import type { Change, Client } from '../../destination.ts'

export const create = (key: string, value: string): Change => ({ action: 'create', key, value, flags: {} })

export const update = (key: string, value: string): Change => ({
  action: 'update',
  key,
  value,
  flags: {},
  remoteIds: [],
})

export const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })

/** What became of each change: `done`, or the error. */
export async function outcomesOf(
  client: Client,
  changes: readonly Change[],
): Promise<Map<string, 'done' | DestinationError>> {
  const ends = new Map<string, 'done' | DestinationError>()
  await client.apply(changes, {
    replacing: () => Promise.resolve(),
    done: async ({ key }) => void ends.set(key, 'done'),
    failed: async ({ key }, error) => void ends.set(key, error),
  })
  return ends
}
