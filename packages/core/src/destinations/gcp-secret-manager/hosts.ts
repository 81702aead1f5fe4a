/** Where Google's services are: a host each, and one per region for regional secrets (2026-11-28). */

type Service = 'secretmanager' | 'oauth2' | 'iamcredentials' | 'cloudresourcemanager' | 'serviceusage'

/** `endpointUrl` takes the place of all of them. */
interface Endpoint {
  endpointUrl?: string | undefined
}

export const endpointOf = ({ endpointUrl }: Endpoint, service: Service): string =>
  endpointUrl ?? `https://${service}.googleapis.com`

/** The host of a location's secrets; of the global ones without a location. */
export const secretsHost = ({ endpointUrl }: Endpoint, location: string | null): string =>
  endpointUrl ?? `https://secretmanager.${location === null ? '' : `${location}.rep.`}googleapis.com`

export const HOSTS: readonly string[] = [
  'oauth2.googleapis.com',
  'iamcredentials.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'serviceusage.googleapis.com',
  '*.rep.googleapis.com',
]
