import type { Spend } from './limits.ts'

/**
 * Thrown where a read of secrets turns out to be larger than its caller has room for (`Context.smallReadsOnly`): it is
 * done again once there is.
 */
export class LargeRead extends Error {
  constructor() {
    super('this read needs a turn of its own')
    this.name = 'LargeRead'
  }
}

/** Bytes of text that a small read resolves: many run beside each other. */
const SMALL_BYTES = 1024 * 1024

/** The budget of a small read, which is a part of `spend`. Throws `LargeRead` beyond it. */
export function smallBudget(spend: Spend): Spend {
  let left = SMALL_BYTES
  return (bytes) => {
    spend(bytes)
    left -= bytes
    if (left < 0) throw new LargeRead()
  }
}
