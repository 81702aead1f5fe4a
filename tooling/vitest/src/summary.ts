/** Ends the run with what was skipped, and as the very last line what it came to: `N passed, N failed`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Files that are shorter may begin at any time. */
const LEAST_SECONDS = 5

export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    // An error outside every test fails the run like a test does.
    const count = { passed: 0, failed: unhandled.length }
    const skipped = new Map<string, number>()
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'failed') count[state]++
        if (state === 'skipped') {
          const name = test.parent.type === 'suite' ? test.parent.fullName : module.relativeModuleId
          skipped.set(name, (skipped.get(name) ?? 0) + 1)
        }
      }
    }
    if (process.env.KEEP_DURATIONS === '1') keepDurations(modules)
    for (const [name, tests] of skipped) console.log(`skipped: ${name} (${tests} ${tests === 1 ? 'test' : 'tests'})`)
    console.log(`\n${count.passed} passed, ${count.failed} failed`)
  }
}

/** For the order of the next runs: seconds of each file, longest first. */
function keepDurations(modules: readonly TestModule[]): void {
  const seconds = modules
    .map((module) => [module.relativeModuleId, Math.round(module.diagnostic().duration / 1000)] as const)
    .filter(([, duration]) => duration >= LEAST_SECONDS)
    .sort(([, one], [, other]) => other - one)
  const text = JSON.stringify(Object.fromEntries(seconds), null, 2)
  writeFileSync(join(import.meta.dirname, 'durations.json'), `${text}\n`)
}
