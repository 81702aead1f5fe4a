import { timeSlice } from '@keyferry/db'
import {
  audit,
  BadRequest,
  budget,
  Conflict,
  hasReference,
  NotFound,
  type Actor,
  type Context,
  type Spend,
  type Tx,
} from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import type { z } from 'zod'
import { checkReferences } from '../references/check-references.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { shownTags } from '../tree/tags.ts'
import { openComment, openMetadata, type Metadata, type SecretRow } from '../tree/tree.ts'
import { describeSecret, type Secret } from './read/describe-secret.ts'
import { keyOf, type Relocation } from './write/relocation.ts'
import { rewriteReferences } from './write/rewrite-references.ts'
import { deleteSecretRows } from './write/delete-secrets.ts'
import { openForPlainValues, openForWriting, type Target } from './write/folder-for-writing.ts'
import { openSecret, shownValue, type Opened, type Put } from './write/next-secret.ts'
import { presentSecrets, putSecrets } from './write/write.ts'

export { getSecret, listSecrets } from './read/read.ts'

type Where = { projectId: string; environment: string; secretPath: string }
interface Change {
  key: string
  /** The item's own folder, instead of that of the request. */
  secretPath?: string
  /** Which version it has to have. */
  ifVersion?: number
  newKey?: string
  value?: string
  comment?: string
  metadata?: Metadata
  skipMultilineEncoding?: boolean
  isLiteral?: boolean
  tagIds?: readonly string[]
}
type Mode = z.output<typeof schemas.updateSecrets>['mode']

/** Throws `NotFound` naming the missing place, `BadRequest` when the key is there already. */
export async function createSecret(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createSecret>,
): Promise<Secret> {
  return first(await create(ctx, actor, input, [{ ...input, key: input.key }]))
}

/** All or none. Throws like `createSecret`, naming every key that is there already. */
export function createSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createSecrets>,
): Promise<Secret[]> {
  return create(ctx, actor, input, input.secrets)
}

/**
 * Changes value, comment or key; what is not given stays. Throws `NotFound`, `BadRequest` when the new key is taken,
 * and `Conflict` when the secret has another version than `ifVersion`.
 */
export async function updateSecret(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateSecret>,
): Promise<Secret> {
  return first(await update(ctx, actor, input, 'failOnNotFound', [{ ...input, key: input.key }]))
}

/** All or none. Keys that do not exist are refused, skipped or created, as `mode` says. Throws like `updateSecret`. */
export function updateSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateSecrets>,
): Promise<Secret[]> {
  return update(ctx, actor, input, input.mode, input.secrets)
}

/** Returns what it was. Throws `NotFound`. */
export async function deleteSecret(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteSecret>,
): Promise<Secret> {
  return first(await remove(ctx, actor, input, [{ key: input.key }]))
}

/** All or none. Throws `NotFound` naming every missing key. */
export function deleteSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteSecrets>,
): Promise<Secret[]> {
  return remove(ctx, actor, input, input.secrets)
}

/** Folders that one batch may write to. */
const MAX_FOLDERS = 100

/**
 * The items of each folder, in the order in which folders are named first. Throws `BadRequest` for too many folders.
 */
function byFolder<Item extends { secretPath?: string }>(
  where: Where,
  items: readonly Item[],
): { at: Where; items: Item[] }[] {
  const groups = new Map<string, { at: Where; items: Item[] }>()
  for (const item of items) {
    const secretPath = item.secretPath ?? where.secretPath
    const group = groups.get(secretPath) ?? { at: { ...where, secretPath }, items: [] }
    groups.set(secretPath, group)
    group.items.push(item)
  }
  if (groups.size > MAX_FOLDERS)
    throw new BadRequest(`One request writes to at most ${MAX_FOLDERS} folders; this one names ${groups.size}`)
  return [...groups.values()]
}

function create(
  ctx: Context,
  actor: Actor,
  where: Where,
  changes: readonly (Change & { value: string })[],
): Promise<Secret[]> {
  return write(
    ctx,
    actor,
    where,
    'secret.create',
    (_at, changes, present) => {
      const keys = changes.map((change) => change.key)
      refuseTwice(keys)
      const taken = keys.filter((key) => present.has(key))
      if (taken.length > 0) throw alreadyExists(taken)
      return changes.map((change) => putOf(change, undefined))
    },
    changes,
  )
}

