import DataLoader from 'dataloader'

/** Keys of one statement at most. */
const MAX_BATCH = 100

/**
 * Batches concurrent lookups into one SQL statement (DataLoader with a leading call). `answer` gets the keys in the
 * order they came, one maybe twice, and resolves to a function from key to result (an `Error` makes that one fail);
 * when it throws, all of them do.
 *
 * Runs immediately when idle; calls that arrive while a statement is in flight share the next one, so a busy process
 * reads seldom and for many. A result was read after its call. `store` is what the statement runs on: a database, or
 * one transaction. With `maxBatch` infinite, batches never overlap. `turns`: of the event loop that a batch waits for
 * more calls, though not for long.
 */
export function batchLoader<S extends object, K, V>(
  answer: (store: S, keys: readonly K[]) => Promise<(key: K) => V | Error>,
  { maxBatch = MAX_BATCH, turns = 1 } = {},
): (store: S, key: K) => Promise<V> {
  const loaders = new WeakMap<S, DataLoader<K, V>>()
  return (store, key) => {
    const loader = loaders.get(store) ?? oneBatchAtATime((keys: readonly K[]) => answer(store, keys), maxBatch, turns)
    loaders.set(store, loader)
    return loader.load(key)
  }
}

function oneBatchAtATime<K, V>(
  answer: (keys: readonly K[]) => Promise<(key: K) => V | Error>,
  maxBatchSize: number,
  turns: number,
): DataLoader<K, V> {
  let inFlight: Promise<unknown> = Promise.resolve()
  const load = async (keys: readonly K[]): Promise<(V | Error)[]> => {
    const answered = answer(keys)
    inFlight = answered.catch(() => {})
    return keys.map(await answered)
  }
  return new DataLoader(load, {
    cache: false,
    maxBatchSize,
    // Not before callers woken in the same turn of the loop have called too.
    batchScheduleFn: (dispatch) => void inFlight.then(() => afterTurns(turns, dispatch)),
  })
}

/**
 * Turns that what serves requests waits: those that are answered at the same time come one after the other, and each
 * statement that they share is a round trip less for all. An idle process turns at once.
 */
export const REQUEST_TURNS = 6

/** Resolves after the turns that what serves requests waits, or when they take too long. */
export const requestTurnsPassed = (): Promise<void> => new Promise((resolve) => afterTurns(REQUEST_TURNS, resolve))

/** Milliseconds that turns are waited for: those of a busy process are long. */
const LONGEST_MS = 10

function afterTurns(turns: number, work: () => void, since = performance.now()): void {
  const isLast = turns <= 1 || performance.now() - since >= LONGEST_MS
  setImmediate(isLast ? work : () => afterTurns(turns - 1, work, since))
}
