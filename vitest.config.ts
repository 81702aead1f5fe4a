import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import LongestFirst from './tooling/vitest/src/longest-first.ts'

// Each worker, and each process that a test starts, compiles its modules again without it.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node')

export default defineConfig({
  test: {
    globalSetup: ['tooling/vitest/src/postgres.ts', 'tooling/vitest/src/templates.ts'],
    include: ['{apps,packages,tooling}/*/{src,test,e2e}/**/*.test.{ts,tsx}'],
    reporters: ['default', './tooling/vitest/src/summary.ts'],
    // Limits end what hangs; how long something takes is for the bench. A busy machine is several times slower.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // For two cores: a third of a run is waiting, for a browser, a process or a database.
    maxWorkers: 3,
    // The files of a worker share its modules: loading them again for each file was a tenth of the run.
    isolate: false,
    // Node loads the modules as it does in production. What rewrites them for mocks, which no test here has, makes
    // every use of an import slower.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongestFirst },
    // As in production: the in-process Postgres needs half the memory when V8 does not optimise its WebAssembly. A
    // larger nursery is collected less often.
    execArgv: ['--liftoff-only', '--min-semi-space-size=32', '--max-semi-space-size=64'],
  },
})
