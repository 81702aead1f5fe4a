/** Key Vault's answers: errors have a code, and often a second one inside that says more (2026-11-28). */
import { randomUUID } from 'node:crypto'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

const headers = (): Record<string, string> => ({
  'cache-control': 'no-cache',
  'x-ms-keyvault-region': 'westeurope',
  'x-ms-request-id': randomUUID(),
})

export const ok = (body: unknown): ServedAnswer => ({ status: 200, headers: headers(), body })
export const noContent = (): ServedAnswer => ({ status: 204, headers: headers() })

/** `inner`: the code inside, such as `SecretDisabled`. */
export const refuse = (
  status: number,
  code: string,
  message: string,
  { inner, ...more }: { inner?: string; headers?: Record<string, string> } = {},
): ServedAnswer => ({
  status,
  headers: { ...headers(), ...more.headers },
  body: { error: { code, message, ...(inner !== undefined && { innererror: { code: inner } }) } },
})

export const badParameter = (message: string): ServedAnswer => refuse(400, 'BadParameter', message)

export const notFound = (name: string): ServedAnswer =>
  refuse(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  )

export const inBin = (name: string): ServedAnswer =>
  refuse(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    { inner: 'ObjectIsDeletedButRecoverable' },
  )

export const beingDeleted = (name: string): ServedAnswer =>
  refuse(409, 'Conflict', `Secret ${name} is currently being deleted and cannot be re-created; retry later.`, {
    inner: 'ObjectIsBeingDeleted',
  })

export const beingRecovered = (name: string): ServedAnswer =>
  refuse(409, 'Conflict', `Secret ${name} is currently being recovered and cannot be re-created; retry later.`, {
    inner: 'ObjectIsBeingRecovered',
  })

export const throttled = (): ServedAnswer =>
  refuse(
    429,
    'Throttled',
    'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached',
    { headers: { 'retry-after': '1' } },
  )
