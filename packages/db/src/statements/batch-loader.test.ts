import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { batchLoader } from './batch-loader.ts'

/** Answers with twice the number, when told to; `asked` has the keys of every statement. */
function doubling() {
  const asked: (readonly number[])[] = []
  const open: (() => void)[] = []
  const double = batchLoader(async (_store: object, keys: readonly number[]) => {
    asked.push(keys)
    await new Promise<void>((resolve) => open.push(resolve))
    return (key) => (key < 0 ? new Error(`${key} is too small`) : key * 2)
  })
  return { asked, double, answer: () => open.shift()?.() }
}

describe('a question asked together', () => {
  it('is one statement for all that ask while another one is under way, and each gets its own answer', async () => {
    const { asked, double, answer } = doubling()
    const store = {}
    const first = double(store, 1)
    await expect.poll(() => asked).toEqual([[1]])
    const rest = [2, 3, 3, 4].map((key) => double(store, key))
    answer()
    expect(await first).toBe(2)
    await expect.poll(() => asked).toEqual([[1], [2, 3, 3, 4]])
    answer()
    expect(await Promise.all(rest)).toEqual([4, 6, 6, 8])
  })

  it('reads again each time: nothing is remembered', async () => {
    let value = 'old'
    const read = batchLoader(async () => {
      const found = value
      return () => found
    })
    const store = {}
    expect(await read(store, 'key')).toBe('old')
    value = 'new'
    expect(await read(store, 'key')).toBe('new')
  })

  it('is read from each store separately', async () => {
    const { asked, double, answer } = doubling()
    const [here, there] = [double({}, 1), double({}, 2)]
    await expect.poll(() => asked).toEqual([[1], [2]])
    answer()
    answer()
    expect(await Promise.all([here, there])).toEqual([2, 4])
  })

  it('fails for all when the statement does, for one when its answer is an error, and continues after that', async () => {
    let works = false
    const answers = batchLoader(async (_store: object, keys: readonly number[]) => {
      if (!works) throw new Error(`no answer for ${keys.join(', ')}`)
      return (key: number) => (key < 0 ? new Error(`${key} is too small`) : key * 2)
    })
    const store = {}
    const failed = await Promise.allSettled([1, 2].map((key) => answers(store, key)))
    expect(failed.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      'Error: no answer for 1, 2',
      'Error: no answer for 1, 2',
    ])
    works = true
    const [small, large] = await Promise.allSettled([-1, 4].map((key) => answers(store, key)))
    expect(small).toMatchObject({ status: 'rejected', reason: { message: '-1 is too small' } })
    expect(large).toEqual({ status: 'fulfilled', value: 8 })
  })

  it('waits some turns of the event loop for those that ask later, where it may', async () => {
    const asked: (readonly number[])[] = []
    const late = batchLoader(
      async (_store: object, keys: readonly number[]) => {
        asked.push(keys)
        return (key) => key
      },
      { turns: 4 },
    )
    const store = {}
    const first = late(store, 1)
    await setImmediate()
    await setImmediate()
    expect(await Promise.all([first, late(store, 2)])).toEqual([1, 2])
    expect(asked).toEqual([[1, 2]])
  })

  it('is several statements when too many ask', async () => {
    const sizes: number[] = []
    const count = batchLoader(async (_store: object, keys: readonly number[]) => {
      sizes.push(keys.length)
      return (key) => key
    })
    const store = {}
    const keys = Array.from({ length: 250 }, (_, i) => i)
    expect(await Promise.all(keys.map((key) => count(store, key)))).toEqual(keys)
    expect(sizes).toEqual([100, 100, 50])
  })
})
