/** The faults of an emulator: which request each one takes, and what becomes of its answer. */
import type { Fault } from './emulator.ts'
import type { ServedAnswer } from './emulator-server.ts'

export type Matches = (method: string, path: string) => boolean

export interface ArmedFaults {
  /** The `n`th request from now on that matches takes the fault. */
  fail(n: number, fault: Fault, matches?: Matches): void
  heal(): void
  /** Every armed fault counts the request; the first that is due takes it. */
  take(method: string, path: string): Fault | undefined
}

export function armedFaults(): ArmedFaults {
  let armed: { left: number; fault: Fault; matches: Matches }[] = []
  return {
    fail(n, fault, matches = () => true) {
      armed.push({ left: n, fault, matches })
    },
    heal() {
      armed = []
    },
    take(method, path) {
      const counted = armed.filter((one) => one.matches(method, path))
      for (const one of counted) one.left -= 1
      const due = counted.find((one) => one.left <= 0)
      if (due) armed = armed.filter((one) => one !== due)
      return due?.fault
    },
  }
}

/** How a request ends; `cut`: by the end of its connection, `none`: never. */
export type End = ServedAnswer | 'cut' | 'none'

/** The end of a request that the vendor does not see; null where it sees it. */
export function endBefore(fault: Fault | undefined): End | null {
  if (fault?.kind === 'reset') return 'cut'
  if (fault?.kind === 'html')
    return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Hello</h1>' }
  if (fault?.kind !== 'status') return null
  const { status, headers, body = { error: `Fault ${status}`, detail: `Fault ${status}` } } = fault
  return { status, ...(headers ? { headers } : {}), body }
}

/** The end of a request that the vendor answered. */
export function endAfter(fault: Fault | undefined, answer: ServedAnswer): End {
  if (fault?.kind === 'reset-after') return 'cut'
  if (fault?.kind === 'hang-after') return 'none'
  if (fault?.kind !== 'truncated') return answer
  const text = JSON.stringify(answer.body ?? {})
  const half = text.slice(0, Math.max(1, Math.floor(text.length / 2)))
  return { ...answer, headers: { ...answer.headers, 'content-type': 'application/json' }, body: half }
}
