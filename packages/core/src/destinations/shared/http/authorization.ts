/** The usual ways to prove a credential. */
import type { Authorization } from '../../connection.ts'

/** The same headers on every request. */
export const fixedHeaders = (headers: Readonly<Record<string, string>>): Authorization => ({
  headers: () => ({ ...headers }),
})

export const bearer = (token: string): Authorization => fixedHeaders({ authorization: `Bearer ${token}` })

/** For a token's endpoint, where the credential is in the body. */
export const noAuthorization: Authorization = { headers: () => ({}) }
