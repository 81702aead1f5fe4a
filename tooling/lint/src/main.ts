/** Names every cycle between packages and between folders, and fails when there is one. */
import { resolve } from 'node:path'
import { cyclesOf } from './cycles.ts'
import { folderGraph, packageGraph } from './graphs.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const cycles = [...cyclesOf(packageGraph(ROOT)), ...cyclesOf(folderGraph(ROOT))]
for (const cycle of cycles) console.error(`These import each other: ${cycle.join(', ')}`)
process.exitCode = cycles.length > 0 ? 1 : 0
