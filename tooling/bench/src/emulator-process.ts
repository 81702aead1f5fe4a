/** An emulator in a process of its own, so that the vendor does not share our event loop. Started by emulator.ts. */
import { emulators, type Emulator } from '@keyferry/core/emulators'
import type { Command, Reply } from './emulator.ts'

const [destination = ''] = process.argv.slice(2)
const start = (await emulators()).get(destination)
if (!start) throw new Error(`no emulator for ${destination}`)
const emulator = await start()
let mark = 0

process.on('message', (command: Command) => process.send?.(answer(emulator, command)))
process.on('disconnect', () => process.exit(0))
const { url, method, credentials, target } = emulator
process.send?.({ url, method, credentials, target } satisfies Reply)

function answer(vendor: Emulator, command: Command): Reply {
  switch (command.do) {
    case 'latency':
      vendor.setLatency(command.ms)
      return {}
    case 'rateLimit':
      vendor.setRateLimit(command.on)
      return {}
    case 'mark':
      mark = vendor.log.length
      return {}
    case 'log':
      return { log: vendor.log.slice(mark) }
    case 'size':
      return { size: vendor.contents().size }
  }
}
