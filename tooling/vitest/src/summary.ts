/** Ends the run with what was skipped and why, and one line that counts: `N passed, N failed`. */
import type { Reporter, TestModule } from 'vitest/node'

export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const skipped = new Map<string, number>()
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') continue
        count[state]++
        if (state === 'skipped') {
          const name = test.parent.type === 'suite' ? test.parent.fullName : module.relativeModuleId
          skipped.set(name, (skipped.get(name) ?? 0) + 1)
        }
      }
    }
    for (const [name, tests] of skipped) console.log(`skipped: ${name} (${tests} tests)`)
    console.log(`\n${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`)
  }
}
