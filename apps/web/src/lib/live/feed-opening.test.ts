import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { feedOpening } from './feed-opening.ts'

beforeEach(() => vi.useFakeTimers({ now: 0, toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => vi.useRealTimers())

/** What was called, and when. */
function watched() {
  const calls: { at: number; since: number }[] = []
  return { calls, opening: feedOpening((since) => calls.push({ at: performance.now(), since })) }
}

it('asks for a refresh every 5 seconds while a feed says nothing, as behind a proxy that keeps it back', () => {
  const { calls, opening } = watched()
  vi.advanceTimersByTime(100)
  opening.began()
  vi.advanceTimersByTime(12_000)
  opening.settled()
  vi.advanceTimersByTime(60_000)
  expect(calls).toEqual([5100, 10_100].map((at) => ({ at, since: at })))
})

it('leaves a feed alone that said that it is open, or ended', () => {
  const { calls, opening } = watched()
  opening.began()
  vi.advanceTimersByTime(4999)
  opening.settled()
  vi.advanceTimersByTime(60_000)
  expect(calls).toEqual([])
})

it('counts from the last beginning of a feed that was interrupted', () => {
  const { calls, opening } = watched()
  opening.began()
  vi.advanceTimersByTime(4000)
  opening.began()
  vi.advanceTimersByTime(5000)
  expect(calls).toEqual([{ at: 9000, since: 9000 }])
})
