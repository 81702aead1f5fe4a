import { createPrivateKey, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { defineConnection } from '../connection.ts'
import { field } from '../destination.ts'
import { tokenField, urlField } from '../fields.ts'
import { tokenAuthorization } from '../shared/http/token-source.ts'
import { meaningOf } from './api.ts'
import { cloudOf, PUBLIC_AUTHORITY } from './clouds.ts'
import { fetchToken } from './tokens.ts'

const id = (label: string, help: string) =>
  z
    .string()
    .trim()
    .max(36, `${label} must be at most 36 characters`)
    .pipe(z.guid(`${label} must be a UUID`))
    .meta(field({ label, placeholder: '00000000-0000-0000-0000-000000000000', help }))

const pem = (label: string, help: string) =>
  z
    .string()
    .trim()
    .max(20_000, `${label} must be at most 20,000 characters`)
    .meta(field({ label, help, multiline: true, secret: true, placeholder: `-----BEGIN ${label.toUpperCase()}-----` }))

const app = {
  tenantId: id('Tenant ID', 'The directory that the application is in; on its overview page.'),
  clientId: id('Client ID', 'The application (client) ID; on its overview page.'),
}
const authority = {
  authorityHost: urlField(PUBLIC_AUTHORITY, {
    label: 'Authority host',
    help: 'Only for another cloud: https://login.microsoftonline.us or https://login.chinacloudapi.cn.',
  }),
}

/** Null when the text is not what `read` reads. */
const readPem = <T>(read: (text: string) => T, text: string): T | null => {
  try {
    return read(text)
  } catch {
    return null
  }
}
const certificateIn = (text: string) => readPem((body) => new X509Certificate(body), text)
const keyIn = (text: string) => readPem((body) => createPrivateKey(body), text)

const certificate = z
  .object({
    ...app,
    certificateBody: pem(
      'Certificate',
      'The certificate that the application has in Microsoft Entra ID, as PEM.',
    ).refine((text) => certificateIn(text) !== null, 'Certificate must be an X.509 certificate as PEM'),
    privateKey: pem('Private key', 'The RSA key of the certificate as PEM, without a passphrase.').refine(
      (text) => keyIn(text)?.asymmetricKeyType === 'rsa',
      'Private key must be an RSA key as PEM, without a passphrase',
    ),
    ...authority,
  })
  .refine(
    ({ certificateBody, privateKey }) => {
      const key = keyIn(privateKey)
      return key !== null && certificateIn(certificateBody)?.checkPrivateKey(key) === true
    },
    { path: ['privateKey'], message: 'Private key must belong to the certificate' },
  )

export const azureKeyVaultConnection = defineConnection({
  app: 'azure-key-vault',
  title: 'Azure Key Vault',
  methods: {
    'client-secret': {
      title: 'Client secret',
      help: 'Register an application in Microsoft Entra ID, give it a client secret, and the role Key Vault Secrets Officer on the vault. A new role takes some minutes to work.',
      credentials: z.object({
        ...app,
        clientSecret: tokenField(
          { label: 'Client secret', help: 'The value of the secret, not its ID. Azure shows it once.' },
          { max: 255 },
        ),
        ...authority,
      }),
    },
    certificate: {
      title: 'Certificate',
      help: 'Register an application in Microsoft Entra ID, upload a certificate, and give the application the role Key Vault Secrets Officer on the vault.',
      credentials: certificate,
    },
  },
  baseUrl: ({ authorityHost }) => authorityHost,
  // A vault has one address, and any authority of its cloud may give the tokens for it.
  targetOrigin: ({ authorityHost }) => cloudOf(authorityHost).authority,
  // A token works for every vault of the tenant: it must not go where a sync's author points it.
  hosts: ({ authorityHost }) => [`*.${cloudOf(authorityHost).vaultDomain}`],
  authorization: (credentials, door) => tokenAuthorization(credentials, () => fetchToken(credentials, door)),
  classify: meaningOf,
  async check({ credentials, http }) {
    await fetchToken(credentials, http)
    return { label: credentials.clientId }
  },
})
