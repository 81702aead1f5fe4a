/** A GitHub App: assertions signed with its key, and installation tokens (docs.github.com, 2026-11-28). */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { decodeJwt, jwtVerify } from 'jose'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import type { Accounts } from './accounts.ts'
import { notFound, ok, refuse } from './answers.ts'
import { appRow } from './rows.ts'

export const APP_ID = 12_345
export const INSTALLATION_ID = 67_890
const CLIENT_ID = 'Iv23liKeyferry'
const OWNER = 'acme'
const HOUR_MS = 3_600_000

export interface App {
  /** PKCS #1, as GitHub gives it out. */
  privateKey(): string
  /** Answers for `/app` and below, null for other paths. */
  serve(request: ServedRequest, segments: readonly string[]): Promise<ServedAnswer | null>
  suspend(isSuspended: boolean): void
  /** Installation tokens handed out so far. */
  handedOut(): number
}

/** Generating one takes a while, so all emulators of a process have the same. */
let keys: { publicKey: KeyObject; pem: string } | undefined
const keyPair = (): { publicKey: KeyObject; pem: string } => {
  if (keys) return keys
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  keys = { publicKey, pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() }
  return keys
}

export function createApp(accounts: Accounts, options: { rights: readonly string[]; tokenMs?: number }): App {
  const permissions = Object.fromEntries([['metadata', 'read'], ...options.rights.map((right) => right.split('='))])
  let isSuspended = false
  let handedOut = 0

  const token = (): ServedAnswer => {
    const expiresAt = Date.now() + (options.tokenMs ?? HOUR_MS)
    const text = accounts.add(`ghs_${APP_ID}_`, {
      kind: 'installation',
      login: '',
      owners: [OWNER],
      rights: options.rights,
      expiresAt,
    })
    handedOut += 1
    return {
      status: 201,
      body: {
        token: text,
        expires_at: new Date(expiresAt).toISOString().replace(/\.\d+/, ''),
        permissions,
        repository_selection: 'all',
      },
    }
  }

  return {
    privateKey: () => keyPair().pem,
    async serve(request, [root, installations, id, last]) {
      if (root !== 'app') return null
      const refused = await whyNotProven(request)
      if (refused) return refused
      if (installations === undefined) return ok(appRow(APP_ID, 'keyferry-test', OWNER, permissions))
      if (installations !== 'installations' || id !== String(INSTALLATION_ID)) return notFound()
      if (last !== 'access_tokens' || request.method !== 'POST') return notFound()
      return isSuspended ? refuse(403, 'This installation has been suspended') : token()
    },
    suspend(value) {
      isSuspended = value
    },
    handedOut: () => handedOut,
  }
}

/** GitHub's refusal of the assertion in the authorization header, or null. */
async function whyNotProven({ headers }: ServedRequest): Promise<ServedAnswer | null> {
  const assertion = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const now = Math.floor(Date.now() / 1_000)
  try {
    const { iss, iat, exp } = decodeJwt(assertion)
    if (typeof iat !== 'number' || iat > now) {
      return refuse(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      )
    }
    if (typeof exp !== 'number' || exp <= now) {
      return refuse(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      )
    }
    if (exp > now + 600) return refuse(401, "'Expiration time' claim ('exp') is too far in the future")
    if (iss !== String(APP_ID) && iss !== CLIENT_ID) return refuse(404, 'Integration not found')
    await jwtVerify(assertion, keyPair().publicKey, { algorithms: ['RS256'] })
    return null
  } catch {
    return refuse(401, 'A JSON web token could not be decoded')
  }
}
