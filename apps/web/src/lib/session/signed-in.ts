/** Whether the last visit with this browser was signed in: what to draw before the server has said so. */
const KEY = 'keyferry.signed-in'

export const wasSignedIn = (): boolean => localStorage.getItem(KEY) !== null
export const rememberSignedIn = (): void => localStorage.setItem(KEY, '')
export const forgetSignedIn = (): void => localStorage.removeItem(KEY)

/** Calls back whenever somebody signs in in another tab. Gives what ends that. */
export function onSignedIn(callback: () => Promise<void>): () => void {
  const listener = ({ key, newValue }: StorageEvent) => {
    if (key === KEY && newValue !== null) void callback()
  }
  addEventListener('storage', listener)
  return () => removeEventListener('storage', listener)
}
