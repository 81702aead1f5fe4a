/**
 * Verifies Signature Version 4 of a request by computing it again with AWS's own library (AWS General Reference,
 * "Signing AWS API requests", 2026-11-28). Codes are those of the JSON services; STS has its own names for them.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { ServedRequest } from '../../shared/emulators/emulator-server.ts'
import type { AccessKey } from './principals.ts'
import { Refused } from './refused.ts'

const SKEW_MS = 5 * 60_000
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/

/** `service` and `regions`: what the credential must be scoped to. Throws `Refused`; returns the key that signed. */
export async function verifySignature(
  request: ServedRequest,
  find: (accessKeyId: string) => AccessKey | undefined,
  { service, regions }: { service: string; regions: readonly string[] },
): Promise<AccessKey> {
  const { headers } = request
  if (headers.authorization === undefined)
    throw new Refused('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [, accessKeyId, day, region, scopedTo, names = '', signature = ''] =
    AUTHORIZATION.exec(headers.authorization) ?? []
  const date = headerOf(request, 'x-amz-date')
  if (accessKeyId === undefined || day === undefined || region === undefined || date === undefined) {
    throw new Refused(
      'IncompleteSignature',
      'Authorization header requires Credential, SignedHeaders and Signature, and the request X-Amz-Date',
    )
  }
  const key = find(accessKeyId)
  if (!key || headerOf(request, 'x-amz-security-token') !== key.sessionToken)
    throw new Refused('UnrecognizedClientException', 'The security token included in the request is invalid.')
  const signedAt = dateOf(date)
  refuseSkew(date, signedAt)
  if (!date.startsWith(day))
    throw invalid(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date`)
  if (!regions.includes(region)) throw invalid(`Credential should be scoped to a valid region, not '${region}'.`)
  if (scopedTo !== service) throw invalid(`Credential should be scoped to correct service: '${service}'.`)
  const signed = names.split(';')
  refuseUnsigned(request, signed)
  const sent = headerOf(request, 'x-amz-content-sha256')
  if (sent !== undefined && sent !== createHash('sha256').update(request.text).digest('hex')) throw mismatch()
  const expected = await signatureOf(request, signed, { key, service, region, signedAt })
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) throw mismatch()
  // After the signature: who cannot sign does not learn that a key was right once.
  if (key.expiresAt !== undefined && key.expiresAt <= Date.now())
    throw new Refused('ExpiredTokenException', 'The security token included in the request is expired')
  return key
}

async function signatureOf(
  { method, path, query, headers, text }: ServedRequest,
  signed: readonly string[],
  scope: { key: AccessKey; service: string; region: string; signedAt: Date },
): Promise<string> {
  const signer = new SignatureV4({
    service: scope.service,
    region: scope.region,
    credentials: scope.key,
    sha256: Sha256,
    applyChecksum: false,
  })
  const request = {
    method,
    protocol: 'http:',
    hostname: headers.host ?? '',
    path,
    query: Object.fromEntries(query),
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name] ?? '')])),
    body: text,
  }
  const { headers: recomputed } = await signer.sign(request, {
    signingDate: scope.signedAt,
    signableHeaders: new Set(signed),
  })
  return recomputed['authorization']?.split('Signature=')[1] ?? ''
}

function refuseSkew(date: string, signedAt: Date): void {
  const now = new Date()
  if (signedAt.getTime() < now.getTime() - SKEW_MS)
    throw invalid(`Signature expired: ${date} is now earlier than ${basic(now, -SKEW_MS)} (${basic(now)} - 5 min.)`)
  if (signedAt.getTime() > now.getTime() + SKEW_MS)
    throw invalid(
      `Signature not yet current: ${date} is still later than ${basic(now, SKEW_MS)} (${basic(now)} + 5 min.)`,
    )
}

function refuseUnsigned(request: ServedRequest, signed: readonly string[]): void {
  for (const name of ['host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token']) {
    if (request.headers[name] !== undefined && !signed.includes(name))
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
  }
}

const headerOf = ({ headers }: ServedRequest, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** `20261128T120000Z`. */
const dateOf = (basicForm: string): Date =>
  new Date(basicForm.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'))

const basic = (date: Date, offsetMs = 0): string =>
  new Date(date.getTime() + offsetMs).toISOString().replace(/[-:]|\.\d+/g, '')

const invalid = (message: string): Refused => new Refused('InvalidSignatureException', message)

const mismatch = (): Refused =>
  invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
