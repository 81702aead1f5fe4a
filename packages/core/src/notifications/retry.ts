/** When what could not be delivered is tried again, in milliseconds. */

/** A worker that dies while it delivers leaves the delivery to the others after this. */
export const CLAIM_MS = 60_000
/** Before the second try; doubled after each. */
const FIRST_MS = 10_000
export const LONGEST_MS = 60 * 60_000
export const GIVE_UP_MS = 24 * 60 * 60_000

/** Milliseconds until the next try, after so many before the one that failed. */
export const backOff = (tries: number): number => Math.min(FIRST_MS * 2 ** tries, LONGEST_MS)

/** A recipient that nothing keeps from being tried. */
export const ANSWERS = { tries: 0, retryAt: null }
