import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LoggedRequest } from '@keyferry/core/emulators'

export type Command =
  | { do: 'latency'; ms: number }
  | { do: 'rateLimit'; on: boolean }
  | { do: 'mark' }
  | { do: 'log' }
  | { do: 'size' }
export interface Reply {
  url?: string
  method?: string
  credentials?: Record<string, unknown>
  target?: Record<string, unknown>
  log?: LoggedRequest[]
  size?: number
}

export interface RemoteEmulator {
  method?: string
  credentials: Record<string, unknown>
  target: Record<string, unknown>
  ask(command: Command): Promise<Reply>
  stop(): void
}

export async function startEmulatorProcess(destination: string): Promise<RemoteEmulator> {
  const child = fork(join(import.meta.dirname, 'emulator-process.ts'), [destination])
  const reply = async (): Promise<Reply> => {
    const [message] = (await once(child, 'message')) as [Reply]
    return message
  }
  const { method, credentials = {}, target = {} } = await reply()
  return {
    method,
    credentials,
    target,
    ask(command) {
      const answered = reply()
      child.send(command)
      return answered
    },
    stop: () => child.disconnect(),
  }
}
