/** The session of the open page, which may end while somebody types. */
import { statusOf } from '../server/errors.ts'
import { forgetSignedIn, onSignedIn } from './signed-in.ts'
import { refetchFailed } from '../server/stale.ts'
import { createStore, useStore } from '../store.ts'
import { api } from '../server/trpc.ts'

const isOver = createStore(false)
let isChecking = false
let stopWaiting = (): void => undefined

function setOver(next: boolean): void {
  isOver.set(next)
  if (!next) stopWaiting()
}

/**
 * Keeps the page as it is and says that its session is over, until the same person has signed in again in another tab.
 * For another one, with other permissions, the page is loaded again.
 */
export function endSession(): void {
  const before = api.instance.me.getData()?.id
  if (isOver.get() || before === undefined) return
  forgetSignedIn()
  setOver(true)
  stopWaiting = onSignedIn(() => resume(before))
}

async function resume(before: string): Promise<void> {
  const now = await api.instance.me.fetch(undefined, { staleTime: 0 }).catch(() => undefined)
  if (now === undefined || !isOver.get()) return
  if (now.id !== before) return location.reload()
  setOver(false)
  await refetchFailed()
}

/** After a 401, which may have come from a proxy, or from a single request: ends the session if it is over. */
export async function checkSession(): Promise<void> {
  if (isOver.get() || isChecking) return
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

export const useIsSessionOver = (): boolean => useStore(isOver)
