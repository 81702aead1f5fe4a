/** The KV mounts of the emulated Vault, by namespace. */
import { randomUUID } from 'node:crypto'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'
import { ok, refuse } from './answers.ts'
import type { Documents } from './documents.ts'
import { seesMount } from './policies.ts'
import type { Token } from './tokens.ts'

export interface Mount {
  /** With a slash at its end. */
  path: string
  namespace: string
  version: 1 | 2
  /** Version 2: refuses writes without check-and-set. */
  casRequired: boolean
  documents: Documents
}

export const createMount = (path: string, version: 1 | 2, more: Partial<Mount> = {}): Mount => ({
  path: `${path}/`,
  namespace: '',
  version,
  casRequired: false,
  documents: new Map(),
  ...more,
})

/** The mount that serves `path`: the longest one that it begins with. */
export const mountOf = (mounts: readonly Mount[], namespace: string, path: string): Mount | undefined =>
  mounts
    .filter((mount) => mount.namespace === namespace && `${path}/`.startsWith(mount.path))
    .sort((a, b) => b.path.length - a.path.length)[0]

/** `sys/internal/ui/mounts/<path>`: what the `vault` command asks for before each KV call. */
export function describeMount(mount: Mount | undefined, token: Token): ServedAnswer {
  if (!mount || !seesMount(token.policies, mount.path)) return refuse(403, 'permission denied')
  return ok({ ...described(mount), path: mount.path })
}

/** `sys/internal/ui/mounts`: those on which the token has some right. */
export function listMounts(mounts: readonly Mount[], namespace: string, token: Token): ServedAnswer {
  const seen = mounts.filter((mount) => mount.namespace === namespace && seesMount(token.policies, mount.path))
  return ok({
    auth: {},
    secret: Object.fromEntries([
      ...seen.map((mount) => [mount.path, described(mount)] as const),
      ['cubbyhole/', { type: 'cubbyhole', options: null, description: 'per-token private secret storage' }] as const,
    ]),
  })
}

const described = (mount: Mount): Record<string, unknown> => ({
  accessor: `kv_${mount.path.replaceAll('/', '')}`,
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
  description: '',
  local: false,
  // A mount that was enabled as version 1 may have no options at all.
  options: mount.version === 1 ? null : { version: '2' },
  type: 'kv',
  uuid: randomUUID(),
})
