/** One at a time, in the order in which they came. */
export class Turns {
  #isTaken = false
  readonly #waiting: (() => void)[] = []

  /** Resolves when it is the caller's turn, which lasts until `leave`. */
  take(): Promise<void> {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return Promise.resolve()
  }

  /** The next one's turn begins. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isTaken = false
  }
}
