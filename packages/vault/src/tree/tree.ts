import { referencesFrom } from '@keyferry/access'
import {
  inList,
  keptQuery,
  readStart,
  timeSlice,
  type SecretTable,
  type Selectable,
  type Slot,
  type Tables,
} from '@keyferry/db'
import {
  MAX_ANSWER_BYTES,
  DecryptionError,
  LargeRead,
  TooLarge,
  Unresolvable,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import { checkFolder } from '@keyferry/kernel/authority'
import { secretMetadata } from '@keyferry/schemas'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { z } from 'zod'
import type { FoundFolder } from './find-folder.ts'

export type SecretRow = Selectable<SecretTable>
export type Metadata = z.output<typeof secretMetadata>

/** What has to be in memory to resolve some folders: they, what they import, what their values reference, and so on. */
export interface Tree {
  /** By id. */
  folders: ReadonlyMap<string, TreeFolder>
  /** Undefined when there is no such folder, or nothing loaded refers to it. */
  at(projectId: string, environment: string, path: string): TreeFolder | undefined
}

export interface LoadedTree extends Tree {
  /** The data keys of the folders' projects, by id. */
  keys: ReadonlyMap<string, DataKey>
  /** Ids of the folders that a folder imports or refers to directly, by its own. */
  links: ReadonlyMap<string, ReadonlySet<string>>
}

export interface TreeFolder {
  id: string
  projectId: string
  /** Slug. */
  environment: string
  path: string
  /** Ids of the imported folders, highest priority first. */
  imports: readonly string[]
  /** The folder's own secrets, sealed, by key. */
  secrets: Map<string, SecretRow>
}

/**
 * What of a folder's surroundings is loaded with it: nothing, what it imports, or everything that its values are made
 * of.
 */
export type Reach = 'alone' | 'imports' | 'references'

/**
 * Loads `roots`, by ids or as found in `tx`, and everything within `reach` of them. A constant number of queries per
 * level of imports and references, however many secrets there are, as long as a statement can bring them. With `values:
 * 'none'` every value is empty. With `knows`, the folders that it refuses are empty: their secrets are not read, so
 * nothing that is counted, filtered or limited afterwards depends on them. Throws `TooLarge`, `LargeRead` where only
 * small reads have room, and `IntegrityBroken` for a folder whose secrets or imports are not those that were written
 * last.
 */
export async function loadTree(
  ctx: Pick<Context, 'keyring' | 'authority' | 'smallReadsOnly'>,
  tx: Tx,
  roots: readonly (string | FoundFolder)[],
  reach: Reach = 'references',
  values: 'sealed' | 'none' = 'sealed',
  knows: ((place: { environment: string; path: string }) => boolean) | null = null,
): Promise<LoadedTree> {
  const start = readStart()
  const found = roots.flatMap((root) => (typeof root === 'string' ? [] : rowOf(root)))
  const ids = new Set(roots.map((root) => (typeof root === 'string' ? root : root.folder.id)))
  const imports = new Map<string, string[]>()
  const links = new Map<string, Set<string>>()
  let frontier = reach === 'alone' ? [] : [...ids]
  while (frontier.length > 0) {
    const reached = await referencesFrom(tx, frontier, reach === 'references' ? reach : 'imports')
    for (const { folderId, reachedId, kind } of reached) {
      links.set(folderId, (links.get(folderId) ?? new Set()).add(reachedId))
      if (kind === 'reference') continue
      const known = imports.get(folderId)
      if (known) known.push(reachedId)
      else imports.set(folderId, [reachedId])
    }
    frontier = [...new Set(reached.map(({ reachedId }) => reachedId))].filter((id) => !ids.has(id))
    for (const id of frontier) ids.add(id)
  }

  const folders = new Map<string, TreeFolder>()
  const places = new Map<string, TreeFolder>()
  const keys = new Map<string, DataKey>()
  if (ids.size === 0) return { folders, at: () => undefined, keys, links }
  const others = [...ids].filter((id) => !found.some((row) => row.id === id))
  const rows: readonly FolderRow[] = others.length === 0 ? found : [...found, ...(await rowsOf(tx, { ids: others }))]
  for (const { dataKey: _, secretsHead: __, ...row } of rows) {
    const folder = { ...row, imports: imports.get(row.id) ?? [], secrets: new Map<string, SecretRow>() }
    folders.set(folder.id, folder)
    places.set(`${folder.projectId}:${folder.environment}:${folder.path}`, folder)
  }
  for (const row of reach === 'alone' ? [] : rows) {
    const key = ctx.keyring.open(row.projectId, row.dataKey)
    await checkFolder(ctx, key, row, { imports: imports.get(row.id) ?? [] }, start)
  }
  const known = knows ? rows.filter(knows) : rows
  const knownIds = known.map(({ id }) => id)
  const size = { values, isSmall: ctx.smallReadsOnly === true }
  await loadSecrets(tx, knownIds, size, (row) => folders.get(row.folderId)?.secrets.set(row.key, row))
  const slice = timeSlice()
  for (const row of known) {
    if (slice.isOver()) await slice.rest()
    const key = ctx.keyring.open(row.projectId, row.dataKey)
    keys.set(row.projectId, key)
    const secrets = [...(folders.get(row.id)?.secrets.values() ?? [])]
    await checkFolder(ctx, key, row, { secrets, values: values === 'sealed' }, start)
  }
  return {
    folders,
    at: (projectId, environment, path) => places.get(`${projectId}:${environment}:${path}`),
    keys,
    links,
  }
}

/** Of a tree with several roots, what one of them is made of: what it would have been with this root alone. */
export function treeOf(tree: LoadedTree, rootId: string): LoadedTree {
  const folders = new Map<string, TreeFolder>()
  const ahead = [rootId]
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    const folder = tree.folders.get(id)
    if (!folder || folders.has(id)) continue
    folders.set(id, folder)
    ahead.push(...(tree.links.get(id) ?? []))
  }
  return {
    ...tree,
    folders,
    at(...place) {
      const folder = tree.at(...place)
      return folder && folders.get(folder.id)
    },
  }
}

