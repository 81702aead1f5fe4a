/** The hosts of the AWS services that destinations call. */
import type { AwsCredentials } from './connection.ts'
import { AWS_REGIONS } from './regions.ts'

/** As hosts and signatures name them. */
const SERVICES = ['sts', 'kms', 'ssm', 'secretsmanager'] as const
export type AwsServiceName = (typeof SERVICES)[number]

/** A connection with an endpoint of its own sends everything there; the region is still part of the signature. */
export const endpointOf = (
  { endpointUrl }: Pick<AwsCredentials, 'endpointUrl'>,
  service: AwsServiceName,
  region: string,
): string => endpointUrl ?? `https://${hostOf(service, region)}`

const hostOf = (service: AwsServiceName, region: string): string => `${service}.${region}.amazonaws.com`

export const AWS_HOSTS: readonly string[] = SERVICES.flatMap((service) =>
  AWS_REGIONS.map((region) => hostOf(service, region)),
)
