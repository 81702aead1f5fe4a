/** The chaos run in short: seconds instead of minutes, and a Postgres that others use too is not killed. */
import { createMigratedDatabase } from '@keyferry/db/testing'
import { copyEmptyQueue } from '@keyferry/queue/testing'
import { program } from '@keyferry/vitest/programs'
import { SEED } from '@keyferry/vitest/seed'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { discard, runChaos, type ChaosOptions } from '../src/chaos.ts'
import { faults, printed } from '../src/report.ts'

const SHORT = { forMs: 4_000, kills: 2, apis: 1, workers: 2, program, createQueue: copyEmptyQueue }
/** Of what hangs. */
const LIMIT_MS = 400_000

async function expectNothingLost(options: Pick<ChaosOptions, 'profile' | 'databaseUrl'>): Promise<void> {
  const report = await runChaos({ ...SHORT, ...options, seed: SEED })
  const found = faults(report).filter(([, list]) => list.length > 0)
  expect(found, printed(report)).toEqual([])
  // In so few seconds the dice may show pauses and restarts only: what counts is that processes were hit.
  const { kills, freezes, terminations } = report.damage
  expect(kills + freezes + terminations, printed(report)).toBeGreaterThan(0)
  expect(report.counts.acknowledged, printed(report)).toBeGreaterThan(0)
  expect(report.result.vendorWrites).toBeGreaterThan(0)
  await discard(report)
}

// Not within a test's limit: the first file of a run that needs the programs bundles them.
beforeAll(() => program('server'), LIMIT_MS)

describe('a short chaos run', () => {
  it('embedded: loses nothing, leaves nothing stale and keeps no value in clear', { timeout: LIMIT_MS }, () =>
    expectNothingLost({ profile: 'embedded' }),
  )

  it.skipIf(!inject('postgresUrl'))(
    'fleet: neither does it, and no target has two writers',
    { timeout: LIMIT_MS },
    async () => expectNothingLost({ profile: 'postgres', databaseUrl: await createMigratedDatabase() }),
  )
})
