/** Runs each rule of this folder over the repository, prints what it finds, and fails when it finds anything. */
import { resolve } from 'node:path'
import { consoleTextProblems } from './console-texts.ts'
import { cyclesOf } from './cycles.ts'
import { folderGraph, packageGraph } from './graphs.ts'
import { luckyTests } from './lucky-tests.ts'
import { messageBranches } from './message-branches.ts'
import { missingFiles } from './named-files.ts'
import { timeOrders } from './time-orders.ts'
import { writingProblems } from './writing.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const cycles = [...cyclesOf(packageGraph(ROOT)), ...cyclesOf(folderGraph(ROOT))]
for (const cycle of cycles) console.error(`These import each other: ${cycle.join(', ')}`)
const branches = messageBranches(ROOT)
for (const place of branches) console.error(`${place} branches on the words of a message. Give the failure a code.`)
const orders = timeOrders(ROOT)
for (const place of orders)
  console.error(`${place} orders rows by a time alone. Order those of one moment by their ID.`)
const problems = [...missingFiles(ROOT), ...writingProblems(ROOT), ...consoleTextProblems(ROOT), ...luckyTests(ROOT)]
for (const problem of problems) console.error(problem)
process.exitCode = cycles.length + branches.length + orders.length + problems.length > 0 ? 1 : 0
