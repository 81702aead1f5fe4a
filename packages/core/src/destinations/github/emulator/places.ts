/** Where GitHub keeps secrets and variables, and which right each place needs. */
import { generateSealingKey, type SealingKey } from './sealed-boxes.ts'
import { createStore, type Store } from './store.ts'

export interface Place {
  scope: 'repository' | 'environment' | 'organization'
  /** The login that owns it, in lower case. */
  owner: string
  kind: 'secrets' | 'variables'
  /** The fine-grained permission that it needs. */
  permission: string
  store: Store
  /** Secrets only. */
  sealing: { key: SealingKey }
  /** The segments of the path below it, decoded: none, a name, or more. */
  rest: readonly string[]
}

export interface Repository {
  id: number
  owner: string
  name: string
  environments: string[]
}

export interface World {
  repositories: readonly Repository[]
  /** Old names that are redirected: `owner/name` to the id. */
  renamed: ReadonlyMap<string, number>
  organizations: readonly string[]
  lagMs: number
  /** Enterprise Server has neither Codespaces nor agents. */
  isServer: boolean
  places: Map<string, Pick<Place, 'store' | 'sealing'>>
}

const SERVICES: ReadonlyMap<string, { permission: string; hasVariables: boolean; onServer: boolean }> = new Map([
  ['actions', { permission: '', hasVariables: true, onServer: true }],
  ['dependabot', { permission: 'dependabot_', hasVariables: false, onServer: true }],
  ['codespaces', { permission: 'codespaces_', hasVariables: false, onServer: false }],
  ['agents', { permission: 'agent_', hasVariables: true, onServer: false }],
])

/** What a path below the API's root is about: a place, a redirect to the repository's id, or nothing. */
export function placeAt(world: World, segments: readonly string[]): Place | { movedTo: number } | null {
  const [root = '', first = '', second = '', ...rest] = segments
  if (root === 'orgs') {
    const owner = world.organizations.find((login) => isSame(login, first))
    return owner === undefined
      ? null
      : below(world, `orgs/${owner}`, { owner, scope: 'organization' }, [second, ...rest])
  }
  if (root === 'repositories') {
    const repository = world.repositories.find(({ id }) => String(id) === first)
    return repository ? ofRepository(world, repository, [second, ...rest]) : null
  }
  if (root !== 'repos') return null
  const movedTo = world.renamed.get(`${first}/${second}`.toLowerCase())
  if (movedTo !== undefined) return { movedTo }
  const repository = repositoryNamed(world, first, second)
  return repository ? ofRepository(world, repository, rest) : null
}

/** Owner and name in any case. */
export const repositoryNamed = (world: World, owner: string, name: string): Repository | undefined =>
  world.repositories.find((one) => isSame(one.owner, owner) && isSame(one.name, name))

function ofRepository(world: World, repository: Repository, rest: readonly string[]): Place | null {
  const { owner, environments } = repository
  const path = `repositories/${repository.id}`
  const [first, environment = '', kind, ...more] = rest
  if (first !== 'environments') return below(world, path, { owner, scope: 'repository' }, rest)
  if ((kind !== 'secrets' && kind !== 'variables') || !environments.includes(environment)) return null
  return {
    ...stored(world, `${path}/environments/${encodeURIComponent(environment)}/${kind}`),
    scope: 'environment',
    owner,
    kind,
    permission: 'environments',
    rest: more,
  }
}

function below(
  world: World,
  path: string,
  at: Pick<Place, 'scope' | 'owner'>,
  [name = '', kind, ...rest]: readonly string[],
): Place | null {
  const service = SERVICES.get(name)
  if (!service || (world.isServer && !service.onServer)) return null
  if (kind !== 'secrets' && (kind !== 'variables' || !service.hasVariables)) return null
  const own = name === 'actions' && kind === 'variables' ? 'actions_variables' : `${service.permission}${kind}`
  const permission = at.scope === 'organization' ? `organization_${own}` : own
  return { ...at, ...stored(world, `${path}/${name}/${kind}`), kind, permission, rest }
}

function stored(world: World, path: string): Pick<Place, 'store' | 'sealing'> {
  const found = world.places.get(path) ?? { store: createStore(world.lagMs), sealing: { key: generateSealingKey() } }
  world.places.set(path, found)
  return found
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
