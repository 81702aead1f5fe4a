/** Signature Version 4, which AWS wants on every request, by AWS's own library. */
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Authorization, OutgoingRequest } from '../connection.ts'

export interface AwsKeys {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary keys only. */
  sessionToken?: string
}

/** As a signature names them, such as `ssm` and `eu-central-1`. */
export interface SignatureScope {
  service: string
  region: string
}

export const signedBy = (keys: AwsKeys, scope: SignatureScope): Authorization => ({
  headers: (request) => signatureOf(request, keys, scope),
})

/** Signed as well. The others may be changed on the way by a proxy. */
const SIGNED_HEADERS = ['host', 'content-type', 'x-amz-target']

/** The headers that prove `keys` for `request`, valid for five minutes. */
export async function signatureOf(
  { method, url, headers, body }: OutgoingRequest,
  keys: AwsKeys,
  scope: SignatureScope,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ ...scope, credentials: keys, sha256: Sha256, applyChecksum: false })
  const named = SIGNED_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]))
  const sent = Object.fromEntries(named)
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: sent,
    body,
  })
  // Only what the signature adds: the others are on the request already.
  return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => !(name in sent)))
}
