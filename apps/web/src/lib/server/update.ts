/** Whether the server serves another build of the console than the one that this page runs. */
import { createStore, useStore } from '../store.ts'

const ENTRY = /<script[^>]*type="module"[^>]*src="([^"]+)"/

const isOutdated = createStore(false)

/** Compares this page with what the server serves now. Changes nothing when nothing answers. */
export async function checkForUpdate(): Promise<void> {
  if (isOutdated.get()) return
  const served = await servedEntry().catch(() => undefined)
  const own = document.querySelector('script[type=module][src]')?.getAttribute('src')
  if (served === undefined || served === own) return
  isOutdated.set(true)
}

/** Throws when the connection ends, which it may within the answer. */
async function servedEntry(): Promise<string | undefined> {
  const answer = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } })
  return answer.ok ? ENTRY.exec(await answer.text())?.[1] : undefined
}

export const useOutdated = (): boolean => useStore(isOutdated)
