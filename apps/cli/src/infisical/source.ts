/**
 * A project of an Infisical server, read over its REST API: the routes and fields as of its server source, 2026-09.
 * References stay as they are written, imports are read as imports. Keyferry speaks the same routes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { httpUrl } from '../http-url.ts'
import { Failure, usageFailure } from '../failure.ts'

export interface SourceSecret {
  key: string
  value: string
  comment: string
  /** A person's own value beside the shared one. */
  personal: boolean
  /** The token may see the name only. */
  hidden: boolean
  tags: readonly SourceTag[]
  metadata: readonly { key: string; value: string; isEncrypted: boolean }[]
  skipMultilineEncoding: boolean
  /** What it carries beside these, in words. */
  extras: readonly string[]
}

export interface SourceTag {
  slug: string
  name: string
  color: string
}

export interface SourceFolder {
  path: string
  description: string | null
  secrets: readonly SourceSecret[]
  /** Lowest priority first. */
  imports: readonly { environment: string; path: string }[]
}

interface SourceEnvironment {
  slug: string
  name: string
  folders: readonly SourceFolder[]
}

export interface SourceProject {
  id: string
  name: string
  slug: string
  description: string | null
  environments: readonly SourceEnvironment[]
}

export interface SourceOptions {
  siteUrl: string
  token: string
  /** Slug or id. */
  project: string
  /** Slugs; none means all. */
  environments: readonly string[]
  onProgress(what: string): void
}

/** Throws `Failure` when the server cannot be reached or refuses. */
export async function readProject({
  siteUrl,
  token,
  project: wanted,
  environments,
  onProgress,
}: SourceOptions): Promise<SourceProject> {
  const get = reader(siteUrl, token)
  const project = await findProject(get, wanted)
  const unknown = environments.filter((slug) => !project.environments.some((environment) => environment.slug === slug))
  if (unknown.length > 0) {
    const known = project.environments.map(({ slug }) => slug).join(', ')
    throw new Failure(`${project.name} has no environment ${unknown.join(', ')}`, `It has: ${known}.`)
  }
  const read: SourceEnvironment[] = []
  for (const { slug, name } of project.environments) {
    if (environments.length > 0 && !environments.includes(slug)) continue
    const folders: SourceFolder[] = []
    const waiting: Place[] = [{ path: '/', description: null }]
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      onProgress(`${slug}:${place.path}`)
      const { folder, below } = await readFolder(get, { workspaceId: project.id, environment: slug }, place)
      folders.push(folder)
      waiting.push(...below)
    }
    read.push({ slug, name, folders })
  }
  const { id, name, slug, description = null } = project
  return { id, name, slug, description, environments: read }
}

const projectRow = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  description: z.string().nullish(),
  environments: z.array(z.object({ name: z.string(), slug: z.string() })),
})

/** By slug the project comes bare, by id in an envelope that was renamed once. */
async function findProject(get: Get, wanted: string): Promise<z.output<typeof projectRow>> {
  const isId = z.guid().safeParse(wanted).success
  const name = encodeURIComponent(wanted)
  const paths = isId
    ? [`/v1/projects/${name}`, `/v1/workspace/${name}`]
    : [`/v1/projects/slug/${name}`, `/v2/workspace/${name}`]
  for (const path of paths) {
    const body = await get(path, {}, true)
    const parsed = z
      .union([
        z.object({ project: projectRow }).transform(({ project }) => project),
        z.object({ workspace: projectRow }).transform(({ workspace }) => workspace),
        projectRow,
      ])
      .safeParse(body)
    if (parsed.success) return parsed.data
  }
  throw new Failure(
    `There is no project ${wanted} that the token may see`,
    'Pass the slug or the id of a project that the identity is a member of.',
  )
}

const folderRows = z.object({
  folders: z.array(
    z.object({ name: z.string(), description: z.string().nullish(), isReserved: z.boolean().optional() }),
  ),
})
const secretRows = z.object({
  secrets: z.array(
    z.object({
      secretKey: z.string(),
      secretValue: z.string().default(''),
      secretComment: z.string().nullish(),
      secretValueHidden: z.boolean().optional(),
      type: z.string().default('shared'),
      tags: z.array(z.object({ slug: z.string(), name: z.string().nullish(), color: z.string().nullish() })).nullish(),
      secretMetadata: z
        .array(z.object({ key: z.string(), value: z.string().nullish(), isEncrypted: z.boolean().nullish() }))
        .nullish(),
      skipMultilineEncoding: z.boolean().nullish(),
      secretReminderRepeatDays: z.number().nullish(),
      isRotatedSecret: z.boolean().nullish(),
    }),
  ),
})
const importRows = z.object({
  secretImports: z.array(
    z.object({ importPath: z.string(), importEnv: z.object({ slug: z.string() }), position: z.number() }),
  ),
})

type Place = Pick<SourceFolder, 'path' | 'description'>

