import { expect, test } from 'vitest'
import { readNumberedPages, readPages } from './pages.ts'

test('a listing of 500 pages is read whole', async () => {
  const rows = await readPages(async (from) => {
    const page = Number(from ?? 1)
    return { rows: [page], next: page < 500 ? String(page + 1) : null }
  })
  expect(rows).toEqual(Array.from({ length: 500 }, (_, at) => at + 1))
})

test.each([
  ['leads back to a page', () => '7'],
  ['has no end', (from: string | null) => String(Number(from ?? 0) + 1)],
])('a listing that %s is no listing', async (_, next) => {
  await expect(readPages(async (from) => ({ rows: [1], next: next(from) }))).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('cannot be read whole'),
  })
})

test('a listing of the largest pages is ended before they fill the memory', async () => {
  const row = 'x'.repeat(32_000_000)
  let pages = 0
  const read = async () => ({ rows: [row], next: String(++pages) })
  await expect(readPages(read)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(pages).toBe(5)
})

test('a row that is deleted between two pages hides another one, so that all are read again', async () => {
  const answers = [
    { rows: ['a', 'b'], total: 3, isLast: false },
    { rows: [], total: 2, isLast: true },
    { rows: ['b', 'c'], total: 2, isLast: true },
  ]
  const read = async () => answers.shift() ?? { rows: [], total: 2, isLast: true }
  expect(await readNumberedPages(read, (name) => name)).toEqual(['b', 'c'])
})

test('a numbered listing that repeats its first page for ever is read twice, two pages each time', async () => {
  const asked: number[] = []
  const read = async (page: number) => {
    asked.push(page)
    return { rows: ['a', 'b'], total: null, isLast: false }
  }
  await expect(readNumberedPages(read, (name) => name)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(asked).toEqual([1, 2, 1, 2])
})
