import { api, queryClient } from './trpc.ts'

/** Loaded when someone signs in or out: no other page needs it. */
const loadAuth = async () => (await import('./auth-client.ts')).auth

/** Signs in and sets the session cookie. Throws an Error with a sentence for the form. */
export async function signIn(email: string, password: string): Promise<void> {
  const auth = await loadAuth()
  const { error } = await auth.signIn.email({ email, password })
  if (error) throw new Error(signInProblem(error.status, error.message))
  await api.instance.me.invalidate()
}

/** Ends the session and forgets everything that was read in it. */
export async function signOut(): Promise<void> {
  const auth = await loadAuth()
  await auth.signOut()
  sessionStorage.clear()
  queryClient.clear()
}

function signInProblem(status: number, message: string | undefined): string {
  if (status === 401) return 'Email and password do not match an account here.'
  if (status === 429) return 'Too many attempts. Wait a minute, then try again.'
  if (status === 0 || status >= 500) return 'The server did not answer. Check that Keyferry is running, then try again.'
  return message ?? 'Sign-in was refused.'
}
