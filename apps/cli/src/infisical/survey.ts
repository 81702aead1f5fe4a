/** What of a project can be moved, decided before anything is written: by the rules of our own schemas. */
import { environmentSlug, folderName, HIDDEN_VALUE, secretKey, secretPath, secretValue } from '@keyferry/schemas'
import type { SourceFolder, SourceProject, SourceSecret } from './source.ts'

export interface Secret {
  key: string
  value: string
  comment: string
}

export interface Folder {
  environment: string
  path: string
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
  const taken = environments.filter(({ slug, folders }) => {
    const problem = problemOf(environmentSlug.safeParse(slug))
    if (problem === null) return true
    left.push({ environment: slug, path: '/', key: null, reason: `${problem} (${folders.length} folders in it)` })
    return false
  })
  const known = new Set(
    taken.flatMap(({ slug, folders }) => folders.filter(isNamable).map(({ path }) => `${slug}:${path}`)),
  )
  const folders = taken.flatMap(({ slug: environment, folders }) =>
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
          secrets: folder.secrets.flatMap((secret) => {
            const at = { environment, path, key: secret.key }
            const problem = whyNot(secret)
            if (problem !== null) {
              left.push({ ...at, reason: problem })
              return []
            }
            notes.push(...remarksOn(secret).map((reason) => ({ ...at, reason })))
            return [{ key: secret.key, value: secret.value, comment: secret.comment.slice(0, 4096) }]
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
  return { environments: taken.map(({ slug, name }) => ({ slug, name })), folders, left, notes }
}

const isNamable = ({ path }: SourceFolder): boolean =>
  path
    .split('/')
    .filter(Boolean)
    .every((name) => folderName.safeParse(name).data === name)

function whyNot({ key, value, personal, hidden }: SourceSecret): string | null {
  if (personal) return 'a personal override; only shared values are moved'
  if (hidden || value === HIDDEN_VALUE) return 'the token may not read its value'
  if (!value.isWellFormed()) return 'its value is not valid Unicode text'
  if (secretKey.safeParse(key).data !== key)
    return problemOf(secretKey.safeParse(key)) ?? 'its name begins or ends with a blank'
  return problemOf(secretValue.safeParse(value))
}

function remarksOn({ value, comment, extras }: SourceSecret): string[] {
  return [
    /\$\{@[A-Za-z0-9\-_.@]+\}/.test(value)
      ? 'references another project, which Keyferry does not; moved as written, and syncs of this folder wait until it is replaced'
      : '',
    extras.length > 0 ? `moved without ${extras.join(' and ')}` : '',
    comment.length > 4096 ? 'its comment is cut at 4096 characters' : '',
  ].filter(Boolean)
}

const problemOf = (result: { success: boolean; error?: { issues: readonly { message: string }[] } }): string | null =>
  result.success ? null : (result.error?.issues[0]?.message ?? 'not allowed here')
