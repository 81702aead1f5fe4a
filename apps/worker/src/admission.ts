/** How many runs a process works on at once: by their number, and by the memory that they need together. */
import { Semaphore } from 'async-mutex'

export interface RunLimits {
  /** Runs at once. */
  runs: number
  /** Bytes that they may need together, as estimated. One that needs more runs alone. */
  bytes: number
}

/**
 * Does the work once there is room for it, in the order of the calls, so that a large run is not overtaken for ever.
 * Resolves to null, and does nothing, when `signal` aborted meanwhile.
 */
export type Admit = <T>(bytes: number, signal: AbortSignal, work: () => Promise<T>) => Promise<T | null>

export function admission(limits: RunLimits): Admit {
  const slots = new Semaphore(limits.runs)
  const most = unitsOf(limits.bytes)
  const memory = new Semaphore(most)
  return (bytes, signal, work) =>
    slots.runExclusive(() =>
      memory.runExclusive(async () => (signal.aborted ? null : work()), Math.min(unitsOf(bytes), most)),
    )
}

/** The semaphore counts down to 1 whenever something is released, so it is not given bytes. */
const UNIT_BYTES = 512 * 1024
const unitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / UNIT_BYTES))
