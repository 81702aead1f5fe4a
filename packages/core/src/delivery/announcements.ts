/**
 * Webhooks that ask for it hear of each version once every destination has it. A run that writes a version leaves a
 * row in its own transaction; the sweep looks until the last destination has it, and announces it.
 */
import { batchLoader, chunks, inList, keptQuery } from '@keyferry/db'
import { backOffWindow, timestamp, transact, whereBackOffOver, type Context, type Tx } from '@keyferry/kernel'
import { versionsIn } from '@keyferry/vault'
import type { Outcome } from '../apply/outcomes.ts'
import { enqueueDelivered } from '../notifications/outbox.ts'
import { destinationsOf } from './destinations-of.ts'

/** Milliseconds until what is not delivered yet is checked again, unless a run writes it before. */
const AGAIN_MS = 60_000
/** Secrets of one sweep, and of one notice. */
const AT_ONCE = 500
const PER_NOTICE = 100

/** In the transaction that ends a run: its written versions are to be announced, where a webhook asks for it. */
export async function noteWritten(
  ctx: Context,
  tx: Tx,
  projectId: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const written = new Map<string, number>()
  for (const { madeOf } of outcomes)
    for (const [id, version] of Object.entries(madeOf ? versionsIn(madeOf) : {}))
      written.set(id, Math.max(version, written.get(id) ?? 0))
  if (written.size === 0 || !(await isAskedFor(tx, projectId))) return
  const rows = [...written].map(([secretId, version]) => ({
    secretId,
    written: version,
    announced: 0,
    checkAt: timestamp(ctx),
  }))
  const present = new Set(await presentIds(tx, [...written.keys()]))
  const kept = rows.filter(({ secretId }) => present.has(secretId))
  for (const some of chunks(kept)) {
    await tx
      .insertInto('deliveryAnnouncements')
      .values(some)
      .onConflict((conflict) =>
        conflict
          .column('secretId')
          .doUpdateSet((eb) => ({ written: eb.ref('excluded.written'), checkAt: eb.ref('excluded.checkAt') }))
          .whereRef('deliveryAnnouncements.announced', '<', 'excluded.written'),
      )
      .execute()
  }
}

const isAskedFor = batchLoader(async (tx: Tx, _projectIds: readonly string[]) => {
  const rows = await targetsOfDeliveries(tx, {})
  return (projectId) => rows.some((row) => row.projectId === null || row.projectId === projectId)
})

const targetsOfDeliveries = keptQuery((db) =>
  db.selectFrom('noticeTargets').where('deliveries', '=', 1).select('projectId'),
)

/** A secret that was deleted during the run has nothing to announce. */
async function presentIds(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('secrets')
    .where((eb) => inList(tx, eb.ref('id'), ids))
    .select('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Announces what every destination has by now. Safe to call from several processes at once. */
export async function announceDeliveries(ctx: Context): Promise<void> {
  const due = await ctx.db
    .selectFrom('deliveryAnnouncements')
    .innerJoin('secrets', 'secrets.id', 'deliveryAnnouncements.secretId')
    .innerJoin('folders', 'folders.id', 'secrets.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .whereRef('deliveryAnnouncements.announced', '<', 'deliveryAnnouncements.written')
    .where(whereBackOffOver('deliveryAnnouncements.checkAt', backOffWindow(ctx, AGAIN_MS)))
    .orderBy('deliveryAnnouncements.checkAt')
    .orderBy('secrets.key')
    .orderBy('secrets.id')
    .limit(AT_ONCE)
    .select(['secrets.id', 'secrets.key', 'secrets.version', 'folders.id as folderId', 'folders.path as secretPath'])
    .select(['environments.slug as environment', 'projects.id as projectId', 'projects.name as projectName'])
    .execute()
  for (const secrets of Map.groupBy(due, ({ folderId }) => folderId).values()) {
    try {
      await announceFolder(ctx, secrets)
    } catch (error) {
      ctx.log.warn({ err: error, folderId: secrets[0]?.folderId }, 'deliveries were not checked')
    }
  }
}

interface DueSecret {
  id: string
  key: string
  version: number
  folderId: string
  secretPath: string
  environment: string
  projectId: string
  projectName: string
}

async function announceFolder(ctx: Context, secrets: readonly DueSecret[]): Promise<void> {
  const [first] = secrets
  if (!first) return
  const { projectId, folderId, environment, secretPath, projectName } = first
  const ids = secrets.map(({ id }) => id)
  const checkAt = new Date(ctx.now().getTime() + AGAIN_MS).toISOString()
  // First, so that a folder that cannot be checked does not hold up the others.
  await ctx.db
    .updateTable('deliveryAnnouncements')
    .set({ checkAt })
    .where((eb) => inList(ctx.db, eb.ref('secretId'), ids))
    .execute()
  const { found } = await destinationsOf(ctx, { projectId, folderId }, secrets, { exact: false })
  const bySecret = Map.groupBy(found, ({ secretId }) => secretId)
  const delivered = secrets.filter(({ id }) => {
    const expected = (bySecret.get(id) ?? []).filter(({ state }) => state !== 'excluded')
    return expected.length > 0 && expected.every(({ state }) => state === 'delivered')
  })
  if (delivered.length === 0) return
  await transact(ctx, async (tx) => {
    const announced: { id: string; key: string; version: number }[] = []
    for (const { id, key, version } of delivered) {
      const { numUpdatedRows } = await tx
        .updateTable('deliveryAnnouncements')
        .set({ announced: version })
        .where('secretId', '=', id)
        .where('announced', '<', version)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) announced.push({ id, key, version })
    }
    for (let at = 0; at < announced.length; at += PER_NOTICE) {
      const some = announced.slice(at, at + PER_NOTICE)
      const reason = { code: 'secrets-delivered' as const, environment, secretPath, secrets: some }
      await enqueueDelivered(ctx, tx, { id: projectId, name: projectName }, reason)
    }
  })
}
