import { timeSlice } from '@keyferry/db'
import { audit, BadRequest, budget, NotFound, type Actor, type Context } from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import type { z } from 'zod'
import { openComment, openMetadata, type SecretRow } from '../tree/tree.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import type { Secret } from './read/describe-secret.ts'
import { byFolder, type Where } from './batch/by-folder.ts'
import { deleteSecretRows } from './write/delete-secrets.ts'
import { describeWritten, spent } from './batch/describe-written.ts'
import { openForWriting, placeOf } from './write/folder-for-writing.ts'
import { openSecret, type Put } from './write/next-secret.ts'
import { requireSeenVersion } from './write/seen-version.ts'
import { presentSecrets } from './write/write.ts'
import { writeChanges, type Change } from './batch/write-changes.ts'

export { getSecret, listSecrets } from './read/read.ts'

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

/**
 * All or none. Throws `NotFound` naming every missing key, and `Conflict` when one has another version than its
 * `ifVersion`.
 */
export function deleteSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteSecrets>,
): Promise<Secret[]> {
  return remove(ctx, actor, input, input.secrets)
}

function create(
  ctx: Context,
  actor: Actor,
  where: Where,
  changes: readonly (Change & { value: string })[],
): Promise<Secret[]> {
  return writeChanges(ctx, actor, {
    where,
    action: 'secret.create',
    changes,
    decide(_at, changes, present) {
      const keys = changes.map((change) => change.key)
      refuseTwice(keys)
      const taken = keys.filter((key) => present.has(key))
      if (taken.length > 0) throw alreadyExists(taken)
      return changes.map((change) => putOf(change, undefined))
    },
  })
}

function update(ctx: Context, actor: Actor, where: Where, mode: Mode, changes: readonly Change[]): Promise<Secret[]> {
  return writeChanges(ctx, actor, {
    where,
    action: 'secret.update',
    changes,
    decide(at, changes, present) {
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
        requireSeenVersion(change.key, change.ifVersion, old)
        if (!old && mode === 'ignore') continue
        const put = putOf(change, old)
        if (old) taken.delete(old.key)
        if (taken.has(put.key)) throw alreadyExists([put.key])
        taken.add(put.key)
        puts.push(put)
      }
      return puts
    },
  })
}

/** Only a secret that exists may have a name that is not good for a new one. Throws `BadRequest`. */
function refuseNewKey(key: string): void {
  const { error } = schemas.secretKey.safeParse(key)
  if (error) throw new BadRequest(`${error.issues[0]?.message ?? 'Not a secret key'}: ${JSON.stringify(key)}`)
}

function remove(
  ctx: Context,
  actor: Actor,
  where: Where,
  secrets: readonly Pick<Change, 'key' | 'secretPath' | 'ifVersion'>[],
): Promise<Secret[]> {
  const { projectId } = where
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
      for (const { key, ifVersion } of items) requireSeenVersion(key, ifVersion, present.get(key))
      const rows = keys.flatMap((key) => present.get(key) ?? [])
      for (const row of rows) {
        if (slice.isOver()) await slice.rest()
        // What is beside a value is part of the answer, and one that is lost must not look empty there.
        const deleted = {
          row,
          value: openSecret(target, row).value,
          comment: openComment(target.key, projectId, row),
          metadata: openMetadata(target.key, projectId, row),
        }
        removed.push(spent(describeWritten(target, deleted), spend))
      }
      await deleteSecretRows(ctx, tx, actor, target, rows)
      markChanged(target.folder.id)
      await audit(ctx, tx, actor, 'secret.delete', projectId, { ...placeOf(target), keys })
    }
    return removed
  })
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

const notFound = (where: Where, keys: readonly string[]): NotFound =>
  new NotFound(
    `${keys.length === 1 ? `Secret with name "${keys[0]}"` : `Secrets ${keys.map((key) => `"${key}"`).join(', ')}`} not found in ${where.environment}:${where.secretPath}`,
  )
