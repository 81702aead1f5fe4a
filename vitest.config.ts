import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['tooling/vitest/src/postgres.ts'],
    include: ['{apps,packages,tooling}/*/test/**/*.test.ts', '{apps,packages}/*/src/**/*.test.ts'],
    reporters: ['default', './tooling/vitest/src/summary.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make the timing-sensitive suites slower.
    maxWorkers: 2,
  },
})
