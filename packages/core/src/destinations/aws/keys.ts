/** What signs a connection's requests: its own keys, or temporary ones of the role that they assume. */
import type { Authorization, OutgoingRequest } from '../connection.ts'
import type { Http } from '../shared/http/http.ts'
import { tokenAuthorization } from '../shared/http/token-source.ts'
import type { AwsCredentials } from './connection.ts'
import { signatureOf, signedBy, type SignatureScope } from './signature.ts'
import { assumeRole, temporaryKeys } from './sts.ts'

/** `door`: leads to STS when a role has to be assumed. */
export function awsAuthorization(credentials: AwsCredentials, door: Http, scope: SignatureScope): Authorization {
  const { accessKeyId, secretAccessKey } = credentials
  if (credentials.method === 'access-key') return signedBy({ accessKeyId, secretAccessKey }, scope)
  const { region } = scope
  return tokenAuthorization(
    { app: 'aws', region, ...credentials },
    () => assumeRole(door, credentials, region),
    (token: string, request: OutgoingRequest) => signatureOf(request, temporaryKeys(token), scope),
  )
}
