/** The public keys that an issuer signs its tokens with: found by discovery, at a URL, or given. */
import { createPublicKey } from 'node:crypto'
import { Invalid, type Network } from '@keyferry/kernel'
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { NoAnswer, requestJson } from './request-json.ts'

/** Where keys come from; `ca` as in `JsonRequest`. */
export type KeySource =
  | { discovery: string; ca: string }
  | { jwks: string; ca: string; bearer?: string | undefined }
  | { given: string[] }

/** Both requests of a discovery have this long together. */
const READ_MS = 10_000
/**
 * After a failure the issuer is left alone for a moment: anyone who sends tokens must not make Keyferry call it again
 * and again.
 */
const AFTER_FAILURE_MS = 5_000
/** Issuers whose keys a process remembers. */
const REMEMBERED = 1_000

const remembered = new WeakMap<Network, Map<string, JWTVerifyGetKey>>()

/**
 * Finds the key of a token. Keys that were read are good for ten minutes; a key that is not among them is looked for
 * again, twice a minute at most. Rejects with `NoAnswer`.
 */
export function keysOf(network: Network, source: KeySource): JWTVerifyGetKey {
  if ('given' in source) return givenKeys(source.given)
  const sets = remembered.get(network) ?? new Map<string, JWTVerifyGetKey>()
  remembered.set(network, sets)
  const name = JSON.stringify(source)
  const known = sets.get(name)
  if (known) return known
  if (sets.size >= REMEMBERED) sets.clear()
  const set = remoteKeys(network, source)
  sets.set(name, set)
  return set
}

/** PEM has no place for the name of a key: each that fits the algorithm is tried. */
function givenKeys(texts: readonly string[]): JWTVerifyGetKey {
  const set = createLocalJWKSet(parseKeys(texts))
  return ({ kid: _, ...header }, token) => set(header, token)
}

function remoteKeys(network: Network, source: Exclude<KeySource, { given: string[] }>): JWTVerifyGetKey {
  let failed: { error: unknown; until: number } | null = null
  const read = async (): Promise<Response> => {
    // By a clock that nobody sets back.
    if (failed && failed.until > performance.now()) throw failed.error
    try {
      return Response.json(await readKeys(network, source))
    } catch (error) {
      failed = { error, until: performance.now() + AFTER_FAILURE_MS }
      throw error
    }
  }
  const url = new URL('discovery' in source ? source.discovery : source.jwks)
  return createRemoteJWKSet(url, { [customFetch]: read, timeoutDuration: READ_MS })
}

const metadata = z.object({ jwks_uri: z.url({ protocol: /^https?$/ }) })
const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })

async function readKeys(network: Network, source: Exclude<KeySource, { given: string[] }>): Promise<unknown> {
  const { ca } = source
  if ('jwks' in source) return answered(network, keySet, { url: source.jwks, ca, bearer: source.bearer })
  const url = `${source.discovery}/.well-known/openid-configuration`
  const { jwks_uri: jwks } = await answered(network, metadata, { url, ca })
  return answered(network, keySet, { url: jwks, ca })
}

async function answered<T>(network: Network, shape: z.ZodType<T>, request: Parameters<typeof requestJson>[1]) {
  const { host } = new URL(request.url)
  const { status, body } = await requestJson(network, request)
  if (status !== 200) throw new NoAnswer(`${host} answered ${status} instead of its keys`)
  const { data } = shape.safeParse(body)
  if (!data) throw new NoAnswer(`${host} answered something else than its keys`)
  return data
}

const asymmetric = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), d: z.never().optional() })
const jwks = z.object({ keys: z.array(asymmetric).min(1).max(100) })

/**
 * PEM, a JWK or a set of them each, as one set. Throws `Invalid` about `field`: a private or symmetric key is none to
 * check tokens with.
 */
export function parseKeys(texts: readonly string[], field = 'publicKeys'): JSONWebKeySet {
  const keys = texts.flatMap((text) => {
    try {
      if (text.startsWith('{')) {
        const json: unknown = JSON.parse(text)
        return jwks.safeParse(json).data?.keys ?? [asymmetric.parse(json)]
      }
      if (text.includes('PRIVATE KEY')) throw new Error('private')
      return [asymmetric.parse(createPublicKey(text).export({ format: 'jwk' }))]
    } catch {
      throw new Invalid([{ path: [field], message: 'Must be public keys: PEM, a JWK or a set of JWKs' }])
    }
  })
  return { keys }
}
