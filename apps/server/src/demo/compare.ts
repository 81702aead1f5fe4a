import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import type { SyncRef } from './setup.ts'

export interface Comparison {
  /** Keys whose value at the target is the file's, to the byte. */
  equal: number
  /** Secret keys that the vendor cannot hold, and why. */
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
  // Some vendors change names: upper case, or a hyphen for an underscore.
  const names = new Map(states.flatMap(({ key, sourceKey }) => (sourceKey === null ? [] : [[sourceKey, key]])))
  const wanted = new Map([...file].map(([key, value]) => [names.get(key) ?? key, value]))
  const refused = new Set(states.flatMap(({ key, state }) => (state === 'rejected' ? [key] : [])))
  const rejected = states.flatMap(({ key, sourceKey, state, reason }) =>
    state === 'rejected' ? [{ key: sourceKey ?? key, reason: reason ?? 'no reason given' }] : [],
  )
  const there = emulator.contents()
  const right = [...wanted].filter(([key, value]) => (refused.has(key) ? !there.has(key) : there.get(key) === value))
  const foreign = [...there.keys()].filter((key) => !wanted.has(key))
  const rightKeys = new Set(right.map(([key]) => key))
  return {
    equal: right.filter(([key]) => !refused.has(key)).length,
    rejected,
    wrong: [...[...wanted.keys()].filter((key) => !rightKeys.has(key)), ...foreign],
  }
}
