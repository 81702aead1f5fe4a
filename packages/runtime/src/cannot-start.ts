/** Keyferry does not start, and changed nothing. The message says why and what to do. */
export class CannotStart extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CannotStart'
  }
}
