import { awsConnection } from '../aws/connection.ts'
import { awsDoor } from '../aws/door.ts'
import { kmsKeys } from '../aws/kms-keys.ts'
import { awsTagsFlag } from '../aws/tags.ts'
import { defineDestination } from '../destination.ts'
import { parameterStoreClient } from './client.ts'
import { parameterStoreKeyRules, parameterStoreLimits, parameterStoreRateLimits } from './limits.ts'
import { options, target } from './schemas.ts'

export default defineDestination({
  name: 'aws-parameter-store',
  title: 'AWS Parameter Store',
  docsUrl: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html',
  connection: awsConnection,
  target,
  options,
  notes: {
    initialSync: 'The first sync overwrites parameters of the same name right below the path, or imports them before.',
    options: [
      'Every secret is written as a SecureString. AWS may refuse to change a String or a StringList into one; delete it first.',
      'AWS takes 3 writes a second for an account and region, so 1,000 new parameters take over 5 minutes.',
    ],
  },
  keyRules: parameterStoreKeyRules,
  limits: parameterStoreLimits,
  rateLimits: parameterStoreRateLimits,
  values: 'read',
  targetKey: ({ region, path }) => `${region}${path}`,
  targetLabel: ({ region, path }) => `${path} · ${region}`,
  // AWS Systems Manager user guide, 2026-11-28.
  targetUrl: ({ region }) => `https://${region}.console.aws.amazon.com/systems-manager/parameters/?region=${region}`,
  sharedPlace: ({ path }) => (path === '/' ? 'the root of an AWS account and region' : null),
  sendsMetadata: ({ syncSecretMetadataAsTags }) => syncSecretMetadataAsTags,
  flags: (chosen, _key, _target, metadata) => ({
    ...(chosen.keyId === undefined ? {} : { kmsKey: chosen.keyId }),
    ...awsTagsFlag(chosen, metadata),
  }),
  choices: { 'kms-keys': kmsKeys },
  open: (session, place, chosen) =>
    parameterStoreClient({ ...place, door: awsDoor(session, 'ssm', place.region) }, chosen),
})
