import { readFile } from 'node:fs/promises'
import { createKeyferryClient } from '@keyferry/client'
import { Failure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { askHidden, type Terminal } from '../terminal/terminal.ts'

/** Where a pod finds the token of its service account. */
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Whose token a machine signs in with. */
export const TOKENS_OF = ['oidc', 'jwt', 'kubernetes'] as const
export type TokensOf = (typeof TOKENS_OF)[number]

export interface MachineSignIn {
  identityId: string
  tokensOf: TokensOf
  /** File with the token; left out, a pod's own, or the one that is requested. */
  file?: string | undefined
}

/** An access token for the token of a CI job or a pod. */
export async function signInMachine(terminal: Terminal, url: string, machine: MachineSignIn): Promise<string> {
  const { identityId, tokensOf } = machine
  const jwt = (await tokenOf(terminal, machine)).trim()
  const client = createKeyferryClient({ url })
  const { accessToken } = await client[`${tokensOf}Auth`].login.mutate({ identityId, jwt })
  return accessToken
}

/** An access token for a client secret, which is prompted for or read from stdin. */
export async function signInByClientSecret(terminal: Terminal, url: string, clientId: string): Promise<string> {
  const clientSecret = await askHidden(terminal, 'Client secret:')
  const client = createKeyferryClient({ url })
  return (await client.universalAuth.login.mutate({ clientId, clientSecret })).accessToken
}

async function tokenOf(terminal: Terminal, { file, tokensOf }: MachineSignIn): Promise<string> {
  if (file !== undefined) return fileText(file)
  if (tokensOf !== 'kubernetes') return askHidden(terminal, 'Token of the job:')
  return readFile(POD_TOKEN, 'utf8').catch(() => {
    throw new Failure(`${POD_TOKEN} cannot be read`, 'Pass the file with the token as --token-file.')
  })
}
