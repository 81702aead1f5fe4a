/** A token of an issuer, checked: signature, times and issuer by jose, the rest against what is bound. */
import type { Network } from '@keyferry/kernel'
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import { misfit, type Bounds } from './bound-claims.ts'
import { keysOf, type KeySource } from './signing-keys.ts'

/** The token is not accepted. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  /** What is wrong with it, for the audit log. */
  readonly problem: string

  /** `isGenuine`: the issuer signed it, so its sender may learn what is wrong. */
  constructor(problem: string, { isGenuine }: { isGenuine: boolean }) {
    super(isGenuine ? `The token is not accepted for this identity: ${problem}` : 'Invalid credentials')
    this.problem = problem
  }
}

/** Signatures only: a code made with a shared secret (HS256) proves nothing here, and `none` even less. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Seconds that the issuer's clock and ours may differ. */
const CLOCK_TOLERANCE = 10

interface Expected {
  keys: KeySource
  /** To the letter; empty: any issuer that signs with these keys. */
  issuer: string
  bounds: Bounds
}

/** Its claims. Rejects with `TokenRefused`, and with `NoAnswer` when the issuer's keys cannot be read. */
export async function checkIssuerToken(
  { network, now }: { network: Network; now: () => Date },
  token: string,
  { keys, issuer, bounds }: Expected,
): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    algorithms: ALGORITHMS,
    currentDate: now(),
    clockTolerance: CLOCK_TOLERANCE,
    // One without an end would be a password for ever.
    requiredClaims: ['exp'],
    ...(issuer === '' ? {} : { issuer }),
  }
  let claims: JWTPayload
  try {
    claims = await verify(token, keysOf(network, keys), options)
  } catch (error) {
    throw refusal(error)
  }
  const wrong = misfit(claims, bounds)
  if (wrong !== null) throw new TokenRefused(PROBLEMS.get(wrong) ?? `claim ${wrong}`, { isGenuine: true })
  return claims
}

async function verify(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    // Neither the token nor the keys say which one it is.
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload
      } catch (cause) {
        if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

const PROBLEMS = new Map([
  ['iss', 'issuer'],
  ['aud', 'audience'],
  ['sub', 'subject'],
  ['nbf', 'not yet valid'],
  ['exp', 'expiry'],
])

/** What jose found wrong; an error of another kind as it is. */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenRefused('expired', { isGenuine: true })
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefused(PROBLEMS.get(error.claim) ?? `claim ${error.claim}`, { isGenuine: true })
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return new TokenRefused('algorithm', { isGenuine: false })
  if (error instanceof errors.JWKSNoMatchingKey) return new TokenRefused('unknown key', { isGenuine: false })
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenRefused('signature', { isGenuine: false })
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return new TokenRefused('unreadable', { isGenuine: false })
  return error
}
