/**
 * Many accounts of every vendor in one process of their own, and a watch on when a value arrives. Started by
 * fleet-vendor.ts.
 */
import { representatives, type Emulator } from '@keyferry/core/emulators'
import type { Command, Reply } from './fleet-vendor.ts'

/** Milliseconds between two looks at the targets where something is awaited. */
const LOOK_MS = 4

const [accounts = '1', only = ''] = process.argv.slice(2)
const kinds = [...(await representatives())].filter(([destination]) => only === '' || destination === only)
const served: { destination: string; emulator: Emulator }[] = []
for (let i = 0; i < Number(accounts); i += 1) {
  const [destination, start] = kinds[i % kinds.length] ?? []
  if (destination !== undefined && start) served.push({ destination, emulator: await start() })
}

interface Awaited {
  id: number
  key: string
  value: string
}
const awaited = new Map<Emulator, Awaited[]>()

setInterval(() => {
  for (const [emulator, list] of awaited) {
    const contents = emulator.contents()
    const open = list.filter(({ id, key, value }) => {
      if (contents.get(key) !== value) return true
      process.send?.({ id, at: Date.now() } satisfies Reply)
      return false
    })
    if (open.length === 0) awaited.delete(emulator)
    else awaited.set(emulator, open)
  }
}, LOOK_MS)

process.on('message', (command: Command) => {
  if (command.do === 'latency') {
    for (const { emulator } of served) emulator.setLatency(command.ms)
    process.send?.({ id: command.id } satisfies Reply)
    return
  }
  if (command.do === 'clear') {
    for (const { emulator } of served) emulator.clear()
    process.send?.({ id: command.id } satisfies Reply)
    return
  }
  const found = served[command.account]
  if (!found) throw new Error(`no account ${command.account}`)
  const { id, key, value } = command
  awaited.set(found.emulator, [...(awaited.get(found.emulator) ?? []), { id, key, value }])
})
process.on('disconnect', () => process.exit(0))
process.send?.({
  id: 0,
  accounts: served.map(({ destination, emulator: { credentials, target } }) => ({ destination, credentials, target })),
} satisfies Reply)
