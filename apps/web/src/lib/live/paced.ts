export interface Paced<Id> {
  add(id: Id): void
  /** Forgets what waits. */
  stop(): void
}

/**
 * Collects ids and hands them on together, once in `paceMs` milliseconds. `isEager`: the first one at once, and only
 * those that follow it closely together.
 */
export function paced<Id extends string>(
  paceMs: number,
  handOn: (ids: ReadonlySet<Id>) => void,
  { isEager = false }: { isEager?: boolean } = {},
): Paced<Id> {
  let waiting = new Set<Id>()
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