function update(ctx: Context, actor: Actor, where: Where, mode: Mode, changes: readonly Change[]): Promise<Secret[]> {
  return write(
    ctx,
    actor,
    where,
    'secret.update',
    (at, changes, present) => {
      refuseTwice(changes.map((change) => change.key))
      const missing = changes.filter((change) => !present.has(change.key))
      if (mode === 'failOnNotFound' && missing.length > 0)
        throw notFound(
          at,
          missing.map((change) => change.key),
        )
      const valueless = missing.filter((change) => change.value === undefined).map((change) => change.key)
      if (mode === 'upsert' && valueless.length > 0)
        throw new BadRequest(`A value is needed to create ${valueless.join(', ')}`)
      if (mode === 'upsert') for (const { key } of missing) refuseNewKey(key)
      const taken = new Set(present.keys())
      const puts: Put[] = []
      for (const change of changes) {
        const old = present.get(change.key)
        if (old && change.ifVersion !== undefined && old.version !== change.ifVersion) throw changedSince(old)
        if (!old && mode === 'ignore') continue
        const put = putOf(change, old)
        if (old) taken.delete(old.key)
        if (taken.has(put.key)) throw alreadyExists([put.key])
        taken.add(put.key)
        puts.push(put)
      }
      return puts
    },
    changes,
  )
}

/** Only a secret that exists may have a name that is not good for a new one. Throws `BadRequest`. */
function refuseNewKey(key: string): void {
  const { error } = schemas.secretKey.safeParse(key)
  if (error) throw new BadRequest(`${error.issues[0]?.message ?? 'Not a secret key'}: ${JSON.stringify(key)}`)
}

/** It adds no reader of another folder, and nothing that refers to it has to follow. */
const isPlain = ({ newKey, value, isLiteral }: Change): boolean =>
  newKey === undefined && isLiteral === undefined && !hasReference(value ?? '')

/**
 * Loads the secrets that `changes` name, lets `decide` check those of each folder and say what to write, and writes all
 * of it in one transaction.
 */
function write<C extends Change>(
  ctx: Context,
  actor: Actor,
  where: Where,
  action: schemas.AuditAction,
  decide: (at: Where, changes: readonly C[], present: ReadonlyMap<string, SecretRow>) => Put[],
  changes: readonly C[],
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
      const secrets = await writeInFolder(ctx, tx, actor, target, markChanged, action, puts)
      for (const secret of secrets) written.push(spent(secret, spend))
    }
    return written
  })
}

async function writeInFolder(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  markChanged: (folderId: string) => void,
  action: schemas.AuditAction,
  puts: readonly Put[],
): Promise<Secret[]> {
  const renamed = puts.flatMap((put) =>
    put.present && put.present.key !== put.key ? [{ from: put.present.key, to: put.key }] : [],
  )
  const put = () => putSecrets(ctx, tx, actor, target, puts)
  const { result, rewritten } =
    renamed.length === 0
      ? { result: await put(), rewritten: [] }
      : await rewriteReferences(
          { ctx, tx, actor, project: target, markChanged },
          {
            ...renaming(target, renamed),
            overwrites: puts.some(({ value, isLiteral }) => value !== undefined || isLiteral !== undefined),
          },
          put,
        )
  const { secrets, written } = result
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
    await record(ctx, tx, actor, action, target, [...written], {
      ...(renamed.length > 0 ? { renamed } : {}),
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
  }
  const tags = await shownTags(tx, target.projectId, [target.folder.id])
  return secrets.map((secret) => {
    const warned = warnings.get(secret.row.key)
    return { ...describeWritten(target, secret, tags.get(secret.row.id)), ...(warned ? { warnings: warned } : {}) }
  })
}

function renaming({ folder, environment }: Target, renamed: readonly { from: string; to: string }[]): Relocation {
  const here = { environment: environment.slug, path: folder.path }
  return {
    secrets: new Map(
      renamed.map(({ from, to }) => [keyOf(folder.id, from), { ...here, folderId: folder.id, key: to }]),
    ),
  }
}

function remove(
  ctx: Context,
  actor: Actor,
  where: Where,
  secrets: readonly Pick<Change, 'key' | 'secretPath'>[],
): Promise<Secret[]> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const removed: Secret[] = []
    const spend = budget(ctx.limits)
    const slice = timeSlice()
    for (const { at, items } of byFolder(where, secrets)) {
      const keys = items.map(({ key }) => key)
      refuseTwice(keys)
      const target = await openForWriting(ctx, tx, at)
      const present = await presentSecrets(tx, target.folder.id, keys)
      const missing = keys.filter((key) => !present.has(key))
      if (missing.length > 0) throw notFound(at, missing)
      const rows = keys.flatMap((key) => present.get(key) ?? [])
      for (const row of rows) {
        if (slice.isOver()) await slice.rest()
        // What is beside a value is part of the answer, and one that is lost must not look empty there.
        const deleted = {
          row,
          value: openSecret(target, row).value,
          comment: openComment(target.key, target.projectId, row),
          metadata: openMetadata(target.key, target.projectId, row),
        }
        removed.push(spent(describeWritten(target, deleted), spend))
      }
      await deleteSecretRows(ctx, tx, actor, target, rows)
      markChanged(target.folder.id)
      await record(ctx, tx, actor, 'secret.delete', target, keys)
    }
    return removed
  })
}

