/**
 * Answers without what their reader may not see. Lists leave it out; a name without its value says that it is hidden.
 */
import { Forbidden, NotFound, type Actor } from '@keyferry/kernel'
import { allows, isMember, type Access, type Action, type Resource } from '@keyferry/schemas/policy'

interface Shown {
  environment: string
  secretPath: string
  value: string | null
}

interface Reader {
  access: Access
  actor: Pick<Actor, 'kind'>
}

interface SecretsAsked {
  projectId: string
  environment: string
  secretPath: string
  showValues: boolean
}

/**
 * The secret as its reader may see it; null when they may not even see its name. Throws `Forbidden` where a program
 * asks for a value that it may not read: it would take the mask that people see for the value.
 */
export function redactValue<T extends Shown>(reader: Reader, asked: SecretsAsked, secret: T): T | null {
  return redactor(reader, asked)(secret)
}

/** Hides secrets of one project; decides once per folder. */
function redactor({ access, actor }: Reader, { projectId, showValues }: SecretsAsked) {
  const decided = new Map<string, 'nothing' | 'name' | 'value'>()
  const decide = (environment: string, path: string): 'nothing' | 'name' | 'value' => {
    const place: Resource = { kind: 'folder', projectId, environment, path }
    if (!allows(access, 'secrets.read-names', place)) return 'nothing'
    return allows(access, 'secrets.read-values', place) ? 'value' : 'name'
  }
  return <T extends Shown>(secret: T): T | null => {
    const folder = `${secret.environment}:${secret.secretPath}`
    const seen = decided.get(folder) ?? decide(secret.environment, secret.secretPath)
    decided.set(folder, seen)
    if (seen === 'value') return secret
    if (seen === 'nothing') return null
    if (showValues && isProgram(actor)) throw valuesRefused(folder)
    return { ...secret, value: null }
  }
}

/** A listing as its reader may see it. Throws `Forbidden` like `redactValue`. */
export function redactValues<S extends Shown, I extends Shown, P extends { secrets: readonly I[] }>(
  reader: Reader,
  asked: SecretsAsked,
  { secrets, imports }: { secrets: readonly S[]; imports: readonly P[] },
) {
  const hide = redactor(reader, asked)
  const seen = <T extends Shown>(listed: readonly T[]): T[] => listed.flatMap((secret) => hide(secret) ?? [])
  return {
    secrets: seen(secrets),
    imports: imports.map((from) => ({ ...from, secrets: seen(from.secrets) })),
  }
}

/** The query of a caller who can only read names, without the values. Throws `Forbidden` like `redactValue`. */
export function withAllowedValues<T extends SecretsAsked>({ access, actor }: Reader, input: T): T {
  const { projectId, environment, secretPath: path, showValues } = input
  if (!showValues || allows(access, 'secrets.read-values', { kind: 'folder', projectId, environment, path }))
    return input
  if (isProgram(actor)) throw valuesRefused(`${environment}:${path}`)
  return { ...input, showValues: false }
}

/** Machine identities and API keys. */
const isProgram = ({ kind }: Pick<Actor, 'kind'>): boolean => kind === 'identity'

const valuesRefused = (folder: string): Forbidden =>
  new Forbidden(
    `This credential can read the names of the secrets in ${folder}, not their values. Give it the developer role for this folder, or request names only.`,
  )

/** The refusal of a secret that is not there, or that the caller may not know of. */
export const secretMissing = (input: { key: string; environment: string; secretPath: string }): NotFound =>
  new NotFound(`Secret with name "${input.key}" not found in ${input.environment}:${input.secretPath}`)

/** Only what is in folders where `action` is allowed. */
export function filterReadable<T>(
  access: Access,
  action: Action,
  projectId: string,
  things: readonly T[],
  at: (thing: T) => { environment: string; path: string } | null,
): T[] {
  return things.filter((thing) => {
    const folder = at(thing)
    return allows(access, action, folder ? { kind: 'folder', projectId, ...folder } : { kind: 'project', projectId })
  })
}

/** A project with the environments that its reader has anything in. */
export function withReadableEnvironments<T extends { id: string; environments: readonly { slug: string }[] }>(
  access: Access,
  project: T,
): T {
  return {
    ...project,
    environments: project.environments.filter(({ slug }) =>
      allows(access, 'folders.read', { kind: 'folder', projectId: project.id, environment: slug, path: '/' }),
    ),
  }
}

/** The projects that their reader is a member of, each with the environments that they have anything in. */
export const readableProjects = <T extends { id: string; environments: readonly { slug: string }[] }>(
  access: Access,
  projects: readonly T[],
): T[] =>
  projects.filter((project) => isMember(access, project.id)).map((project) => withReadableEnvironments(access, project))

/** Connections of the organization, and of the projects, that their reader may know. */
export const readableConnections = <T extends Limited>(access: Access, connections: readonly T[]): T[] =>
  connections
    .filter(({ projectId, allowedProjects: projects }) =>
      allows(
        access,
        'connections.read',
        projectId ? { kind: 'project', projectId } : { kind: 'organization', projects },
      ),
    )
    .map((connection) => withReadableProjects(access, connection))

interface Limited {
  projectId?: string | null | undefined
  allowedProjects: string[] | null
}

/** A connection without the projects that its reader may not know. */
export const withReadableProjects = <T extends Limited>(access: Access, connection: T): T => ({
  ...connection,
  allowedProjects: connection.allowedProjects?.filter((projectId) => isMember(access, projectId)) ?? null,
})
