/** Keys and values of the conformance suite, as a destination stores them. For tests only. */
import { HOSTILE } from './faults.ts'
import type { DestinationDefinition } from '../destination.ts'
import type { Emulator } from '../shared/emulators/emulator.ts'
import { refusalOf } from '../refusal.ts'

export interface SuiteKeys {
  /** A key as the vendor stores it. */
  stored(key: string): string
  /** `KEY_0` and so on, as many as the target holds at most. */
  numbered(count: number, value?: string): Map<string, string>
  /** How many keys the target holds at most, of `count`. */
  fitting(count: number): number
  /** Why the destination refuses this pair, or null. `key` is as it is stored. */
  refusal(key: string, value: string): string | null
  /** What people call their secrets, as far as the destination takes it, all at once. */
  hostile(): Map<string, string>
}

export function suiteKeys(definition: DestinationDefinition, { target: config }: Pick<Emulator, 'target'>): SuiteKeys {
  const { limits } = definition
  const target = definition.target.parse(config)
  const at = { target, options: definition.options.parse({}) }
  const stored = (key: string): string => limits.storedName?.(key) ?? key
  const fitting = (count: number): number => Math.min(count, limits.maxKeys?.(target) ?? count)
  const refusal = (key: string, value: string): string | null => refusalOf(definition, key, value, at)
  return {
    stored,
    fitting,
    refusal,
    numbered: (count, value = 'value') =>
      new Map(Array.from({ length: fitting(count) }, (_, index) => [stored(`KEY_${index}`), `${value} ${index}`])),
    hostile() {
      const held = new Map<string, string>()
      const names = new Set<string>()
      for (const [key, value] of HOSTILE) {
        const name = limits.effectiveName?.(stored(key)) ?? stored(key)
        const next = new Map(held).set(stored(key), value)
        const fits = limits.document === undefined || limits.document.size(next, target) <= limits.document.max
        if (refusal(stored(key), value) !== null || names.has(name) || !fits || next.size > fitting(next.size)) continue
        held.set(stored(key), value)
        names.add(name)
      }
      return held
    },
  }
}

export const isWriteOf =
  ({ isWrite }: Pick<Emulator, 'isWrite'>) =>
  (method: string, path: string): boolean =>
    isWrite ? isWrite(method, path) : method !== 'GET'
