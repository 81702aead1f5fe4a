export interface Paced {
  add(id: string): void
  /** Forgets what waits. */
  stop(): void
}

/**
 * Collects ids and hands them on together, once in `paceMs` milliseconds. `isEager`: the first one at once, and only
 * those that follow it closely together.
 */
export function paced(
  paceMs: number,
  handOn: (ids: ReadonlySet<string>) => void,
  { isEager = false }: { isEager?: boolean } = {},
): Paced {
  let waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    const ids = waiting
    waiting = new Set()
    timer = undefined
    if (ids.size === 0) return
    handOn(ids)
    if (isEager) timer = setTimeout(flush, paceMs)
  }
  return {
    add(id) {
      waiting.add(id)
      if (timer !== undefined) return
      if (isEager) flush()
      else timer = setTimeout(flush, paceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
