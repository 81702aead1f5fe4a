import { requestTurnsPassed } from '@keyferry/db'

/**
 * Reads that those share who want the same at about the same time: a call shares the next read of its name that begins,
 * never one under way, so what it gets was read after it asked. All of them get the same object, or the same error.
 */
export function sharedReads<T>(): (name: string, read: () => Promise<T>) => Promise<T> {
  const waiting = new Map<string, Promise<T>>()
  const underWay = new Map<string, Promise<T>>()
  const readNext = async (name: string, read: () => Promise<T>): Promise<T> => {
    await underWay.get(name)?.catch(() => undefined)
    // Not before callers woken at about the same time have called too.
    await requestTurnsPassed()
    waiting.delete(name)
    const reading = read()
    underWay.set(name, reading)
    try {
      return await reading
    } finally {
      if (underWay.get(name) === reading) underWay.delete(name)
    }
  }
  return (name, read) => {
    const next = waiting.get(name) ?? readNext(name, read)
    waiting.set(name, next)
    return next
  }
}
