import DataLoader from 'dataloader'

/** Askers that one statement serves at most. */
const MAX_BATCH = 100

/**
 * A question that many ask at about the same time, each for a key of its own, answered by one statement. `answer` gets the keys in the order they
 * came, one maybe twice, and resolves to what tells each its answer (an `Error` makes that one fail); when it throws, all of them do.
 *
 * An idle process asks at once. While a statement is under way whoever comes waits for the next one, so that a busy process asks seldom and for
 * many. What is answered was read after it was asked for. `store` is what the statement runs on: a database, or one transaction.
 */
export function batchLoader<S extends object, K, V>(
  answer: (store: S, keys: readonly K[]) => Promise<(key: K) => V | Error>,
): (store: S, key: K) => Promise<V> {
  const loaders = new WeakMap<S, DataLoader<K, V>>()
  return (store, key) => {
    const loader = loaders.get(store) ?? oneBatchAtATime((keys: readonly K[]) => answer(store, keys))
    loaders.set(store, loader)
    return loader.load(key)
  }
}

function oneBatchAtATime<K, V>(answer: (keys: readonly K[]) => Promise<(key: K) => V | Error>): DataLoader<K, V> {
  let inFlight: Promise<unknown> = Promise.resolve()
  const load = async (keys: readonly K[]): Promise<(V | Error)[]> => {
    const answered = answer(keys)
    inFlight = answered.catch(() => {})
    return keys.map(await answered)
  }
  return new DataLoader(load, {
    cache: false,
    maxBatchSize: MAX_BATCH,
    // Not before whoever was woken by the same turn of the loop could ask as well.
    batchScheduleFn: (dispatch) => void inFlight.then(() => setImmediate(dispatch)),
  })
}
