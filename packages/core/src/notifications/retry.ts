/** When what could not be delivered is tried again, in milliseconds. */

/** A worker that dies while it delivers leaves the delivery to the others after this. */
export const CLAIM_MS = 60_000
/** Before the second try; doubled after each. */
export const FIRST_MS = 10_000
export const LONGEST_MS = 60 * 60_000
export const GIVE_UP_MS = 24 * 60 * 60_000
