/** Bytes that one answer may have, and the values that are resolved for one. Beyond it a request is refused with 413. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024
