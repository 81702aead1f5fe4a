/** One vendor as a process of its own: some accounts, each emulated with a proxy before it. Started by vendor.ts. */
import { emulatorOf } from '@keyferry/core/emulators'
import { startFaultProxy } from './fault-proxy.ts'
import type { Command, Reply } from './vendor.ts'

/** Milliseconds per request: what a vendor close by takes. */
const LATENCY_MS = 20

const [destination = '', accounts = '1'] = process.argv.slice(2)
const start = await emulatorOf(destination)
const served = await Promise.all(
  Array.from({ length: Number(accounts) }, async () => {
    const emulator = await start({ latencyMs: LATENCY_MS })
    return { emulator, proxy: await startFaultProxy(emulator) }
  }),
)

process.on('message', (command: Command) => process.send?.(answer(command)))
process.on('disconnect', () => process.exit(0))
process.send?.({
  id: 0,
  accounts: served.map(({ emulator, proxy }) => ({
    target: emulator.target,
    // Whatever credential holds the vendor's address gets the proxy's.
    credentials: Object.fromEntries(
      Object.entries(emulator.credentials).map(([name, text]) => [name, text === emulator.url ? proxy.url : text]),
    ),
  })),
} satisfies Reply)

function answer({ id, account, ...command }: Command): Reply {
  const found = served[account]
  if (!found) throw new Error(`no account ${account}`)
  switch (command.do) {
    case 'outage':
      found.proxy.outage(command.kind)
      return { id }
    case 'put':
      found.emulator.put(command.key, command.value)
      return { id }
    case 'look':
      return { id, contents: [...found.emulator.contents()], record: found.proxy.record }
  }
}
