import { queryOptions } from '@tanstack/react-query'
import { answered, factors, loadAuth, loadPasskey } from '../../lib/session/auth.ts'
import { queryClient } from '../../lib/server/trpc.ts'

/** Whose account it is, and how they sign in. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: async () => {
    const auth = await loadAuth()
    const [session, accounts, has] = await Promise.all([auth.getSession(), auth.listAccounts(), factors()])
    const { user, session: here } = answered(session)
    return {
      name: user.name,
      email: user.email,
      sessionId: here.id,
      factors: has,
      hasPassword: answered(accounts).some(({ providerId }) => providerId === 'credential'),
    }
  },
})

/** Everywhere that they are signed in. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => {
    const auth = await loadAuth()
    return answered(await auth.listSessions())
  },
})

/** The passkeys of the account. */
export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: async () => (await loadPasskey()).listPasskeys(),
})

/** A change of the second factor or the password begins a new session. */
export const accountChanged = (): Promise<unknown> =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: accountQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey }),
  ])
