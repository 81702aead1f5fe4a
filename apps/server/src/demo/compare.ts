import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import type { SyncRef } from './setup.ts'

export interface Comparison {
  /** Keys whose value at the target is the file's, to the byte. */
  equal: number
  /** Keys that the vendor cannot hold, and why. */
  rejected: readonly { key: string; reason: string }[]
  /** Keys that should be at the target and are not, or are with another value; and keys that should not be there. */
  wrong: readonly string[]
}

/** Holds the target against the file. A rejected key has to be absent there. */
export async function compare(
  client: KeyferryClient,
  sync: SyncRef,
  file: ReadonlyMap<string, string>,
  emulator: Emulator,
): Promise<Comparison> {
  const states = await client.syncs.keys.query(sync)
  const rejected = states.flatMap(({ key, state, reason }) =>
    state === 'rejected' ? [{ key, reason: reason ?? 'no reason given' }] : [],
  )
  const refused = new Set(rejected.map(({ key }) => key))
  const there = emulator.contents()
  const right = [...file].filter(([key, value]) => (refused.has(key) ? !there.has(key) : there.get(key) === value))
  const foreign = [...there.keys()].filter((key) => !file.has(key))
  const rightKeys = new Set(right.map(([key]) => key))
  return {
    equal: right.filter(([key]) => !refused.has(key)).length,
    rejected,
    wrong: [...[...file.keys()].filter((key) => !rightKeys.has(key)), ...foreign],
  }
}
