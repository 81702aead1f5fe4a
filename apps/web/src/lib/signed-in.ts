/** Whether the last visit with this browser was signed in: what to draw before the server has said so. */
const KEY = 'keyferry.signed-in'

export const wasSignedIn = (): boolean => localStorage.getItem(KEY) !== null
export const rememberSignedIn = (): void => localStorage.setItem(KEY, '')
export const forgetSignedIn = (): void => localStorage.removeItem(KEY)
