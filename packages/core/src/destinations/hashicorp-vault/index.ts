import { z } from 'zod'
import type { ChoiceList } from '../destination.ts'
import { defineDestination, field } from '../destination.ts'
import { listMounts } from './api.ts'
import { vaultClient } from './client.ts'
import { vaultConnection, type VaultCredentials, vaultHeaders } from './connection.ts'
import { pathText } from './path-text.ts'
import { vaultKeyRules, vaultLimits, vaultRateLimits } from './limits.ts'

const target = z.object({
  mount: pathText('Mount').meta(
    field({ label: 'Mount', placeholder: 'secret', help: 'The path of a KV secrets engine.', choices: 'mounts' }),
  ),
  path: pathText('Path').meta(
    field({
      label: 'Path',
      placeholder: 'app/prod',
      help: 'The path of the secret below the mount, without data/. It is created when it is missing.',
    }),
  ),
})

const mounts: ChoiceList<VaultCredentials> = {
  needs: [],
  list: async ({ http, credentials }) => {
    const rows = await listMounts(http, vaultHeaders(credentials))
    return rows.map((row) => ({ value: row.path, label: row.path, hint: `KV version ${row.version}`, row }))
  },
}

export default defineDestination({
  name: 'hashicorp-vault',
  title: 'HashiCorp Vault',
  docsUrl: 'https://developer.hashicorp.com/vault/docs/secrets/kv',
  connection: vaultConnection,
  target,
  options: z.object({}),
  notes: {
    initialSync:
      'The first sync overwrites keys with the same name at the path, or imports them first. Other keys at the path don’t change.',
    options: [
      'All keys of a path are one document: a run writes all changes in one call, and each write is a new version in a KV version 2 mount.',
      'A KV version 1 mount has no versions: a key that someone else writes at the same moment as Keyferry can be lost.',
    ],
  },
  keyRules: vaultKeyRules,
  limits: vaultLimits,
  rateLimits: vaultRateLimits,
  values: 'listed',
  targetKey: ({ mount, path }) => `${mount}/${path}`,
  targetLabel: ({ mount, path }) => `${mount}/${path}`,
  // The web console of Vault and OpenBao, 2026-11-28: the list of the mount, which leads to either version's page.
  targetUrl: ({ mount }, { instanceUrl, namespace }) =>
    `${instanceUrl}/ui/vault/secrets/${encodeURIComponent(mount)}/list${namespace === '' ? '' : `?namespace=${encodeURIComponent(namespace)}`}`,
  choices: { mounts },
  // A member of a document has nothing beside its value.
  flags: () => ({}),
  open: ({ http, credentials }, { mount, path }) =>
    vaultClient({ http, instanceUrl: credentials.instanceUrl, headers: vaultHeaders(credentials), mount, path }),
})
