/** Keyferry does not start, and changed nothing. The message says why and what to do. */
export class StartupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StartupError'
  }
}
