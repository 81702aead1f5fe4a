/** API tokens and their permissions. A malformed token is a 400, a wrong one a 401, a missing permission a 403. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { authenticationError, malformedToken } from './answers.ts'

export const ACCOUNT = '023e105f4ecef8ad9ca31a8372d0c353'
const OTHER_ACCOUNT = '699d98642c564d2e855e9661899b7252'

export const TOKENS = {
  /** Workers Scripts Write, and no more. */
  writer: 'cfut_workersScriptsWriteOfTheEmulator',
  /** Workers Scripts Read. */
  reader: 'cfut_workersScriptsReadOfTheEmulator',
  /** Workers Scripts Write and Account Settings Read. */
  admin: 'cfut_accountSettingsReadOfTheEmulator',
  /** Owned by the account instead of a user; Workers Scripts Write. */
  ofAccount: 'cfat_ownedByTheEmulatedAccountItself',
  /** Of another account. */
  stranger: 'cfut_ofAnotherAccountThanTheEmulated',
  /** Has expired. */
  expired: 'cfut_expiredTokenOfTheEmulatedAccount',
} as const

export interface Holder {
  id: string
  account: string
  writes: boolean
  readsAccount: boolean
  isOfAccount: boolean
  status: 'active' | 'expired'
}

const holder = (id: string, more: Partial<Holder> = {}): Holder => ({
  id: id.padEnd(32, '0'),
  account: ACCOUNT,
  writes: true,
  readsAccount: false,
  isOfAccount: false,
  status: 'active',
  ...more,
})

const HOLDERS: ReadonlyMap<string, Holder> = new Map([
  [TOKENS.writer, holder('a1')],
  [TOKENS.reader, holder('b2', { writes: false })],
  [TOKENS.admin, holder('c3', { readsAccount: true })],
  [TOKENS.ofAccount, holder('d4', { isOfAccount: true })],
  [TOKENS.stranger, holder('e5', { account: OTHER_ACCOUNT })],
  [TOKENS.expired, holder('f6', { status: 'expired' })],
])

/** The holder of the request's token, or Cloudflare's refusal. */
export function holderOf({ headers }: ServedRequest): Holder | ServedAnswer {
  if (headers.authorization === undefined) return authenticationError(401)
  const token = /^Bearer ([\w-]{20,})$/.exec(headers.authorization)?.[1]
  if (token === undefined) return malformedToken()
  return HOLDERS.get(token) ?? authenticationError(401)
}
