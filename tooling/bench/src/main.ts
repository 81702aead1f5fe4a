/** `pnpm bench [vendors|delivery|start]`: prints the product's figures beside the least the vendors' APIs allow. Without a name: all. */
import { cpus } from 'node:os'
import { measureDelivery } from './delivery.ts'
import { measureStart } from './start.ts'
import { measureVendors } from './vendors.ts'

const parts = new Map([
  ['vendors', measureVendors],
  ['delivery', measureDelivery],
  ['start', measureStart],
])
const [wanted] = process.argv.slice(2)
const chosen = wanted === undefined ? [...parts.values()] : [parts.get(wanted)]
console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, ${new Date().toISOString()}`)
for (const part of chosen) {
  if (!part) throw new Error(`unknown part "${wanted}"; known are ${[...parts.keys()].join(', ')}`)
  await part()
}
process.exit(0)
