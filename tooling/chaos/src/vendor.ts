/** The side of a vendor's process that we hold. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Outage, ProxyRecord } from './fault-proxy.ts'

type Order = { do: 'outage'; kind: Outage | null } | { do: 'put'; key: string; value: string } | { do: 'look' }
export type Command = Order & { id: number; account: number }
export interface Reply {
  id: number
  accounts?: { credentials: Record<string, unknown>; target: Record<string, unknown> }[]
  contents?: [string, string][]
  record?: ProxyRecord
}

/** One account at a vendor: a target with its credential. */
export interface Account {
  destination: string
  credentials: Record<string, unknown>
  target: Record<string, unknown>
  outage(kind: Outage | null): Promise<void>
  /** Puts a key there behind the product's back. */
  put(key: string, value: string): Promise<void>
  /** What is there, in clear, and what was seen so far. */
  look(): Promise<{ contents: Map<string, string>; record: ProxyRecord }>
}

export interface Vendor {
  accounts: readonly Account[]
  stop(): void
}

/** Starts `destination`'s emulator in a process of its own, once per account. */
export async function startVendor(destination: string, accounts: number): Promise<Vendor> {
  const child = fork(join(import.meta.dirname, 'vendor-process.ts'), [destination, String(accounts)])
  const waiting = new Map<number, (reply: Reply) => void>()
  const opened = Promise.withResolvers<Reply>()
  waiting.set(0, opened.resolve)
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  })
  child.once('exit', (code) => opened.reject(new Error(`the vendor's process of ${destination} ended (${code})`)))
  let last = 0
  const ask = (account: number, order: Order): Promise<Reply> => {
    const { promise, resolve } = Promise.withResolvers<Reply>()
    last += 1
    waiting.set(last, resolve)
    child.send({ ...order, account, id: last } satisfies Command)
    return promise
  }
  const { accounts: made = [] } = await opened.promise
  return {
    accounts: made.map(({ credentials, target }, account): Account => ({
      destination,
      credentials,
      target,
      async outage(kind) {
        await ask(account, { do: 'outage', kind })
      },
      async put(key, value) {
        await ask(account, { do: 'put', key, value })
      },
      async look() {
        const { contents = [], record } = await ask(account, { do: 'look' })
        if (!record) throw new Error('the vendor answered without what it saw')
        return { contents: new Map(contents), record }
      },
    })),
    stop() {
      child.disconnect()
    },
  }
}