/**
 * `secret`, which becomes part of the answer. Throws `TooLarge` for more than one answer may have: after the commit it
 * would be refused, too, and the caller would not know that the change was made.
 */
function spent(secret: Secret, spend: Spend): Secret {
  spend(Buffer.byteLength(JSON.stringify(secret)))
  return secret
}

/** Of a secret without references the text is stored so that it is sent as it is. */
function storedValue({ value, isLiteral }: Change, present: SecretRow | undefined): string | undefined {
  const literal = isLiteral ?? present?.isLiteral === 1
  return literal && value !== undefined ? escapeReferences(value) : value
}

const putOf = (change: Change, present: SecretRow | undefined): Put => ({
  present,
  key: change.newKey ?? change.key,
  value: storedValue(change, present),
  comment: change.comment,
  metadata: change.metadata,
  tagIds: change.tagIds,
  skipMultilineEncoding: change.skipMultilineEncoding,
  isLiteral: change.isLiteral,
})

const describeWritten = (
  { projectId, environment, folder }: Target,
  { row, ...texts }: Opened,
  tags?: Secret['tags'],
): Secret =>
  describeSecret(
    { projectId, environment: environment.slug, path: folder.path },
    row,
    { ...texts, value: texts.value === null ? null : shownValue(row, texts.value) },
    tags,
  )

const record = (
  ctx: Context,
  tx: Tx,
  actor: Actor,
  action: schemas.AuditAction,
  target: Target,
  keys: readonly string[],
  more: Record<string, unknown> = {},
): Promise<void> =>
  audit(ctx, tx, actor, action, target.projectId, {
    environment: target.environment.slug,
    secretPath: target.folder.path,
    keys,
    ...more,
  })

function first(secrets: readonly Secret[]): Secret {
  const [secret] = secrets
  if (!secret) throw new Error('a write returned no secret')
  return secret
}

function refuseTwice(keys: readonly string[]): void {
  const seen = new Set<string>()
  const twice = keys.filter((key) => seen.has(key) || !seen.add(key))
  if (twice.length > 0) throw new BadRequest(`Duplicate keys in request: ${[...new Set(twice)].join(', ')}`)
}

const alreadyExists = (keys: readonly string[]): BadRequest =>
  new BadRequest(`Secret already exist${keys.length === 1 ? 's' : ''}: ${keys.join(', ')}`)

const changedSince = ({ key, version, updatedBy }: SecretRow): Conflict =>
  new Conflict(`${key} was changed by ${updatedBy} since you read it. Its version is ${version} now.`, { version })

const notFound = (where: Where, keys: readonly string[]): NotFound =>
  new NotFound(
    `${keys.length === 1 ? `Secret with name "${keys[0]}"` : `Secrets ${keys.map((key) => `"${key}"`).join(', ')}`} not found in ${where.environment}:${where.secretPath}`,
  )
