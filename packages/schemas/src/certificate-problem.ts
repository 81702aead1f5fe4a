const UNKNOWN_AUTHORITY =
  'its certificate is signed by an authority that this machine does not know; NODE_EXTRA_CA_CERTS can name a file with the certificate of the authority'

const PROBLEMS = new Map([
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet, or the clock of this machine is wrong'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'its certificate is self-signed; NODE_EXTRA_CA_CERTS can name a file with it, if it is the right one',
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not answer by TLS on this port'],
])

/** Why a server's certificate is not accepted, and what to do, in words for people; null for any other error. */
export function certificateProblem(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  // nodemailer keeps the code of the system beside its own, fetch and tRPC in the cause.
  const codes = [Reflect.get(error, 'code'), Reflect.get(error, 'originalCode')].map(String)
  const problem = codes.map((code) => PROBLEMS.get(code)).find((words) => words !== undefined)
  if (problem !== undefined) return problem
  return certificateProblem(error instanceof AggregateError ? error.errors[0] : error.cause)
}
