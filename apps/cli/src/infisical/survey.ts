/** What of a project can be moved, decided before anything is written: by the rules of our own schemas. */
import {
  createTag,
  environmentSlug,
  folderName,
  HIDDEN_VALUE,
  secretKey,
  secretMetadata,
  secretPath,
  secretValue,
} from '@keyferry/schemas'
import { namesOf } from '@keyferry/schemas/secret-path'
import type { SourceFolder, SourceProject, SourceSecret, SourceTag } from './source.ts'

export interface Secret {
  key: string
  value: string
  comment: string
  /** Those that can be here. */
  tags: readonly SourceTag[]
  metadata: SourceSecret['metadata']
  skipMultilineEncoding: boolean
}

export interface Folder {
  environment: string
  path: string
  description: string | null
  secrets: readonly Secret[]
  imports: readonly { environment: string; path: string }[]
}

/** Something that stays behind, or that comes along but needs a hand. */
export interface Remark {
  environment: string
  path: string
  /** Null: the folder or environment as a whole. */
  key: string | null
  reason: string
}

export interface Survey {
  environments: readonly { slug: string; name: string }[]
  /** Parents before their children. */
  folders: readonly Folder[]
  left: readonly Remark[]
  notes: readonly Remark[]
}

export function survey({ environments }: SourceProject): Survey {
  const left: Remark[] = []
  const notes: Remark[] = []
  const kept = environments.filter(({ slug, folders }) => {
    const problem = problemOf(environmentSlug.safeParse(slug))
    if (problem === null) return true
    left.push({ environment: slug, path: '/', key: null, reason: `${problem} (${folders.length} folders in it)` })
    return false
  })
  const known = new Set(
    kept.flatMap(({ slug, folders }) => folders.filter(isNamable).map(({ path }) => `${slug}:${path}`)),
  )
  const folders = kept.flatMap(({ slug: environment, folders }) =>
    folders.flatMap((folder): Folder[] => {
      const { path } = folder
      if (!isNamable(folder)) {
        left.push({ environment, path, key: null, reason: `a folder's name can only contain letters, digits, - and _` })
        return []
      }
      return [
        {
          environment,
          path,
          description: folder.description?.slice(0, 256) ?? null,
          secrets: folder.secrets.flatMap((secret) => {
            const at = { environment, path, key: secret.key }
            const problem = whyNot(secret)
            if (problem !== null) {
              left.push({ ...at, reason: problem })
              return []
            }
            notes.push(...remarksOn(secret).map((reason) => ({ ...at, reason })))
            return [taken(secret)]
          }),
          imports: folder.imports.flatMap((from) => {
            const source = { environment: from.environment, path: secretPath.safeParse(from.path).data ?? from.path }
            if (known.has(`${source.environment}:${source.path}`)) return [source]
            left.push({
              environment,
              path,
              key: null,
              reason: `its import of ${from.environment}:${from.path}, which is not moved`,
            })
            return []
          }),
        },
      ]
    }),
  )
  return { environments: kept.map(({ slug, name }) => ({ slug, name })), folders, left, notes }
}

const isNamable = ({ path }: SourceFolder): boolean =>
  namesOf(path).every((name) => folderName.safeParse(name).data === name)

function whyNot({ key, value, personal, hidden }: SourceSecret): string | null {
  if (personal) return 'a personal override; only shared values are moved'
  if (hidden || value === HIDDEN_VALUE) return 'the token can’t read its value'
  if (!value.isWellFormed()) return 'its value is not valid Unicode text'
  if (secretKey.safeParse(key).data !== key)
    return problemOf(secretKey.safeParse(key)) ?? 'its name begins or ends with a blank'
  return problemOf(secretValue.safeParse(value))
}

const MOST_COMMENT = 4096

const taken = ({ key, value, comment, tags, metadata, skipMultilineEncoding }: SourceSecret): Secret => ({
  key,
  value,
  comment: comment.slice(0, MOST_COMMENT),
  tags: tags.filter((tag) => !isNoTag(tag)),
  metadata: secretMetadata.safeParse(metadata).success ? metadata : [],
  skipMultilineEncoding,
})

const isNoTag = ({ slug }: SourceTag): boolean => createTag.shape.slug.safeParse(slug).data !== slug

function remarksOn({ value, comment, tags, metadata, extras: others }: SourceSecret): string[] {
  const without = [
    ...tags.filter(isNoTag).map(({ slug }) => `the tag ${slug}, which cannot have that slug here`),
    ...(secretMetadata.safeParse(metadata).success ? [] : ['metadata, which are too many or too long']),
    ...others,
  ]
  return [
    /\$\{@[A-Za-z0-9\-_.@]+\}/.test(value)
      ? 'references another project, which Keyferry does not; moved as written, and syncs of this folder wait until it is replaced'
      : '',
    without.length > 0 ? `moved without ${without.join(' and ')}` : '',
    comment.length > MOST_COMMENT ? 'its comment is cut at 4096 characters' : '',
  ].filter(Boolean)
}

const problemOf = (result: { success: boolean; error?: { issues: readonly { message: string }[] } }): string | null =>
  result.success ? null : (result.error?.issues[0]?.message ?? 'not allowed here')
