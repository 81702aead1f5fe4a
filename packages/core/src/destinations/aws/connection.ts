/** An AWS account, which several destinations share. Methods and their fields have Infisical's names. */
import { z } from 'zod'
import { defineConnection, type CredentialsOf, type Session } from '../connection.ts'
import { field } from '../destination.ts'
import { addressField, tokenField } from '../fields.ts'
import { classifyAws } from './errors.ts'
import { awsAuthorization } from './keys.ts'
import { HOME_REGION } from './regions.ts'
import { AWS_HOSTS, endpointOf } from './endpoints.ts'
import { callerIdentity } from './sts.ts'

const accessKeyId = tokenField({ label: 'Access key ID', placeholder: 'AKIA…', secret: false }, { max: 128 })
const secretAccessKey = tokenField({ label: 'Secret access key' })
const endpointUrl = addressField('https://vpce.example.com', {
  label: 'Endpoint URL',
  help: 'Only for a private endpoint or an emulator: all AWS calls of this connection are sent to it.',
}).optional()

const methods = {
  'access-key': {
    title: 'Access key',
    help: 'Create an access key under IAM > Users > Security credentials in AWS. The README of the destination has the policy that its user needs.',
    credentials: z.object({ accessKeyId, secretAccessKey, endpointUrl }),
  },
  'assume-role': {
    title: 'Assume role',
    help: 'Create a role in IAM that trusts the user of this access key, with an external ID. The role needs the rights; the user only sts:AssumeRole on it.',
    credentials: z.object({
      roleArn: z
        .string()
        .trim()
        .max(2048, 'Role ARN must be at most 2048 characters')
        .regex(
          /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
          'Role ARN must look like arn:aws:iam::123456789012:role/name',
        )
        .meta(field({ label: 'Role ARN', placeholder: 'arn:aws:iam::123456789012:role/keyferry' })),
      accessKeyId,
      secretAccessKey,
      externalId: z
        .string()
        .max(1224, 'External ID must be at most 1224 characters')
        .regex(/^[\w+=,.@:/-]{2,1224}$/, 'External ID must have 2 to 1224 letters, digits or + = , . @ : / - _')
        .optional()
        .meta(field({ label: 'External ID', help: 'As the trust policy of the role requires it.' })),
      endpointUrl,
    }),
  },
}

export type AwsCredentials = CredentialsOf<typeof methods>
export type RoleCredentials = Extract<AwsCredentials, { method: 'assume-role' }>

export const awsConnection = defineConnection({
  app: 'aws',
  title: 'AWS',
  methods,
  baseUrl: (credentials) => endpointOf(credentials, 'sts', HOME_REGION),
  hosts: () => AWS_HOSTS,
  authorization: (credentials, door) => awsAuthorization(credentials, door, { service: 'sts', region: HOME_REGION }),
  classify: classifyAws,
  check: checkAws,
})

/** Proves the keys, and the role. What they may do shows when a sync is created. */
async function checkAws({ http }: Session<AwsCredentials>): Promise<{ label: string; id: string }> {
  const { Account, Arn } = await callerIdentity(http)
  // `arn:aws:iam::123456789012:user/name`, or `arn:aws:sts::123456789012:assumed-role/name/session`.
  const [, kind = '', name = ''] = /:(user|assumed-role|root)\/?([^/]*)/.exec(Arn) ?? []
  return { label: [Account, kind === 'root' ? 'root' : name].filter(Boolean).join(' · '), id: Account }
}
