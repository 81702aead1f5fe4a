/** The session of the open page, which may end while somebody types. */
import { useSyncExternalStore } from 'react'
import { statusOf } from './errors.ts'
import { forgetSignedIn, onSignedIn } from './signed-in.ts'
import { refetchFailed } from './stale.ts'
import { api } from './trpc.ts'

let isOver = false
let isChecking = false
let stopWaiting = (): void => undefined
const listeners = new Set<() => void>()

function setOver(next: boolean): void {
  isOver = next
  if (!next) stopWaiting()
  for (const listener of listeners) listener()
}

/**
 * Keeps the page as it is and says that its session is over, until the same person has signed in again in another tab.
 * For another one, with other permissions, the page is loaded again.
 */
export function endSession(): void {
  const before = api.instance.me.getData()?.id
  if (isOver || before === undefined) return
  forgetSignedIn()
  setOver(true)
  stopWaiting = onSignedIn(() => resume(before))
}

async function resume(before: string): Promise<void> {
  const now = await api.instance.me.fetch(undefined, { staleTime: 0 }).catch(() => undefined)
  if (now === undefined || !isOver) return
  if (now.id !== before) return location.reload()
  setOver(false)
  await refetchFailed()
}

/** After a 401, which may have come from a proxy, or from a single request: ends the session if it is over. */
export async function checkSession(): Promise<void> {
  if (isOver || isChecking) return
  isChecking = true
  try {
    await api.instance.me.fetch(undefined, { staleTime: 0 })
  } catch (error) {
    if (statusOf(error) === 401) endSession()
  } finally {
    isChecking = false
  }
}

/** Somebody signed in or out on this page. */
export const forgetEndedSession = (): void => setOver(false)

export const useIsSessionOver = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isOver,
  )
