/** How far the running syncs are: filled by the live feed, read by components that show progress. */
import { useSyncExternalStore } from 'react'

export interface Progress {
  done: number
  total: number
}

const progress = new Map<string, Progress>()
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

export function setProgress(syncId: string, next: Progress | undefined): void {
  if (next === undefined) progress.delete(syncId)
  else progress.set(syncId, next)
  tell()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useProgress = (syncId: string): Progress | undefined =>
  useSyncExternalStore(subscribe, () => progress.get(syncId))
