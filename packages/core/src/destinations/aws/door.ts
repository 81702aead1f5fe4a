import type { Session } from '../connection.ts'
import type { Http } from '../shared/http/http.ts'
import type { AwsCredentials } from './connection.ts'
import { endpointOf, type AwsServiceName } from './endpoints.ts'
import { awsAuthorization } from './keys.ts'

/** One service in one region, called with the connection's credentials. */
export interface AwsDoor {
  http: Http
  service: AwsServiceName
}

/** Calls to one AWS service in one region, signed with the credentials of the session. */
export const awsDoor = (
  { http, credentials }: Session<AwsCredentials>,
  service: AwsServiceName,
  region: string,
): AwsDoor => ({
  http: http.at(endpointOf(credentials, service, region), awsAuthorization(credentials, http, { service, region })),
  service,
})
