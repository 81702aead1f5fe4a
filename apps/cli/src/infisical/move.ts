/**
 * From a survey into a Keyferry project. Only adds: what is there already stays as it is, so that it can be run again.
 */
import { isKeyferryError, type KeyferryClient } from '@keyferry/client'
import { nameOf, parentOf, ROOT } from '@keyferry/schemas/secret-path'
import type { Project } from '../cli.ts'
import type { Folder, Remark, Secret, Survey } from './survey.ts'

interface FolderPlan {
  folder: Folder
  exists: boolean
  missing: readonly Secret[]
  same: number
  /** Keys that hold another value here, and keep it. */
  different: readonly string[]
  missingImports: Folder['imports']
}

export interface MovePlan {
  /** Null: it is made. */
  project: Project | null
  environments: Survey['environments']
  folders: readonly FolderPlan[]
}

/** What a move would add to `project`. */
export async function planMove(
  client: KeyferryClient,
  project: Project | null,
  { environments, folders }: Survey,
): Promise<MovePlan> {
  const missing = environments.filter(({ slug }) => !project?.environments.some((present) => present.slug === slug))
  const plans: FolderPlan[] = []
  for (const folder of folders) {
    const present =
      project && !missing.some(({ slug }) => slug === folder.environment)
        ? await contents(client, project.id, folder)
        : null
    const { secrets = new Map<string, string>(), imports = new Set<string>() } = present ?? {}
    plans.push({
      folder,
      exists: present !== null,
      missing: folder.secrets.filter(({ key }) => !secrets.has(key)),
      same: folder.secrets.filter(({ key, value }) => secrets.get(key) === value).length,
      different: folder.secrets
        .filter(({ key, value }) => secrets.has(key) && secrets.get(key) !== value)
        .map(({ key }) => key),
      missingImports: folder.imports.filter(({ environment, path }) => !imports.has(`${environment}:${path}`)),
    })
  }
  return { project, environments: missing, folders: plans }
}

/** Null when there is no such folder. */
async function contents(client: KeyferryClient, projectId: string, { environment, path }: Folder) {
  try {
    const [{ secrets }, imports] = await Promise.all([
      client.secrets.list.query({ projectId, environment, secretPath: path }),
      client.imports.list.query({ projectId, environment, path }),
    ])
    return {
      secrets: new Map(secrets.map(({ key, value }) => [key, value])),
      imports: new Set(imports.map(({ environment, path }) => `${environment.slug}:${path}`)),
    }
  } catch (error) {
    if (isKeyferryError(error) && error.status === 404) return null
    throw error
  }
}

/** Whether all of it is in Keyferry already. */
export const isNothing = ({ project, environments, folders }: MovePlan): boolean =>
  project !== null &&
  environments.length === 0 &&
  folders.every(({ exists, missing, missingImports }) => exists && missing.length === 0 && missingImports.length === 0)

/**
 * Places first, then imports, then secrets, so that nothing names what is not there yet. `refused`: secrets that the
 * vault does not take, such as references in a circle; the others go in.
 */
export async function carryOut(
  client: KeyferryClient,
  plan: MovePlan,
  create: { name: string; slug: string; description: string | null },
  onProgress: (what: string) => void,
): Promise<{ project: Project; refused: Remark[] }> {
  const refused: Remark[] = []
  const project = plan.project ?? (await client.projects.create.mutate({ ...create, withDefaultEnvironments: false }))
  const projectId = project.id
  for (const { slug, name } of plan.environments) await client.environments.create.mutate({ projectId, slug, name })
  for (const { folder, exists } of plan.folders) {
    if (exists || folder.path === ROOT) continue
    onProgress(`${folder.environment}:${folder.path}`)
    await client.folders.create.mutate({
      projectId,
      environment: folder.environment,
      path: parentOf(folder.path),
      name: nameOf(folder.path),
      description: folder.description,
    })
  }
  for (const { folder, missingImports } of plan.folders) {
    for (const from of missingImports) {
      const { environment, path } = folder
      await client.imports.create.mutate({ projectId, environment, path, import: from }).catch((error: unknown) => {
        if (!isRefusal(error)) throw error
        const reason = `its import of ${from.environment}:${from.path}: ${error.message}`
        refused.push({ environment, path, key: null, reason })
      })
    }
  }
  const tagIds = await makeTags(client, projectId, plan)
  for (const { folder, missing } of plan.folders) {
    let done = 0
    for (const part of parts(missing)) {
      onProgress(`${folder.environment}:${folder.path}  ${done} of ${missing.length}`)
      const place = { projectId, environment: folder.environment, secretPath: folder.path }
      refused.push(...(await write(client, place, part, tagIds)))
      done += part.length
    }
  }
  return { project, refused }
}

type Place = { projectId: string; environment: string; secretPath: string }

/** All at once; where the vault refuses one of them, one by one. */
async function write(
  client: KeyferryClient,
  place: Place,
  part: readonly Secret[],
  tagIds: ReadonlyMap<string, string>,
): Promise<Remark[]> {
  const secrets = part.map(({ key, value, comment, tags, metadata, skipMultilineEncoding }) => ({
    key,
    value,
    comment,
    metadata: [...metadata],
    skipMultilineEncoding,
    tagIds: tags.flatMap(({ slug }) => tagIds.get(slug) ?? []),
  }))
  try {
    await client.secrets.createMany.mutate({ ...place, secrets })
    return []
  } catch (error) {
    if (!isRefusal(error)) throw error
    const [only] = part
    if (only && part.length === 1) {
      return [{ environment: place.environment, path: place.secretPath, key: only.key, reason: error.message }]
    }
  }
  const refused: Remark[] = []
  for (const secret of part) refused.push(...(await write(client, place, [secret], tagIds)))
  return refused
}

const isRefusal = (error: unknown): error is Error =>
  isKeyferryError(error) && (error.status === 400 || error.status === 422)

/** By slug, the ids of the tags that the secrets to copy have; those that are missing are made. */
async function makeTags(
  client: KeyferryClient,
  projectId: string,
  { folders }: MovePlan,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map(
    folders.flatMap(({ missing }) => missing.flatMap(({ tags }) => tags.map((tag) => [tag.slug, tag] as const))),
  )
  if (wanted.size === 0) return new Map()
  const present = await client.tags.list.query({ projectId })
  const ids = new Map(present.map(({ slug, id }) => [slug, id]))
  for (const { slug, name, color } of wanted.values()) {
    if (ids.has(slug)) continue
    const made = await client.tags.create.mutate({
      projectId,
      slug,
      name: name.slice(0, 64),
      color: color.slice(0, 32),
    })
    ids.set(slug, made.id)
  }
  return ids
}

const MOST_SECRETS = 500
/** UTF-16 units of values and comments: well below what a request may hold. */
const MOST_TEXT = 200_000

function parts(secrets: readonly Secret[]): Secret[][] {
  const cut: Secret[][] = []
  let text = Number.POSITIVE_INFINITY
  for (const secret of secrets) {
    const size = [secret.key, secret.value, secret.comment, JSON.stringify(secret.metadata)].join('').length
    const last = cut.at(-1)
    if (!last || last.length === MOST_SECRETS || text + size > MOST_TEXT) {
      cut.push([secret])
      text = size
    } else {
      last.push(secret)
      text += size
    }
  }
  return cut
}
