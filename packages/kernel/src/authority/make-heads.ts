/** Heads of folders (folder-head.ts) that are made from what is there. */
import { markWritten, textEnd, timeSlice, type Db } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { openHead, readHead, writeHead, type Written } from './folder-head.ts'
import { changedHead, emptyHead, isSumOf, SEALED_END, type Contents } from './head-sums.ts'

/** Makes the head of a folder from what is there, whatever it was. */
export async function makeHead({ authority }: Pick<Context, 'authority'>, tx: Tx, written: Written): Promise<void> {
  const { id } = written.folder
  const before = await readHead(tx, written)
  const writes = Math.max(before?.writes ?? 0, authority.writesOf(id)) + 1
  await writeHead(tx, written, await changedHead({ ...emptyHead(), writes }, {}, await contentsOf(tx, id)))
  markWritten(id, writes)
}

/** Secrets as they are counted: of sealed texts, only the ends are read. */
export const countedSecrets = (tx: Tx) =>
  tx
    .selectFrom('secrets')
    .select(['id', 'folderId', 'version', 'isLiteral', 'skipMultilineEncoding'])
    .select(textEnd(tx, 'value', SEALED_END).as('value'))
    .select(textEnd(tx, 'comment', SEALED_END).as('comment'))
    .select(textEnd(tx, 'metadata', SEALED_END).as('metadata'))

async function contentsOf(tx: Tx, folderId: string): Promise<Required<Contents>> {
  const secrets = await countedSecrets(tx).where('folderId', '=', folderId).execute()
  const imports = await tx.selectFrom('imports').where('folderId', '=', folderId).select('sourceFolderId').execute()
  return { secrets, imports: imports.map(({ sourceFolderId }) => sourceFolderId) }
}

/** Every folder with its project's wrapped key, for a page of ids. */
export const headedFolders = (db: Db | Tx) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .select([
      'folders.id',
      'folders.path',
      'folders.secretsHead',
      'environments.projectId',
      'environments.slug',
      'projects.slug as project',
      'projects.dataKey',
    ])

/**
 * Makes the heads of a store of an earlier version. What they do not cover yet is believed this once; with
 * `areCounted`, heads cover secrets and their versions, and where those are not as they say, the head stays as it is.
 * Returns how often each folder was written by then, by its id.
 */
export async function makeHeads(
  { keyring }: { keyring: Keyring },
  tx: Tx,
  { areCounted }: { areCounted: boolean },
): Promise<Map<string, number>> {
  const slice = timeSlice()
  const filled = [
    ...(await tx.selectFrom('secrets').select('folderId').distinct().execute()),
    ...(await tx.selectFrom('imports').select('folderId').execute()),
  ]
  const ids = new Set(filled.map(({ folderId }) => folderId))
  const writes = new Map<string, number>()
  for (const { id, projectId, secretsHead, dataKey } of await headedFolders(tx).execute()) {
    if (slice.isOver()) await slice.rest()
    if (!ids.has(id)) continue
    const key = keyring.open(projectId, dataKey)
    const contents = await contentsOf(tx, id)
    const before = openHead(key, { id, projectId, secretsHead })
    if (areCounted && !(before && (await isSumOf(before, 'sum', contents)))) continue
    const head = await changedHead({ ...emptyHead(), writes: Math.max(before?.writes ?? 0, 1) }, {}, contents)
    await writeHead(tx, { key, projectId, folder: { id } }, head)
    writes.set(id, head.writes)
  }
  return writes
}
