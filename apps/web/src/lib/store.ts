/** State outside of React that components show. */
import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  set(next: T): void
  /** Calls `listener` after each change. Returns what ends that. */
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set: (next) => {
      if (Object.is(next, state)) return
      state = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const useStore = <T>({ get, subscribe }: Store<T>): T => useSyncExternalStore(subscribe, get)

/** What `select` reads of the state: the component is drawn again only when that is another one. */
export const useSelected = <T, S>({ get, subscribe }: Store<T>, select: (state: T) => S): S =>
  useSyncExternalStore(subscribe, () => select(get()))
