import { budget, hasReference, audit, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { AuditAction } from '@keyferry/schemas'
import { checkReferences } from '../../references/check-references.ts'
import { shownTags } from '../../tree/tags.ts'
import type { Metadata, SecretRow } from '../../tree/tree.ts'
import { withVaultTransaction } from '../../tree/vault-transaction.ts'
import type { Secret } from '../read/describe-secret.ts'
import { byFolder, type Where } from './by-folder.ts'
import { describeWritten, spent } from './describe-written.ts'
import { openForPlainValues, openForWriting, placeOf, type Target } from '../write/folder-for-writing.ts'
import type { Put } from '../write/next-secret.ts'
import { keyOf, type Relocation } from '../write/relocation.ts'
import { rewriteReferences } from '../write/rewrite-references.ts'
import { presentSecrets, putSecrets } from '../write/write.ts'

/** What one item of a request wants of a secret; what is not given stays. */
export interface Change {
  key: string
  /** The item's own folder, instead of that of the request. */
  secretPath?: string
  /** Which version it has to have; 0: it must not be there. */
  ifVersion?: number
  newKey?: string
  value?: string
  comment?: string
  metadata?: Metadata
  skipMultilineEncoding?: boolean
  isLiteral?: boolean
  tagIds?: readonly string[]
}
/** What a request writes. */
interface Batch<C> {
  where: Where
  action: AuditAction
  changes: readonly C[]
  /** Checks the changes of one folder and says what to write. */
  decide: (at: Where, changes: readonly C[], present: ReadonlyMap<string, SecretRow>) => Put[]
}

/** Writes the secrets that a request names, in one transaction, and returns them as they are then. */
export function writeChanges<C extends Change>(
  ctx: Context,
  actor: Actor,
  { where, action, changes, decide }: Batch<C>,
): Promise<Secret[]> {
  const groups = byFolder(where, changes)
  const open = groups.length === 1 && changes.every(isPlain) ? openForPlainValues : openForWriting
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const written: Secret[] = []
    const spend = budget(ctx.limits)
    for (const { at, items } of groups) {
      const target = await open(ctx, tx, at)
      const names = items.flatMap((change) => [change.key, change.newKey ?? change.key])
      const puts = decide(at, items, await presentSecrets(tx, target.folder.id, names))
      const secrets = await writeInFolder({ ctx, tx, actor, markChanged, action }, target, puts)
      for (const secret of secrets) written.push(spent(secret, spend))
    }
    return written
  })
}

/** It adds no reader of another folder, and nothing that refers to it has to follow. */
const isPlain = ({ newKey, value, isLiteral }: Change): boolean =>
  newKey === undefined && isLiteral === undefined && !hasReference(value ?? '')

interface Writer {
  ctx: Context
  tx: Tx
  actor: Actor
  markChanged: (folderId: string) => void
  action: AuditAction
}

async function writeInFolder(writer: Writer, target: Target, puts: readonly Put[]): Promise<Secret[]> {
  const { ctx, tx, actor, markChanged, action } = writer
  const { renamed, rewritten, secrets, written } = await putAndFollow(writer, target, puts)
  // A new comment or tag doesn't change what a value is made of.
  const reworded = new Set(
    puts.flatMap(({ key, present, value, isLiteral }) =>
      value !== undefined || isLiteral !== undefined || present?.key !== key ? [key] : [],
    ),
  )
  const warnings = await checkReferences(
    ctx,
    tx,
    target,
    secrets.filter(({ row }) => written.has(row.key) && reworded.has(row.key)),
  )
  if (written.size > 0) {
    markChanged(target.folder.id)
    await audit(ctx, tx, actor, action, target.projectId, {
      ...placeOf(target),
      keys: [...written],
      ...(renamed.length > 0 ? { renamed } : {}),
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
  }
  const tags = await shownTags(tx, target.projectId, { secretIds: secrets.map(({ row }) => row.id) })
  return secrets.map((secret) => {
    const warned = warnings.get(secret.row.key)
    return { ...describeWritten(target, secret, tags.get(secret.row.id)), ...(warned ? { warnings: warned } : {}) }
  })
}

interface Renamed {
  from: string
  to: string
}

/** Writes the secrets, and every reference to one that is renamed. */
async function putAndFollow(
  { ctx, tx, actor, markChanged }: Writer,
  target: Target,
  puts: readonly Put[],
): Promise<Awaited<ReturnType<typeof putSecrets>> & { renamed: Renamed[]; rewritten: string[] }> {
  const put = () => putSecrets(ctx, tx, actor, target, puts)
  const renamed = puts.flatMap((put) =>
    put.present && put.present.key !== put.key ? [{ from: put.present.key, to: put.key }] : [],
  )
  if (renamed.length === 0) return { ...(await put()), renamed, rewritten: [] }
  const moving = {
    ...renaming(target, renamed),
    overwrites: puts.some(({ value, isLiteral }) => value !== undefined || isLiteral !== undefined),
  }
  const { result, rewritten } = await rewriteReferences({ ctx, tx, actor, project: target, markChanged }, moving, put)
  return { ...result, renamed, rewritten }
}

function renaming({ folder, environment }: Target, renamed: readonly Renamed[]): Relocation {
  const here = { environment: environment.slug, path: folder.path }
  return {
    secrets: new Map(
      renamed.map(({ from, to }) => [keyOf(folder.id, from), { ...here, folderId: folder.id, key: to }]),
    ),
  }
}
