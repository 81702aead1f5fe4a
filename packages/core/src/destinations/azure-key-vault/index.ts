import { z } from 'zod'
import { defineDestination, field } from '../destination.ts'
import { azureKeyVaultClient } from './client.ts'
import { isAzureVault } from './clouds.ts'
import { azureKeyVaultConnection } from './connection.ts'
import { azureKeyVaultKeyRules, azureKeyVaultLimits, azureKeyVaultRateLimits } from './limits.ts'

const target = z.object({
  vaultBaseUrl: z
    .string()
    .trim()
    .max(255, 'Vault URL must be at most 255 characters')
    .pipe(
      z
        .url({ protocol: /^https?$/, error: 'Vault URL must be a URL such as https://my-vault.vault.azure.net' })
        .refine(isOrigin, 'Vault URL must have no path, login, query or fragment')
        .refine(
          (text) => URL.parse(text)?.protocol === 'https:' || !isAzureVault(URL.parse(text)?.hostname ?? ''),
          'Vault URL must begin with https://',
        ),
    )
    .meta(
      field({
        label: 'Vault URL',
        placeholder: 'https://my-vault.vault.azure.net',
        help: "On the vault's overview page in the Azure portal.",
      }),
    ),
})

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && `${url.origin}/` === url.href
}

const options = z.object({
  purgeDeleted: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: 'Purge deleted secrets',
        help: 'Also purges them, so that they can’t be recovered. Needs the purge permission, and a vault without purge protection.',
      }),
    ),
})

export default defineDestination({
  name: 'azure-key-vault',
  title: 'Azure Key Vault',
  docsUrl: 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets',
  connection: azureKeyVaultConnection,
  target,
  options,
  notes: {
    initialSync:
      'Existing secrets of the vault can be imported first. Secrets of certificates and disabled ones are not.',
    options: [
      'Underscores become hyphens and letters upper case, because Key Vault takes no underscores and ignores case.',
      'A changed secret is a new version; the older ones stay readable in the vault. Its tags and content type are kept.',
      'A deleted secret stays in the bin of the vault for 7 to 90 days. When its name is needed again it is recovered first, which shows its old value for a moment.',
    ],
  },
  keyRules: azureKeyVaultKeyRules,
  limits: azureKeyVaultLimits,
  rateLimits: azureKeyVaultRateLimits,
  values: 'read',
  targetKey: ({ vaultBaseUrl }) => new URL(vaultBaseUrl).host,
  targetLabel: ({ vaultBaseUrl }) => new URL(vaultBaseUrl).host,
  sharedPlace: () => 'a whole key vault',
  // Everything is written enabled, so there is nothing to choose and nothing to compare.
  flags: () => ({}),
  open: ({ http }, { vaultBaseUrl }, { purgeDeleted }) =>
    azureKeyVaultClient({ http: http.at(vaultBaseUrl), origin: vaultBaseUrl }, { purges: purgeDeleted }),
})
