/** What a policy grants on a path, by Vault's rules: exact, `+` for one segment, `*` at the end. */
export type Capability = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list'

/** Capabilities by path pattern. */
export type Policy = Readonly<Record<string, readonly Capability[]>>

/** What every token may do. */
export const DEFAULT_POLICY: Policy = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'sys/internal/ui/mounts': ['read'],
}

/** The capabilities of `policies` on `path`; the longest pattern of each policy decides, and policies add up. */
export function capabilitiesOn(policies: readonly Policy[], path: string): Set<Capability> {
  const granted = new Set<Capability>()
  for (const policy of policies) {
    const [best] = Object.keys(policy)
      .filter((pattern) => matches(pattern, path))
      .sort((a, b) => b.length - a.length)
    for (const capability of best === undefined ? [] : (policy[best] ?? [])) granted.add(capability)
  }
  return granted
}

/** Some right below the mount: what Vault wants before it describes the mount. */
export const seesMount = (policies: readonly Policy[], mount: string): boolean =>
  policies.some((policy) => Object.keys(policy).some((pattern) => pattern === '*' || pattern.startsWith(mount)))

function matches(pattern: string, path: string): boolean {
  if (pattern.endsWith('*')) return path.startsWith(pattern.slice(0, -1))
  const [wanted, had] = [pattern.split('/'), path.split('/')]
  return wanted.length === had.length && wanted.every((segment, n) => segment === '+' || segment === had[n])
}
