/**
 * `pnpm bench [part]`: prints the product's figures beside the least the vendors' APIs allow. Without a part: all.
 * `vendors github gitlab`: these only. `--profile postgres --workers 1,2,4`: the fleet, with so many workers one after
 * another.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { measureAuthority } from './authority.ts'
import { measureConditionalReads } from './conditional-reads.ts'
import { measureConsole } from './console.ts'
import { measureDelivery } from './delivery.ts'
import { measureFleet } from './fleet.ts'
import { measureWrites } from './fleet-writes.ts'
import { measurePollers } from './many-pollers.ts'
import { measureMemory } from './memory.ts'
import { measureMigrateStore } from './migrate-store.ts'
import { measureReads } from './reads.ts'
import { measureSizing } from './sizing.ts'
import { measureStart } from './start.ts'
import { measureVault } from './vault.ts'
import { measureVendors } from './vendors.ts'

const { values, positionals } = options()
const workers = values.workers.split(',').map(Number)
if (!workers.every((count) => Number.isInteger(count) && count > 0)) refuse('--workers takes numbers, such as 1,2,4')

const [named, ...others] = positionals
const parts = new Map([
  ['vendors', () => measureVendors(others)],
  ['delivery', measureDelivery],
  ['start', measureStart],
  ['fleet', () => measureFleet(workers)],
  ['writes', measureWrites],
  ['vault', measureVault],
  ['authority', measureAuthority],
  ['conditional', measureConditionalReads],
  ['reads', measureReads],
  ['pollers', measurePollers],
  ['memory', measureMemory],
  ['migrate-store', measureMigrateStore],
  ['sizing', measureSizing],
  ['console', measureConsole],
])
const wanted = named ?? (values.profile === 'postgres' ? 'fleet' : undefined)
const chosen = wanted === undefined ? [...parts.values()] : [parts.get(wanted)]
const [load = 0] = loadavg()
console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, load ${load.toFixed(1)} before, node ${process.version}, ${new Date().toISOString()}`,
)
for (const part of chosen) {
  if (!part) refuse(`unknown part "${wanted}"; known are ${[...parts.keys()].join(', ')}`)
  await part()
}
process.exit(0)

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { profile: { type: 'string' }, workers: { type: 'string', default: '1,2,4' } },
    })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function refuse(problem: string): never {
  console.error(`${problem}\npnpm bench [part] [--profile postgres] [--workers 1,2,4]`)
  process.exit(2)
}