async function readFolder(
  get: Get,
  place: { workspaceId: string; environment: string },
  { path, description }: Place,
): Promise<{ folder: SourceFolder; below: Place[] }> {
  const read = async <T>(shape: z.ZodType<T>, route: string, query: Record<string, string>): Promise<T> => {
    const { success, data } = shape.safeParse(await get(route, { ...place, ...query }))
    if (success) return data
    throw new Failure(`The server answered GET /api${route} in an unknown format`, 'Check --site-url.')
  }
  const { secrets } = await read(secretRows, '/v3/secrets/raw', {
    secretPath: path,
    expandSecretReferences: 'false',
    include_imports: 'false',
    viewSecretValue: 'true',
  })
  const { secretImports } = await read(importRows, '/v1/secret-imports', { path })
  const { folders } = await read(folderRows, '/v1/folders', { path })
  const parent = path === '/' ? '' : path
  return {
    folder: {
      path,
      description,
      secrets: secrets.map((row) => ({
        key: row.secretKey,
        value: row.secretValue,
        comment: row.secretComment ?? '',
        personal: row.type === 'personal',
        hidden: row.secretValueHidden === true,
        tags: (row.tags ?? []).map(({ slug, name, color }) => ({ slug, name: name ?? slug, color: color ?? '' })),
        metadata: (row.secretMetadata ?? []).map(({ key, value, isEncrypted }) => ({
          key,
          value: value ?? '',
          isEncrypted: isEncrypted ?? false,
        })),
        skipMultilineEncoding: row.skipMultilineEncoding === true,
        extras: extrasOf(row),
      })),
      imports: secretImports
        .sort((a, b) => a.position - b.position)
        .map(({ importEnv, importPath }) => ({ environment: importEnv.slug, path: importPath })),
    },
    // A reserved folder holds what a replication copied; its source is moved itself.
    below: folders
      .filter(({ isReserved }) => isReserved !== true)
      .map(({ name, description = null }) => ({ path: `${parent}/${name}`, description })),
  }
}

function extrasOf(row: z.output<typeof secretRows>['secrets'][number]): string[] {
  return [row.secretReminderRepeatDays ? 'a reminder' : '', row.isRotatedSecret ? 'a rotation' : ''].filter(Boolean)
}

/** A token of a machine identity, by universal auth. Throws `Failure`. */
export async function signIn(siteUrl: string, clientId: string, clientSecret: string): Promise<string> {
  const base = baseOf(siteUrl)
  const path = '/v1/auth/universal-auth/login'
  const answer = await fetch(`${base}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientId, clientSecret }),
    signal: AbortSignal.timeout(60_000),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? causeOf(error) : String(error)
    throw new Failure(`No answer from ${base}: ${cause}`, 'Check --site-url.')
  })
  const body: unknown = await answer.json().catch(() => null)
  const token = z.object({ accessToken: z.string() }).safeParse(body)
  if (answer.ok && token.success) return token.data.accessToken
  const said = z.object({ message: z.string() }).safeParse(body)
  throw new Failure(
    `${base} refused the sign-in (${answer.status})${said.success ? `: ${said.data.message}` : ''}`,
    'Check --client-id and the client secret.',
  )
}

function baseOf(siteUrl: string): string {
  return httpUrl(siteUrl, 'https://app.infisical.com').replace(/\/api$/, '')
}

/** The JSON that answers a GET below `/api`; null for a 404 where `optional`. */
type Get = (path: string, query: Record<string, string>, optional?: boolean) => Promise<unknown>

const TRIES = 6

function reader(siteUrl: string, token: string): Get {
  const base = baseOf(siteUrl)
  // Else fetch refuses the header, and its message quotes it.
  if (!/^[!-~]+$/.test(token))
    throw usageFailure('The token of Infisical has a blank, a line end or another character that no token has')
  return async (path, query, optional = false) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await request(`${base}/api${path}?${new URLSearchParams(query).toString()}`, token).catch(
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      )
      const temporary = answer instanceof Error || answer.status === 429 || answer.status >= 500
      if (temporary && attempt < TRIES) {
        const asked = answer instanceof Error ? 0 : Number(answer.retryAfter ?? 0)
        await sleep(asked > 0 ? Math.min(asked, 60) * 1000 : 250 * 2 ** attempt)
        continue
      }
      if (answer instanceof Error) throw new Failure(`No answer from ${base}: ${causeOf(answer)}`, 'Check --site-url.')
      const { status, body } = answer
      if (status === 404 && optional) return null
      if (status !== 200) throw refused(base, path, status, body)
      if (body !== undefined) return body
      throw new Failure(`${base} answered GET /api${path} without JSON`, 'Check --site-url.')
    }
  }
}

/** Rejects for an answer that is cut, too. `body`: undefined when it is no JSON. */
async function request(url: string, token: string) {
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    signal: AbortSignal.timeout(60_000),
  })
  const body: unknown = await answer.text().then(jsonOf)
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const causeOf = (error: Error): string =>
  error.cause instanceof Error ? error.cause.message || error.message : error.message

function refused(base: string, path: string, status: number, body: unknown): Failure {
  const parsed = z.object({ message: z.string() }).safeParse(body)
  const said = parsed.success ? `: ${parsed.data.message}` : ''
  const remedy =
    status === 401 || status === 403
      ? 'The token must be valid and may read every environment, folder and value that is to be moved.'
      : null
  return new Failure(`${base} answered ${status} to GET /api${path}${said}`, remedy)
}
