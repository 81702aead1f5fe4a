/** How much a project holds, against how much it may hold. */
import { keptQuery, type Slot } from '@keyferry/db'
import { QuotaExceeded, SETTINGS, type Context, type Quotas, type Tx } from '@keyferry/kernel'
import { sql } from 'kysely'

type Limited = Pick<Context, 'limits'>

const REMEDIES: Record<keyof Quotas, string> = {
  secrets: 'Delete unused secrets, or use another project.',
  bytes: 'Delete unused secrets (the trash counts for 30 days), or use another project.',
  versions: '',
  folders: 'Delete unused folders, or use another project.',
  imports: 'Combine several imported folders into one.',
  tags: 'Delete unused tags.',
  syncs: 'Delete unused syncs, or use another project.',
}

function refuse(what: keyof Quotas, limit: number, present: number, adding: number): never {
  const words = what === 'bytes' ? 'bytes of values, comments and metadata, old versions and trash included' : what
  throw new QuotaExceeded(words, { limit, present, adding, setting: SETTINGS[what] }, REMEDIES[what])
}

/** Few enough to be counted whenever one is added, along an index. */
const count = {
  folders: (tx: Tx, projectId: string) =>
    tx
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .select((eb) => eb.fn.countAll<number | string>().as('present')),
  imports: (tx: Tx, projectId: string) =>
    tx
      .selectFrom('imports')
      .innerJoin('folders', 'folders.id', 'imports.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .select((eb) => eb.fn.countAll<number | string>().as('present')),
  tags: (tx: Tx, projectId: string) =>
    tx
      .selectFrom('tags')
      .where('projectId', '=', projectId)
      .select((eb) => eb.fn.countAll<number | string>().as('present')),
  syncs: (tx: Tx, projectId: string) =>
    tx
      .selectFrom('syncs')
      .where('projectId', '=', projectId)
      .select((eb) => eb.fn.countAll<number | string>().as('present')),
}

/**
 * Throws `QuotaExceeded` when `adding` more would be too many. Asked before they are added, by a writer who has the
 * project for itself (`lockProject`), so that two can't both add the last one.
 */
export async function refuseBeyond(
  ctx: Limited,
  tx: Tx,
  projectId: string,
  what: keyof typeof count,
  adding = 1,
): Promise<void> {
  const row = await count[what](tx, projectId).executeTakeFirstOrThrow()
  const present = Number(row.present)
  const limit = ctx.limits.project[what]
  if (present + adding > limit) refuse(what, limit, present, adding)
}

/** What a writer does to the two numbers that are too large to count each time. */
interface Use {
  secrets: number
  bytes: number
  /** It adds; what only deletes is never refused, although the trash grows. */
  adds: boolean
  /** Something went whose bytes nobody counted. */
  freed: boolean
}

const used = new WeakMap<Tx, Map<string, Use>>()

/** Notes what the transaction adds to a project, or takes from it. `settleUse` writes it down. */
export function charge(tx: Tx, projectId: string, more: Partial<Use>): void {
  const projects = used.get(tx) ?? new Map<string, Use>()
  used.set(tx, projects)
  const { secrets, bytes, adds, freed } = projects.get(projectId) ?? { secrets: 0, bytes: 0, adds: false, freed: false }
  projects.set(projectId, {
    secrets: secrets + (more.secrets ?? 0),
    bytes: bytes + (more.bytes ?? 0),
    adds: adds || (more.adds ?? false),
    freed: freed || (more.freed ?? false),
  })
}

/**
 * Writes down what the transaction used, as one of its last steps: writers of a project wait here for each other, so
 * the numbers are right. Throws `QuotaExceeded`. What was freed without being counted is found by counting everything,
 * once a quota would be exceeded.
 */
export async function settleUse(ctx: Limited, tx: Tx): Promise<void> {
  for (const [projectId, { secrets, bytes, adds, freed }] of used.get(tx) ?? []) {
    const [known] = await addUse(tx, { projectId, secrets, bytes, freed: freed ? 1 : 0 })
    let now = known ?? (await recount(tx, projectId))
    const beyond = () =>
      adds && ((secrets > 0 && exceeds(ctx, now, 'secrets')) || (bytes > 0 && exceeds(ctx, now, 'bytes')))
    if (beyond() && known?.freed === 1) now = await recount(tx, projectId)
    if (!beyond()) continue
    const what = secrets > 0 && exceeds(ctx, now, 'secrets') ? 'secrets' : 'bytes'
    const adding = { secrets, bytes }[what]
    refuse(what, ctx.limits.project[what], Number(now[what]) - adding, adding)
  }
  used.delete(tx)
}

const addUse = keptQuery((db, slot: Slot<{ projectId: string; secrets: number; bytes: number; freed: 0 | 1 }>) =>
  db
    .updateTable('projectUse')
    .set((eb) => ({
      secrets: eb('secrets', '+', slot('secrets')),
      bytes: eb('bytes', '+', slot('bytes')),
      freed: eb('freed', '|', slot('freed')),
    }))
    .where('projectId', '=', slot('projectId'))
    .returning(['secrets', 'bytes', 'freed']),
)

type Numbers = { secrets: number; bytes: number | string }

const exceeds = (ctx: Limited, now: Numbers, what: 'secrets' | 'bytes'): boolean =>
  Number(now[what]) > ctx.limits.project[what]

/** Counts everything that a project holds, once others can't change the numbers any more. */
async function recount(tx: Tx, projectId: string): Promise<Numbers> {
  await tx
    .insertInto('projectUse')
    .values({ projectId, secrets: 0, bytes: 0, freed: 0 })
    .onConflict((conflict) => conflict.column('projectId').doUpdateSet({ freed: 0 }))
    .execute()
  const size = (column: string) => sql`coalesce(octet_length(${sql.ref(column)}), 0)`
  const { secrets } = await tx
    .selectFrom('secrets')
    .innerJoin('folders', 'folders.id', 'secrets.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select((eb) => eb.fn.countAll<number | string>().as('secrets'))
    .executeTakeFirstOrThrow()
  const versions = await tx
    .selectFrom('secretVersions')
    .innerJoin('folders', 'folders.id', 'secretVersions.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select((eb) =>
      eb.fn
        .sum<number | string | null>(sql<number>`${size('value')} + ${size('comment')} + ${size('metadata')}`)
        .as('bytes'),
    )
    .executeTakeFirstOrThrow()
  const trash = await tx
    .selectFrom('trashRows')
    .innerJoin('trash', 'trash.id', 'trashRows.trashId')
    .where('trash.projectId', '=', projectId)
    .select((eb) => eb.fn.sum<number | string | null>(sql<number>`${size('content')}`).as('bytes'))
    .executeTakeFirstOrThrow()
  const now = { secrets: Number(secrets), bytes: Number(versions.bytes ?? 0) + Number(trash.bytes ?? 0) }
  await tx.updateTable('projectUse').set(now).where('projectId', '=', projectId).execute()
  return now
}
