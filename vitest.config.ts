import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['tooling/vitest/src/postgres.ts', 'tooling/vitest/src/templates.ts'],
    include: ['{apps,packages,tooling}/*/{src,test}/**/*.test.{ts,tsx}'],
    reporters: ['default', './tooling/vitest/src/summary.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make the timing-sensitive suites slower.
    maxWorkers: 2,
    // As in production: the in-process Postgres needs half the memory when V8 does not optimise its WebAssembly.
    execArgv: ['--liftoff-only'],
  },
})
