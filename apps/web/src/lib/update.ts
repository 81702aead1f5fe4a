/** Whether the server serves another build of the console than the one that this page runs. */
import { useSyncExternalStore } from 'react'

const ENTRY = /<script[^>]*type="module"[^>]*src="([^"]+)"/

let isOutdated = false
const listeners = new Set<() => void>()

/** Compares this page with what the server serves now. Changes nothing when nothing answers. */
export async function checkForUpdate(): Promise<void> {
  if (isOutdated) return
  const answer = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } }).catch(() => null)
  const served = answer?.ok === true ? ENTRY.exec(await answer.text())?.[1] : undefined
  const own = document.querySelector('script[type=module][src]')?.getAttribute('src')
  if (served === undefined || served === own) return
  isOutdated = true
  for (const listener of listeners) listener()
}

export const useOutdated = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isOutdated,
  )
