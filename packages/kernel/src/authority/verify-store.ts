import {
  ACCOUNT_TABLES,
  groupsOf,
  inList,
  isSealed,
  readStart,
  SEALED_TABLES,
  withoutSeals,
  type MarkedTable,
  type SealedTable,
} from '@keyferry/db'
import type { Context } from '../context.ts'
import { TABLES } from '../crypto/sealed-store.ts'
import { snapshot } from '../transaction.ts'
import { problemOfFolder } from './folder-head.ts'
import { countedSecrets, headedFolders } from './make-heads.ts'
import { verifyMarks } from './verify-marks.ts'

/** A row that is ignored: it was not written by Keyferry as it stands, or it ended. */
interface BrokenRow {
  table: SealedTable | MarkedTable
  id: string
  problem: 'changed' | 'put back'
}

/** A folder whose secrets or imports are not those that were written last. */
interface BrokenFolder {
  project: string
  environment: string
  path: string
  what: 'secrets' | 'imports'
  problem: string
}

export interface VerifiedStore {
  /** With a seal or a mark. */
  rows: number
  broken: BrokenRow[]
  folders: number
  brokenFolders: BrokenFolder[]
}

/**
 * Checks every row that gives authority, and the secrets and imports of every folder, against their seals and against
 * what the audit log says ended. That log must be whole for this to say anything: `verifyAudit`.
 */
export async function verifyStore(ctx: Context): Promise<VerifiedStore> {
  await ctx.authority.catchUp(ctx.db)
  // Through the store with seals, the first broken row would end this.
  const unchecked = { ...ctx, db: withoutSeals(ctx.db) }
  const [sealed, marked] = [await verifyRows(unchecked), await verifyMarks(unchecked)]
  const broken = [...sealed.broken, ...marked.broken]
  return { rows: sealed.rows + marked.rows, broken, ...(await verifyFolders(unchecked)) }
}

/** Rows of one statement: others have their turn between two. */
const ROWS = 500

async function verifyRows(ctx: Context): Promise<Pick<VerifiedStore, 'rows' | 'broken'>> {
  const plain = ctx.db.withoutPlugins()
  const present = new Set((await ctx.db.introspection.getTables()).map(({ name }) => name))
  let rows = 0
  const broken: BrokenRow[] = []
  for (const table of TABLES) {
    const own = ACCOUNT_TABLES.includes(table)
    if (own && !present.has(table)) continue
    const store = (own ? plain : ctx.db).withTables<Rows>()
    const [id] = SEALED_TABLES[table]
    for (let after: unknown, isEnd = false; !isEnd;) {
      const start = readStart()
      const page = await store
        .selectFrom(table as string)
        .$if(after !== undefined, (query) => query.where(id, '>', after))
        .orderBy(id)
        .limit(ROWS)
        .selectAll()
        .execute()
      rows += page.length
      after = page.at(-1)?.[id]
      isEnd = page.length < ROWS
      for (const row of page) {
        const seal = row['seal']
        if (!isSealed(ctx.authority, table, row, seal)) broken.push({ table, id: String(row[id]), problem: 'changed' })
        else if (
          ctx.authority.hasEnded(
            String(seal),
            groupsOf(table, (column) => row[column]),
            start,
          )
        )
          broken.push({ table, id: String(row[id]), problem: 'put back' })
      }
    }
  }
  return { rows, broken }
}

interface Rows {
  [table: string]: Record<string, unknown>
}

/** Folders of one transaction. */
const PAGE = 100

async function verifyFolders(ctx: Context): Promise<Pick<VerifiedStore, 'folders' | 'brokenFolders'>> {
  const brokenFolders: BrokenFolder[] = []
  let folders = 0
  for (let after: string | undefined = ''; after !== undefined;) {
    const start = readStart()
    const { page, secrets, imports } = await folderPage(ctx, after)
    for (const { slug: environment, path, project, dataKey, ...folder } of page) {
      const key = ctx.keyring.open(folder.projectId, dataKey)
      const own = secrets.filter(({ folderId }) => folderId === folder.id)
      const sources = imports.filter(({ folderId }) => folderId === folder.id)
      const contents = {
        secrets: { secrets: own, values: true },
        imports: { imports: sources.map(({ sourceFolderId }) => sourceFolderId) },
      }
      for (const what of ['secrets', 'imports'] as const) {
        const problem = await problemOfFolder(ctx, key, folder, contents[what], start)
        if (problem === null) continue
        brokenFolders.push({ project, environment, path, what, problem })
        break
      }
    }
    folders += page.length
    after = page.at(-1)?.id
  }
  return { folders, brokenFolders }
}

const folderPage = (ctx: Context, after: string) =>
  snapshot(ctx, async (tx) => {
    const page = await headedFolders(tx).where('folders.id', '>', after).orderBy('folders.id').limit(PAGE).execute()
    const ids = page.map(({ id }) => id)
    const secrets = await countedSecrets(tx)
      .where((eb) => inList(tx, eb.ref('folderId'), ids))
      .execute()
    const imports = await tx
      .selectFrom('imports')
      .where((eb) => inList(tx, eb.ref('folderId'), ids))
      .select(['folderId', 'sourceFolderId'])
      .execute()
    return { page, secrets, imports }
  })
