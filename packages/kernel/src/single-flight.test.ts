import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { repeat, singleFlight } from './single-flight.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work that ends when the test says so. */
function held() {
  const ends: PromiseWithResolvers<number>[] = []
  const work = (): Promise<number> => {
    const end = Promise.withResolvers<number>()
    ends.push(end)
    return end.promise
  }
  return { ends, work }
}

test('a call while one is in flight shares its result, also its failure; the next one runs again', async () => {
  const { ends, work } = held()
  const run = singleFlight(work)
  const shared = Promise.all([run(), run()])
  ends[0]?.resolve(1)
  expect(await shared).toEqual([1, 1])
  const failing = Promise.allSettled([run(), run()])
  ends[1]?.reject(new Error('no'))
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  void run()
  expect(ends).toHaveLength(3)
})

test('work is repeated, never twice at a time, also after a failure, until it is stopped and has ended', async () => {
  const { ends, work } = held()
  const failures: unknown[] = []
  const repeated = repeat(1_000, work, { failed: (error) => failures.push(error) })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ends).toHaveLength(1)
  ends[0]?.reject(new Error('trouble'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect([ends.length, failures]).toEqual([2, [new Error('trouble')]])

  let isStopped = false
  const stopping = repeated.stop().then(() => (isStopped = true))
  await vi.advanceTimersByTimeAsync(5_000)
  expect([ends.length, isStopped]).toEqual([2, false])
  ends[1]?.resolve(2)
  await stopping
  expect(ends).toHaveLength(2)
})
