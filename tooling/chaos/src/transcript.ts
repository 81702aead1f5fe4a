/** What the writer knows of each thing it wrote: what was acknowledged, and what may or may not have arrived. */

/** Null: absent. */
export type Value = string | null

/**
 * Where an unanswered write was sent: until that process is dead, or as long as a request can last, it may still be
 * carried out.
 */
export interface Job {
  /** True when it can no longer be carried out. */
  over(now: number): boolean
}

interface Line {
  acknowledged: Value
  maybes: Set<Value>
  errands: Job[]
}

export interface Transcript {
  /** Every thing that was ever written. */
  names(): string[]
  /** What was acknowledged last; null when nothing was. */
  value(name: string): Value
  /** False while the outcome of a write is unknown: only a write that fits both outcomes may follow. */
  certain(name: string): boolean
  /** False while an unanswered write may still be carried out: it would come after the next one. */
  free(name: string): boolean
  acknowledge(name: string, value: Value): void
  doubt(name: string, value: Value, job: Job): void
  /** Everything that may be stored now. */
  allowed(name: string): ReadonlySet<Value>
}

export function openTranscript(): Transcript {
  const lines = new Map<string, Line>()
  const line = (name: string): Line => {
    const found = lines.get(name) ?? { acknowledged: null, maybes: new Set(), errands: [] }
    lines.set(name, found)
    return found
  }
  return {
    names: () => [...lines.keys()],
    value: (name) => line(name).acknowledged,
    certain: (name) => line(name).maybes.size === 0,
    free(name) {
      const now = Date.now()
      return line(name).errands.every((job) => job.over(now))
    },
    acknowledge(name, value) {
      lines.set(name, { acknowledged: value, maybes: new Set(), errands: [] })
    },
    doubt(name, value, job) {
      const { maybes, errands } = line(name)
      maybes.add(value)
      errands.push(job)
    },
    allowed(name) {
      const { acknowledged, maybes } = line(name)
      return new Set([acknowledged, ...maybes])
    },
  }
}
