import { fork } from 'node:child_process'
import { join } from 'node:path'

export type Command = { id: number } & (
  | { do: 'latency'; ms: number }
  | { do: 'clear' }
  | { do: 'await'; account: number; key: string; value: string }
)
export interface Reply {
  id: number
  accounts?: Account[]
  at?: number
}

export interface Account {
  destination: string
  credentials: Record<string, unknown>
  target: Record<string, unknown>
}

export interface FleetVendor {
  accounts: readonly Account[]
  setLatency(ms: number): Promise<void>
  /** Empties every target. */
  clear(): Promise<void>
  /** Resolves, with the time in milliseconds since 1970, when `key` has `value` at the account's target. */
  arrival(account: number, key: string, value: string): Promise<number>
  stop(): void
}

/** `accounts` accounts, the destinations taking turns or all of this one, in a process of their own. */
export async function startFleetVendor(accounts: number, destination?: string): Promise<FleetVendor> {
  const child = fork(join(import.meta.dirname, 'fleet-vendor-process.ts'), [String(accounts), destination ?? ''])
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  const carryOut = async (command: { do: 'latency'; ms: number } | { do: 'clear' }): Promise<void> => {
    const id = (last += 1)
    child.send({ id, ...command } satisfies Command)
    await answer(id)
  }
  const answer = (id: number): Promise<Reply> => new Promise((resolve) => waiting.set(id, resolve))
  const opened = answer(0)
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  })
  const made = await opened
  return {
    accounts: made.accounts ?? [],
    setLatency: (ms) => carryOut({ do: 'latency', ms }),
    clear: () => carryOut({ do: 'clear' }),
    async arrival(account, key, value) {
      const id = (last += 1)
      child.send({ id, do: 'await', account, key, value } satisfies Command)
      const { at = Number.NaN } = await answer(id)
      return at
    },
    stop: () => child.disconnect(),
  }
}
