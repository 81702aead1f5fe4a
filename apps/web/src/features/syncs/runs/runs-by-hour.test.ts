import { expect, it } from 'vitest'
import { runsByHour } from './runs-by-hour.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const run = (startedAt: string, state: 'succeeded' | 'failed' | 'partial') => ({ startedAt, state })

it('counts the runs of each of the last 24 hours and shows the worst', () => {
  const hours = runsByHour(
    [
      run('2026-11-28T11:59:59Z', 'succeeded'),
      run('2026-11-28T11:00:00Z', 'failed'),
      run('2026-11-28T10:59:59Z', 'partial'),
      run('2026-11-27T12:00:00Z', 'succeeded'),
      run('2026-11-27T11:59:59Z', 'failed'),
    ],
    NOW,
  )
  expect(hours).toHaveLength(24)
  expect(hours.at(-1)).toMatchObject({ runs: 2, worst: 'failed' })
  expect(hours.at(-2)).toMatchObject({ runs: 1, worst: 'partial' })
  expect(hours[0]).toMatchObject({ runs: 1, worst: 'succeeded' })
  expect(hours.slice(1, -2).every(({ worst }) => worst === null)).toBe(true)
})
