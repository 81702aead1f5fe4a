/**
 * What an answer of AWS means. Every error of a client is a 400 with a type in the body, throttling and wrong keys
 * included; only STS has real 403s (botocore 1.43.11, 2026-11-28). AWS's own words are never shown, since they quote
 * the member that is refused, which may be the value.
 */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { HttpAnswer } from '../shared/http/http.ts'

/** `code` of the error is AWS's type, such as `ParameterNotFound`. */
export function classifyAws(answer: HttpAnswer): Meaning | null {
  if (answer.status < 400) return null
  const type = typeOf(answer)
  return { quotesValues: true, ...(type === null ? {} : { code: type, ...meaningOf(type, answer.body) }) }
}

/** True for an error of one of these AWS types. */
export const isAwsError = (error: unknown, ...types: readonly string[]): error is DestinationError =>
  error instanceof DestinationError && error.code !== null && types.includes(error.code)

const typed = z.union([
  z.object({ __type: z.string() }).transform(({ __type }) => __type),
  z.object({ Error: z.object({ Code: z.string() }) }).transform(({ Error: { Code } }) => Code),
])

/** `namespace#Type:uri` is `Type`. */
function typeOf({ headers, body }: HttpAnswer): string | null {
  const inBody = typeof body === 'string' ? /<Code>(\w+)<\/Code>/.exec(body)?.[1] : typed.safeParse(body).data
  const found = inBody ?? headers.get('x-amzn-errortype')
  return /(?:^|#)(\w{1,100})(?::|$)/.exec(found ?? '')?.[1] ?? null
}

const MEANINGS: readonly { types: RegExp; meaning: Meaning }[] = [
  {
    types: /^(Throttling(Exception)?|TooManyRequests(Exception)?|TooManyUpdates|RequestLimitExceeded)$/,
    meaning: { kind: 'throttled', message: 'AWS takes no more calls of this kind from the account now' },
  },
  {
    types: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId)$/,
    meaning: {
      kind: 'auth',
      message: 'AWS does not know the access key; check its ID, and that the region is enabled for the account',
    },
  },
  {
    types:
      /^(InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature(Exception)?|MissingAuthenticationToken(Exception)?)$/,
    meaning: {
      kind: 'auth',
      message: "AWS does not accept the signature; check the secret access key, the region, and this server's clock",
    },
  },
  {
    types: /^ExpiredToken(Exception)?$/,
    meaning: { kind: 'expired', message: 'the temporary keys have expired; check the role' },
  },
  {
    types: /^(DecryptionFailure|EncryptionFailure|InvalidKeyId|KMS\w+Exception)$/,
    meaning: {
      kind: 'rejected',
      message: 'AWS cannot use the KMS key; check that it exists, is enabled, and that the credential may use it',
    },
  },
  {
    types: /^ParameterMaxVersionLimitExceeded$/,
    meaning: { message: 'the oldest version of the parameter has a label; move the label in AWS' },
  },
  {
    types: /^(ParameterPatternMismatchException|InvalidAllowedPatternException)$/,
    meaning: { message: 'the value does not match the allowed pattern that the parameter has in AWS' },
  },
  {
    types: /^(ParameterLimitExceeded|LimitExceededException)$/,
    meaning: { message: 'a quota of the AWS account is used up; delete what is not needed, or raise it' },
  },
]

function meaningOf(type: string, body: unknown): Meaning {
  if (/^(AccessDenied(Exception)?|OptInRequired)$/.test(type)) return { kind: 'auth', message: denied(body) }
  const known = MEANINGS.find(({ types }) => types.test(type))
  return known?.meaning ?? { message: `AWS refused the request (${type})` }
}

/** Names the action that is missing in the policy, where AWS does. */
function denied(body: unknown): string {
  const action = /\bperform: ([a-z0-9-]+:[A-Za-z]+)\b/.exec(JSON.stringify(body) ?? '')?.[1]
  return action === undefined
    ? 'the AWS credential lacks a permission for this'
    : `the AWS credential lacks the right ${action}; add it to the policy of its user or role`
}
