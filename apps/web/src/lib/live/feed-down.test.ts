import { expect, it } from 'vitest'
import { isFeedDown } from './feed-down.ts'

it('is down from a failure until it is open, whatever is tried meanwhile', () => {
  const failed = { status: 'error', error: new Error('away') } as const
  const attempt = { status: 'connecting', error: null } as const
  const again = { status: 'connecting', error: new Error('away') } as const
  const open = { status: 'pending', error: null } as const
  let isDown = false
  const seen = [attempt, open, failed, attempt, again, attempt, open, attempt].map((feed) => {
    isDown = isFeedDown(isDown, feed)
    return isDown
  })
  expect(seen).toEqual([false, false, true, true, true, true, false, false])
})
