/** What the emulated server stores, and the rules of its writes (Trigger.dev server source, 2026-08-21). */

export interface Variable {
  value: string
  isSecret: boolean
}

/** An environment, or a branch of one: `parent` is set for a branch. */
export interface Place {
  id: string
  slug: string
  title: 'Development' | 'Staging' | 'Preview' | 'Production'
  type: 'DEVELOPMENT' | 'STAGING' | 'PREVIEW' | 'PRODUCTION'
  variables: Map<string, Variable>
  parent: Place | null
  branches: Map<string, Branch>
  apiKey: string
}

export interface Branch {
  place: Place
  name: string
  archived: boolean
  createdAt: string
}

export interface Project {
  id: string
  ref: string
  name: string
  slug: string
  createdAt: string
  organization: { id: string; title: string; slug: string; createdAt: string }
  /** By stored slug: dev, stg, preview, prod. */
  places: Map<string, Place>
}

export type Refusal = { error: string; variableErrors?: { key: string; error: string }[] }

const DROPPED = new Set(['TRIGGER_SECRET_KEY', 'TRIGGER_API_URL'])
/** A Postgres index row holds about this many bytes; a longer name is a database error half-way through the call. */
const LONGEST_NAME = 2_600

/**
 * The upsert behind create and import: drops what the vendor drops, refuses on conflict, then writes one by one, so
 * that an error half-way leaves the earlier ones written. Null when all went well.
 */
export function write(
  place: Place,
  variables: readonly (readonly [string, string])[],
  how: { override: boolean; isSecret: boolean | undefined; inherits?: boolean },
): Refusal | null {
  const allowed = variables.filter(([name]) => !DROPPED.has(name))
  const kept = allowed.filter(([name, value]) => name.trim() !== '' && value.trim() !== '')
  if (kept.length === 0) {
    const dropped = allowed.length < variables.length ? ' All the variables submitted are not allowed.' : ''
    return { error: `You must set at least one valid variable.${dropped}` }
  }
  const taken = how.override ? [] : kept.filter(([name]) => place.variables.has(name))
  if (taken.length > 0) {
    return {
      error: 'Some of the variables are already set for these environments. Set override to true to override them.',
      variableErrors: taken.map(([key]) => ({ key, error: `Variable already set in ${place.title}.` })),
    }
  }
  for (const [name, value] of kept) {
    const failure = databaseFailure(name)
    if (failure !== null) return { error: failure }
    const inherited = how.inherits === true && place.parent?.variables.get(name)?.isSecret
    const isSecret = how.isSecret ?? place.variables.get(name)?.isSecret ?? inherited ?? false
    place.variables.set(name, { value, isSecret })
  }
  return null
}

function databaseFailure(name: string): string | null {
  if (name.includes('\0')) return 'invalid byte sequence for encoding "UTF8": 0x00'
  const bytes = Buffer.byteLength(name)
  return bytes > LONGEST_NAME
    ? `index row size ${bytes + 48} exceeds btree version 4 maximum 2704 for index "EnvironmentVariable_key"`
    : null
}

/** What the listing shows: a branch over its parent, a name that is secret in either is secret. */
export function visible(place: Place): Map<string, Variable> {
  const merged = new Map(place.parent?.variables)
  for (const [name, own] of place.variables) {
    merged.set(name, { value: own.value, isSecret: own.isSecret || merged.get(name)?.isSecret === true })
  }
  return merged
}

/** Every place of the project, branches included. */
function placesOf(project: Project): Place[] {
  return [...project.places.values()].flatMap((place) => [
    place,
    ...[...place.branches.values()].map((branch) => branch.place),
  ])
}

export const isKnownInProject = (project: Project, name: string): boolean =>
  placesOf(project).some((place) => place.variables.has(name))

/** `refs/heads/` and its like are cut off; any other `refs/…` counts as no branch. */
export function branchName(header: string | undefined): string | null {
  if (header === undefined || header === '') return null
  const cut = header.replace(/^refs\/(heads|remotes|tags|pull|merge|release)\//, '')
  return cut.startsWith('refs/') ? null : cut
}

export function findBranch(place: Place | undefined, name: string): Place | null {
  const branch = place?.branches.get(name)
  return branch && !branch.archived ? branch.place : null
}

/** Adds a branch, or gives back the one of that name. */
export function addBranch(parent: Place, name: string): Branch {
  const known = parent.branches.get(name)
  if (known) return known
  const place: Place = {
    ...parent,
    id: `${parent.id}_b${parent.branches.size + 1}`,
    slug: `${parent.slug}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    variables: new Map(),
    branches: new Map(),
    parent,
  }
  const branch = { place, name, archived: false, createdAt: new Date().toISOString() }
  parent.branches.set(name, branch)
  return branch
}
