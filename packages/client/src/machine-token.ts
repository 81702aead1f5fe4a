import type { TokenSource } from './bearer.ts'
import { createKeyferryClient } from './client.ts'

/** A machine identity, and what it signs in with. */
export type MachineSignIn = {
  /** Where the instance serves. */
  url: string
  /** Another `fetch`, for a proxy or a test. */
  fetch?: typeof fetch
} & (
  | { clientId: string; clientSecret: string }
  | {
      identityId: string
      /** Who signed the token: an OpenID provider, another issuer, or a Kubernetes cluster. */
      method: 'oidc' | 'jwt' | 'kubernetes'
      /** The token of the job or pod. Read again at each sign-in, because platforms replace it. */
      jwt: () => string | Promise<string>
    }
)

/** The part of a token's life after which the next one is fetched. */
const RENEWED_AFTER = 0.8

/**
 * A `token` for `createKeyferryClient` that signs the machine in, and again before its access token expires or when it
 * was refused. Calls that need a token at the same time share one sign-in.
 */
export function machineToken(machine: MachineSignIn): TokenSource {
  const client = createKeyferryClient({ url: machine.url, fetch: machine.fetch })
  let current: { token: string; renewAt: number } | null = null
  let signingIn: Promise<string> | null = null
  const signIn = async (): Promise<string> => {
    const { accessToken, expiresIn } =
      'clientId' in machine
        ? await client.universalAuth.login.mutate({ clientId: machine.clientId, clientSecret: machine.clientSecret })
        : await client[`${machine.method}Auth`].login.mutate({
            identityId: machine.identityId,
            jwt: await machine.jwt(),
          })
    current = { token: accessToken, renewAt: Date.now() + expiresIn * 1000 * RENEWED_AFTER }
    return accessToken
  }
  return (refused) => {
    if (current && current.token !== refused && Date.now() < current.renewAt) return current.token
    signingIn ??= signIn().finally(() => {
      signingIn = null
    })
    return signingIn
  }
}
