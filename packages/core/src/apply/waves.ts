/** Which writes of a plan wait for others. Pure. */
import type { Write } from '../plan/plan.ts'

/**
 * The writes in waves, each to be sent once the one before has ended. An old name is deleted after its new one came.
 * Else nothing waits, unless more is created than `room`, the number of keys that fit beside those at the target: then
 * deletes come first, and names change as many at a time as fit.
 */
export function inWaves(writes: readonly Write[], room: number): Write[][] {
  const creates = writes.filter(({ action }) => action === 'create')
  const oldNames = writes.filter(({ renamedTo }) => renamedTo !== null)
  const others = writes.filter(({ action, renamedTo }) => action !== 'create' && renamedTo === null)
  if (creates.length <= room) return [[...others, ...creates], oldNames]

  const oldNamesOf = (keys: ReadonlySet<string>) => oldNames.filter(({ renamedTo }) => keys.has(renamedTo ?? ''))
  const createdKeys = new Set(creates.map(({ key }) => key))
  const leavesAtOnce = oldNames.filter(({ renamedTo }) => !createdKeys.has(renamedTo ?? ''))
  const newNames = new Set(oldNames.map(({ renamedTo }) => renamedTo))
  const renames = creates.filter(({ key }) => newNames.has(key))
  const deletes = others.filter(({ action }) => action === 'delete')
  const free = Math.max(1, room + deletes.length + leavesAtOnce.length)
  const waves = [others, leavesAtOnce]
  for (let at = 0; at < renames.length; at += free) {
    const some = renames.slice(at, at + free)
    waves.push(some, oldNamesOf(new Set(some.map(({ key }) => key))))
  }
  return [...waves, creates.filter(({ key }) => !newNames.has(key))]
}
