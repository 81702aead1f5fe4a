import { QueryObserver } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { FreshQueryClient } from './fresh-query-client.ts'

const queryKey = ['answer']

/** A query whose answers arrive when the test says so. */
function given() {
  const client = new FreshQueryClient({ isPassing: (error) => error instanceof Error && error.message === 'away' })
  const asked: PromiseWithResolvers<string>[] = []
  const queryFn = (): Promise<string> => {
    const call = Promise.withResolvers<string>()
    asked.push(call)
    return call.promise
  }
  const observer = new QueryObserver(client, { queryKey, queryFn, staleTime: Infinity, retry: false })
  const answer = async (index: number, text: string): Promise<void> => {
    await expect.poll(() => asked.length).toBeGreaterThan(index)
    asked[index]?.resolve(text)
  }
  const shown = () => client.getQueryState(queryKey)
  return { client, asked, observer, answer, shown }
}

it('asks again after a first answer that was under way when its query was invalidated', async () => {
  const { client, asked, observer, answer, shown } = given()
  const leave = observer.subscribe(() => {})
  void client.invalidateQueries({ queryKey })
  void client.invalidateQueries()
  await answer(0, 'before')
  await answer(1, 'after')
  await expect.poll(shown).toMatchObject({ data: 'after', isInvalidated: false, fetchStatus: 'idle' })
  expect(asked).toHaveLength(2)
  leave()
})

it('also does so when an earlier fetch failed', async () => {
  const { client, asked, observer, answer, shown } = given()
  const leave = observer.subscribe(() => {})
  asked[0]?.reject(new Error('away'))
  await expect.poll(shown).toMatchObject({ status: 'error' })
  void observer.refetch()
  void client.invalidateQueries({ queryKey })
  await answer(1, 'before')
  await answer(2, 'after')
  await expect.poll(shown).toMatchObject({ data: 'after', fetchStatus: 'idle' })
  leave()
})

it('takes an answer for stale that arrives after its screen was left and its query invalidated', async () => {
  const { client, observer, answer, shown } = given()
  const leave = observer.subscribe(() => {})
  await answer(0, 'first')
  await expect.poll(shown).toMatchObject({ data: 'first' })
  void client.invalidateQueries({ queryKey })
  leave()
  void client.invalidateQueries({ queryKey })
  await answer(1, 'before')
  await expect.poll(shown).toMatchObject({ data: 'before', isInvalidated: true, fetchStatus: 'idle' })
})

it('asks once after an answer that arrived before', async () => {
  const { client, asked, observer, answer, shown } = given()
  const leave = observer.subscribe(() => {})
  await answer(0, 'first')
  await expect.poll(shown).toMatchObject({ data: 'first' })
  void client.invalidateQueries({ queryKey })
  await answer(1, 'second')
  await expect.poll(shown).toMatchObject({ data: 'second', isInvalidated: false, fetchStatus: 'idle' })
  expect(asked).toHaveLength(2)
  leave()
})

it('keeps what it has when fetching it again fails in passing, and says that it is behind', async () => {
  const { client, asked, observer, answer, shown } = given()
  const leave = observer.subscribe(() => {})
  const query = observer.getCurrentQuery()
  await answer(0, 'first')
  await expect.poll(shown).toMatchObject({ data: 'first' })
  void observer.refetch()
  asked[1]?.reject(new Error('away'))
  await expect.poll(() => client.isBehind(query)).toBe(true)
  expect(shown()).toMatchObject({ data: 'first', status: 'success', error: null, isInvalidated: true })
  void observer.refetch()
  await answer(2, 'second')
  await expect.poll(shown).toMatchObject({ data: 'second' })
  expect(client.isBehind(query)).toBe(false)
  void observer.refetch()
  asked[3]?.reject(new Error('refused'))
  await expect.poll(shown).toMatchObject({ data: 'second', status: 'error' })
  observer.setOptions({ ...observer.options, staleTime: 0 })
  void observer.refetch()
  asked[4]?.reject(new Error('away'))
  await expect.poll(() => shown()?.error).toMatchObject({ message: 'away' })
  leave()
})
