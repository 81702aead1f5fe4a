/** How far the running syncs are: filled by the live feed, read by components that show progress. */
import { createStore, useSelected } from '../store.ts'

export interface Progress {
  done: number
  total: number
}

const progress = createStore<ReadonlyMap<string, Progress>>(new Map())

export function setProgress(syncId: string, next: Progress | undefined): void {
  const all = new Map(progress.get())
  if (next === undefined) all.delete(syncId)
  else all.set(syncId, next)
  progress.set(all)
}

export const useProgress = (syncId: string): Progress | undefined => useSelected(progress, (all) => all.get(syncId))
