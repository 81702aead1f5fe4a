import { awsConnection } from '../aws/connection.ts'
import { awsDoor } from '../aws/door.ts'
import { kmsKeys } from '../aws/kms-keys.ts'
import { awsTagsFlag } from '../aws/tags.ts'
import { defineDestination } from '../destination.ts'
import { secretsManagerKeyRules, secretsManagerLimits, secretsManagerRateLimits } from './limits.ts'
import { oneSecretClient } from './one-secret.ts'
import { options, target } from './schemas.ts'
import { secretPerKeyClient } from './secret-per-key.ts'

export default defineDestination({
  name: 'aws-secrets-manager',
  title: 'AWS Secrets Manager',
  docsUrl: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html',
  connection: awsConnection,
  target,
  options,
  notes: {
    initialSync:
      'The first sync overwrites secrets, or keys of the one secret, of the same name, or imports them before.',
    options: [
      'With a secret for each key the destination is the whole region of the AWS account. Use a key schema, so that only the names you mean are managed.',
      'A deleted secret blocks its name for the recovery window; a key that comes back restores it.',
      'AWS takes about 100 writes of one secret a day, and shows a change in its list up to five minutes later.',
    ],
  },
  keyRules: secretsManagerKeyRules,
  limits: secretsManagerLimits,
  rateLimits: secretsManagerRateLimits,
  values: 'read',
  listingLagMs: 300_000,
  targetKey: (place) =>
    place.mappingBehavior === 'many-to-one' ? `${place.region}/${place.secretName}` : place.region,
  targetLabel: (place) =>
    place.mappingBehavior === 'many-to-one' ? `${place.secretName} · ${place.region}` : place.region,
  targetUrl: (place) => {
    const base = `https://${place.region}.console.aws.amazon.com/secretsmanager`
    return place.mappingBehavior === 'many-to-one'
      ? `${base}/secret?name=${encodeURIComponent(place.secretName)}&region=${place.region}`
      : `${base}/listsecrets?region=${place.region}`
  },
  sharedPlace: ({ mappingBehavior }) => (mappingBehavior === 'one-to-one' ? 'a whole region of an AWS account' : null),
  refuseOption: ({ syncSecretMetadataAsTags }, { mappingBehavior }) =>
    syncSecretMetadataAsTags && mappingBehavior === 'many-to-one'
      ? {
          option: 'syncSecretMetadataAsTags',
          reason: 'One secret with all keys can’t have the metadata of each as tags',
        }
      : null,
  sendsMetadata: ({ syncSecretMetadataAsTags }) => syncSecretMetadataAsTags,
  flags: (chosen, _key, _target, metadata) => ({
    ...(chosen.keyId === undefined ? {} : { kmsKey: chosen.keyId }),
    ...awsTagsFlag(chosen, metadata),
  }),
  choices: { 'kms-keys': kmsKeys },
  open(session, place, chosen) {
    const at = { region: place.region, door: awsDoor(session, 'secretsmanager', place.region) }
    return place.mappingBehavior === 'many-to-one'
      ? oneSecretClient({ at, secretName: place.secretName, options: chosen })
      : secretPerKeyClient(at, chosen)
  },
})