/** What is read of a folder. `dataKey`: its project's, wrapped. */
interface FolderRow extends Omit<TreeFolder, 'imports' | 'secrets'> {
  secretsHead: string | null
  dataKey: string
}

const rowOf = ({
  folder: { id, path, secretsHead },
  environment: { slug, projectId },
  dataKey,
}: FoundFolder): FolderRow => ({
  id,
  path,
  environment: slug,
  projectId,
  secretsHead,
  dataKey,
})

const rowsOf = keptQuery((db, slot: Slot<{ ids: readonly string[] }>) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .where((eb) => inList(db, eb.ref('folders.id'), slot('ids')))
    .select(['folders.id', 'folders.path', 'environments.slug as environment', 'environments.projectId'])
    .select(['folders.secretsHead', 'projects.dataKey']),
)

/**
 * Rows of a statement that may all be as long as they can: SQLite answers it in one piece while everybody waits, and a
 * row has up to 100 kB.
 */
const PAGE = 100
/** Bytes of sealed texts that one request may hold. */
const MAX_LOADED_BYTES = 4 * MAX_ANSWER_BYTES

/** What one statement may bring, all its rows together; of small reads, which are made in one. */
const STATEMENT = { rows: 2 ** 31 - 1, bytes: 4 * 1024 * 1024 }
const SMALL_STATEMENT = { rows: PAGE, bytes: 256 * 1024 }

/** Loads the secrets of folders: in one statement where they are small together, else in as many as they need. */
async function loadSecrets(
  tx: Tx,
  folderIds: readonly string[],
  { values, isSmall }: { values: 'sealed' | 'none'; isSmall: boolean },
  each: (row: SecretRow) => void,
): Promise<void> {
  const fitting = secretsThatFit[values]
  const together = await fitting(tx, { ids: folderIds, ...(isSmall ? SMALL_STATEMENT : STATEMENT) })
  if (together.length > 0) return together.forEach(each)
  const slice = timeSlice()
  const waiting: (readonly string[])[] = [folderIds]
  for (let ids = waiting.pop(); ids; ids = waiting.pop()) {
    if (slice.isOver()) await slice.rest()
    const size = await sizeOf(tx, ids, TEXTS[values])
    if (size === null) continue
    if (isSmall) throw new LargeRead()
    if (size > MAX_LOADED_BYTES) throw tooMuch()
    const [folderId, ...others] = ids
    if (size <= STATEMENT.bytes) (await fitting(tx, { ids, ...STATEMENT })).forEach(each)
    else if (others.length > 0) {
      const middle = ids.length >> 1
      waiting.push(ids.slice(middle), ids.slice(0, middle))
    } else {
      for (let after: string | undefined = ''; after !== undefined;) {
        if (slice.isOver()) await slice.rest()
        const page: SecretRow[] = await secretsIn(tx, [folderId ?? ''], TEXTS[values])
          .where('key', '>', after)
          .orderBy('key')
          .limit(PAGE)
          .execute()
        page.forEach(each)
        after = page.at(-1)?.key
      }
    }
  }
}

/** What is selected of values. */
const TEXTS = { sealed: sql.ref<string>('value'), none: sql<string>`''` }

type Ids = readonly string[] | RawBuilder<readonly string[]>

const allSecrets = (store: Kysely<Tables>, text: RawBuilder<string>) =>
  store
    .selectFrom('secrets')
    .select(['id', 'folderId', 'key', 'version', 'comment', 'metadata', 'blank', 'skipMultilineEncoding', 'isLiteral'])
    .select(['createdAt', 'updatedAt', 'updatedBy', text.as('value')])

const secretsIn = (store: Kysely<Tables>, ids: Ids, text: RawBuilder<string>) =>
  allSecrets(store, text).where((eb) => inList(store, eb.ref('folderId'), ids))

/** Of a folder, as they are stored: the caller checks them. */
export const secretsNamed = keptQuery((store, slot: Slot<{ folderId: string; keys: readonly string[] }>) =>
  allSecrets(store, TEXTS.sealed)
    .where('folderId', '=', slot('folderId'))
    .where(({ ref }) => inList(store, ref('key'), slot('keys'))),
)

