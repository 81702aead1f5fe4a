import { z } from 'zod'
import { field } from '../destination.ts'
import { parseKey } from './key-file.ts'

const key = (help: string) =>
  z
    .string('Service account key is required: Keyferry has no Google account of its own')
    .trim()
    .max(10_000, 'Service account key must be at most 10,000 characters')
    .refine(
      (text) => parseKey(text) !== null,
      'Service account key must be the JSON file that Google gives for a key of a service account',
    )
    .meta(
      field({
        label: 'Service account key',
        help,
        placeholder: '{ "type": "service_account", … }',
        multiline: true,
        secret: true,
      }),
    )

const endpointUrl = z
  .url({ protocol: /^https?$/, error: 'Endpoint URL must be a URL such as https://secretmanager.example.com' })
  .max(255, 'Endpoint URL must be at most 255 characters')
  .overwrite((text) => URL.parse(text)?.origin ?? text)
  .optional()
  .meta(
    field({
      label: 'Endpoint URL',
      help: 'Only for a private endpoint or an emulator: all calls of this connection are sent to it.',
    }),
  )

/** Names of methods and fields are Infisical's; there the impersonating account is the server's own. */
export const gcpMethods = {
  'service-account-key': {
    title: 'Service account key',
    help: 'Create a service account and a key of the type JSON for it under IAM & Admin > Service Accounts in Google Cloud. Grant it the role Secret Manager Admin in the project.',
    credentials: z.object({ serviceAccountKey: key('The whole file, as Google gives it.'), endpointUrl }),
  },
  'service-account-impersonation': {
    title: 'Service account impersonation',
    help: 'Grant the account of the key the role Service Account Token Creator on the account that it impersonates, and that account the role Secret Manager Admin in the project.',
    credentials: z.object({
      serviceAccountEmail: z
        .string()
        .trim()
        .max(255, 'Service account email must be at most 255 characters')
        .regex(/^[\w.-]+@[\w.-]+$/, 'Service account email must be an email address')
        .meta(field({ label: 'Service account email', placeholder: 'keyferry@my-project.iam.gserviceaccount.com' })),
      serviceAccountKey: key('Of the account that impersonates.'),
      endpointUrl,
    }),
  },
}
