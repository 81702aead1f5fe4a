import { expect, it } from 'vitest'
import { sharedReads } from './shared-reads.ts'

/** A store that says how often it was read, whose reads end when the test says so. */
function slowStore() {
  const ends: (() => void)[] = []
  return {
    reads: () => ends.length,
    end: () => ends.at(-1)?.(),
    read: async (): Promise<number> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const turn = ends.push(resolve)
      await promise
      return turn
    },
  }
}

it('shares a read that begins after the calls, and never one under way', async () => {
  const { read, reads, end } = slowStore()
  const shared = sharedReads<number>()
  const first = [shared('a', read), shared('a', read)]
  await expect.poll(reads).toBe(1)
  const later = [shared('a', read), shared('a', read), shared('a', read)]
  end()
  expect(await Promise.all(first)).toEqual([1, 1])
  await expect.poll(reads).toBe(2)
  end()
  expect(await Promise.all(later)).toEqual([2, 2, 2])
})

it('keeps reads of different names apart', async () => {
  const { read, reads, end } = slowStore()
  const shared = sharedReads<number>()
  const [a, b] = [shared('a', read), shared('b', read)]
  await expect.poll(reads).toBe(2)
  end()
  expect(await b).toBe(2)
  const again = shared('b', read)
  await expect.poll(reads).toBe(3)
  end()
  expect(await again).toBe(3)
  expect(await Promise.race([a, Promise.resolve('waits')])).toBe('waits')
})

it('fails for all that share it, and reads again for the next', async () => {
  const shared = sharedReads<number>()
  const fail = () => Promise.reject(new Error('away'))
  await expect(Promise.allSettled([shared('a', fail), shared('a', fail)])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ])
  const failing = shared('a', fail)
  const next = failing.catch(() => shared('a', async () => 1))
  expect(await next).toBe(1)
})