const bytesOf = (text: RawBuilder<string>) =>
  sql<number | string | null>`sum(octet_length(${text}) + octet_length(comment) + octet_length(metadata))`

/** All secrets of folders, or none where they are more together: to measure them first would be one more round trip. */
const secretsThatFitWith = (text: RawBuilder<string>) =>
  keptQuery((store, slot: Slot<{ ids: readonly string[]; rows: number; bytes: number }>) =>
    secretsIn(store, slot('ids'), text).where(({ selectFrom, ref }) =>
      selectFrom('secrets')
        .where(inList(store, ref('folderId'), slot('ids')))
        .select(sql<boolean>`count(*) <= ${slot('rows')} and ${bytesOf(text)} <= ${slot('bytes')}`.as('fit')),
    ),
  )
const secretsThatFit = { sealed: secretsThatFitWith(TEXTS.sealed), none: secretsThatFitWith(TEXTS.none) }

/** Bytes of all secrets of folders together; null when there are none. */
async function sizeOf(tx: Tx, folderIds: readonly string[], text: RawBuilder<string>): Promise<number | null> {
  const { bytes } = await tx
    .selectFrom('secrets')
    .where((eb) => inList(tx, eb.ref('folderId'), folderIds))
    .select(bytesOf(text).as('bytes'))
    .executeTakeFirstOrThrow()
  return bytes === null ? null : Number(bytes)
}

const tooMuch = (): TooLarge =>
  new TooLarge(
    `This needs more than ${MAX_LOADED_BYTES} bytes of encrypted secrets at once. Request less: one folder instead of all below it, or no values.`,
    { maxBytes: MAX_LOADED_BYTES },
  )

/** What stands beside a value, sealed like it. */
export type SealedField = 'comment' | 'metadata'

/**
 * Where a sealed value, comment or metadata belong; a row copied to another project, folder, key or version does not
 * open there.
 */
export const associatedData = (
  what: 'secret' | SealedField,
  projectId: string,
  row: { folderId: string; key: string; version: number },
): string[] => [what, projectId, row.folderId, row.key, String(row.version)]

/** Nothing is kept as no text at all: most secrets have no comment, and opening one costs what opening a value does. */
export const sealField = (
  key: DataKey,
  projectId: string,
  what: SealedField,
  place: { folderId: string; key: string; version: number },
  text: string,
): string => (text === '' ? '' : key.seal(text, ...associatedData(what, projectId, place)))

type SecretAddress = Pick<SecretRow, 'folderId' | 'key' | 'version'>

/** Throws `Unresolvable` when it cannot be decrypted: an empty comment would hide that one was lost. */
export function openComment(key: DataKey, projectId: string, row: SecretAddress & Pick<SecretRow, 'comment'>): string {
  const comment = commentOrNull(key, projectId, row)
  if (comment === null) throw lost(row.key, 'comment')
  return comment
}

/** Throws `Unresolvable` when it cannot be decrypted. */
export function openMetadata(
  key: DataKey,
  projectId: string,
  row: SecretAddress & Pick<SecretRow, 'metadata'>,
): Metadata {
  const metadata = metadataOrNull(key, projectId, row)
  if (metadata === null) throw lost(row.key, 'metadata')
  return metadata
}

/** Null when it cannot be decrypted: for those who replace it. */
export const commentOrNull = (
  key: DataKey,
  projectId: string,
  row: SecretAddress & Pick<SecretRow, 'comment'>,
): string | null => (row.comment === '' ? '' : openOrNull(key, row.comment, associatedData('comment', projectId, row)))

/** Null when it cannot be decrypted: for those who replace it. */
export function metadataOrNull(
  key: DataKey,
  projectId: string,
  row: SecretAddress & Pick<SecretRow, 'metadata'>,
): Metadata | null {
  if (row.metadata === '') return []
  const text = openOrNull(key, row.metadata, associatedData('metadata', projectId, row))
  return text === null ? null : secretMetadata.parse(JSON.parse(text))
}

export const lost = (key: string, what: SealedField): Unresolvable =>
  new Unresolvable([{ key, reason: `its ${what} cannot be decrypted; write a new one`, code: 'undecryptable' }])

/** Null when it cannot be decrypted. */
export const openValue = (
  key: DataKey,
  projectId: string,
  row: Pick<SecretRow, 'value' | 'folderId' | 'key' | 'version'>,
): string | null => openOrNull(key, row.value, associatedData('secret', projectId, row))

/** Opens values, each once; null when one cannot be decrypted. */
export function valueOpener(key: DataKey, projectId: string): (row: SecretRow) => string | null {
  const opened = new Map<SecretRow, string | null>()
  return (row) => {
    const known = opened.get(row)
    if (known !== undefined) return known
    const value = openValue(key, projectId, row)
    opened.set(row, value)
    return value
  }
}

/** Null when it cannot be decrypted. */
export function openOrNull(key: DataKey, sealed: string, belongsTo: readonly string[]): string | null {
  try {
    return key.open(sealed, ...belongsTo)
  } catch (error) {
    if (error instanceof DecryptionError) return null
    throw error
  }
}
