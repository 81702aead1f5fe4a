/**
 * Connections: credentials for an account at a vendor, tested before they are stored, sealed, and never shown again.
 */
import { randomUUID } from 'node:crypto'
import { amend, isUniqueViolation, type ConnectionTable, type Selectable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  findProject,
  refuseStale,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import type { Account, ConnectionDefinition } from '../destinations/connection.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { warnOfPlainHttp } from '@keyferry/kernel/network'
import { type Credentials, parseCredentials } from '../destinations/credentials.ts'
import { connectionOf } from '../destinations/registry.ts'
import { storeAllowed } from './allowed.ts'
import { openCredentials, originOf, placeOf, sealCredentials } from './credentials.ts'
import { describeConnection, usersOf, type Connection } from './describe.ts'
import { findConnection, findConnectionOf, noSuchConnection } from './find.ts'
import { proveCredentials } from './open-session.ts'

/**
 * Tests the credentials, then stores them. Throws `NotFound` (app, project), `Invalid` (paths such as
 * `credentials.apiKey`) and `BadRequest` (name taken, method unknown, or what the vendor says against the credentials).
 */
export async function createConnection(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createConnection>,
): Promise<Connection> {
  const { name, method } = input
  const definition = connectionOf(input.destination)
  const { app } = definition
  const credentials = parseCredentials(definition, method ?? firstMethod(definition), input.credentials)
  const projectId = input.projectId ?? null
  if (projectId !== null) await findProject(ctx.db, projectId)
  const allowed = storeAllowed(app, projectId, input)
  await refuseTakenName(ctx, name)
  const account = await validate(ctx, definition, credentials)

  const id = randomUUID()
  const sealed = await sealCredentials(ctx, id, { ...credentials, account: account.id ?? null })
  const at = timestamp(ctx)
  await transactChecked(ctx, async (tx) => {
    await tx
      .insertInto('connections')
      .values({
        id,
        projectId,
        app,
        name,
        description: input.description ?? null,
        method: credentials.method,
        version: 1,
        credentials: sealed,
        account: account.label,
        checkedAt: at,
        problem: null,
        ...allowed,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    await audit(ctx, tx, actor, 'connection.create', projectId, {
      connectionId: id,
      app,
      name,
      allowedProjects: input.allowedProjects,
      allowedTargets: input.allowedTargets,
    })
  }).catch(explainName(name))
  return describeConnection(ctx, await findConnection(ctx, id))
}

/**
 * New credentials replace the old ones whole and are tested first. They, and a change of the allowed projects or
 * targets, wake every sync that uses the connection. Throws like `createConnection`; `BadRequest` too when they lead to
 * another host while syncs use the connection: their targets, and what is known of them, are at the old one; and
 * `Conflict` when it is of another version than the caller has read.
 */
export async function updateConnection(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateConnection>,
): Promise<Connection> {
  const { connectionId, name, description, allowedProjects, allowedTargets } = input
  const row = await findConnectionOf(ctx, input.destination, connectionId)
  refuseStale(input.ifVersion, row.version)
  const { app } = row
  const allowed = storeAllowed(app, row.projectId, input)
  if (name !== undefined && name !== row.name) await refuseTakenName(ctx, name)
  const renewed = input.credentials === undefined ? null : await renew(ctx, row, input.credentials, input.method)

  const changed = await transactChecked(ctx, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('connections')
      .set((eb) => ({
        name,
        description,
        ...renewed?.found,
        version: eb('version', '+', 1),
        updatedAt: timestamp(ctx),
      }))
      .where('id', '=', connectionId)
      .where('version', '=', row.version)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return null
    // Its row is held: no sync begins to use it meanwhile.
    if (renewed) await refuseMove(tx, row, renewed)
    if (renewed)
      await amend(tx, 'connections', connectionId, {
        credentials: renewed.credentials,
        method: renewed.method,
      })
    const allowedChanged = Object.keys(allowed).length > 0
    if (allowedChanged) await amend(tx, 'connections', connectionId, allowed)
    const credentialsReplaced = input.credentials !== undefined
    // Another account may have other limits, and is not blocked.
    if (credentialsReplaced) await tx.deleteFrom('paces').where('connectionId', '=', connectionId).execute()
    await audit(ctx, tx, actor, 'connection.update', row.projectId, {
      connectionId,
      app,
      name: name ?? row.name,
      credentialsReplaced,
      allowedProjects,
      allowedTargets,
    })
    // A sync that is no longer allowed shows it at once, and one that is allowed again continues.
    const reaches = credentialsReplaced || allowedChanged
    return { afterCommit: reaches ? await ctx.hooks.onConnectionChanged(ctx, tx, actor, connectionId) : null }
  }).catch(explainName(name ?? row.name))
  // It was edited or deleted meanwhile, and may lead elsewhere now.
  if (!changed) return updateConnection(ctx, actor, input)
  await changed.afterCommit?.()
  return describeConnection(ctx, await findConnection(ctx, connectionId))
}

/** Answers the connection as it was. Throws `NotFound`, and `BadRequest` naming the syncs that use it. */
export async function deleteConnection(
  ctx: Context,
  actor: Actor,
  input: { destination: string; connectionId: string },
): Promise<Connection> {
  const row = await findConnectionOf(ctx, input.destination, input.connectionId)
  const shown = await describeConnection(ctx, row)
  await refuseUsed(ctx, row.id)
  try {
    await transactChecked(ctx, async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('connections').where('id', '=', row.id).executeTakeFirst()
      if (numDeletedRows === 0n) throw noSuchConnection(row.id)
      await audit(ctx, tx, actor, 'connection.delete', row.projectId, {
        connectionId: row.id,
        app: row.app,
        name: row.name,
      })
    })
  } catch (error) {
    // A sync may have begun to use it since; the database refused, and the reason is the same.
    await refuseUsed(ctx, row.id)
    throw error
  }
  return shown
}

/**
 * Tests the stored credentials; what the vendor says against them is kept, and answered, as `problem`. Credentials that
 * replace them meanwhile were tested themselves, so then nothing is kept. Throws `NotFound`.
 */
export async function checkConnection(
  ctx: Context,
  actor: Actor,
  input: { connectionId: string },
): Promise<Connection> {
  const row = await findConnection(ctx, input.connectionId)
  const found = await proveCredentials(ctx, connectionOf(row.app), await openCredentials(ctx, row)).then(
    (account) => ({ account: account.label, problem: null }),
    (error: unknown) => {
      if (error instanceof DestinationError) return { problem: error.message }
      throw error
    },
  )
  await transactChecked(ctx, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('connections')
      .set({ ...found, checkedAt: timestamp(ctx) })
      .where('id', '=', row.id)
      .where('credentials', '=', row.credentials)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    const details = { connectionId: row.id, name: row.name, works: found.problem === null }
    await audit(ctx, tx, actor, 'connection.check', row.projectId, details)
  })
  return describeConnection(ctx, await findConnection(ctx, row.id))
}

const firstMethod = ({ methods }: ConnectionDefinition): string => Object.keys(methods)[0] ?? ''

async function validate(ctx: Context, definition: ConnectionDefinition, credentials: Credentials): Promise<Account> {
  try {
    const account = await proveCredentials(ctx, definition, credentials)
    warnOfPlainHttp(ctx.log, originOf(definition, credentials))
    return account
  } catch (error) {
    if (error instanceof DestinationError)
      throw new BadRequest(`Failed to validate credentials: ${error.message}`, { kind: error.kind })
    throw error
  }
}

async function renew(ctx: Context, row: Selectable<ConnectionTable>, input: unknown, method = row.method) {
  const definition = connectionOf(row.app)
  const parsed = parseCredentials(definition, method, input)
  const account = await validate(ctx, definition, parsed)
  const credentials = { ...parsed, account: account.id ?? null }
  const before = placeOf(definition, await openCredentials(ctx, row))
  const after = placeOf(definition, credentials)
  return {
    before,
    after,
    credentials: await sealCredentials(ctx, row.id, credentials),
    method,
    found: { account: account.label, checkedAt: timestamp(ctx), problem: null },
  }
}

/** Throws `BadRequest` naming the syncs that would be led to another host. */
async function refuseMove(
  tx: Tx,
  { id, name }: Pick<Selectable<ConnectionTable>, 'id' | 'name'>,
  { before, after }: { before: string; after: string },
): Promise<void> {
  const users = before === after ? [] : await usersOf(tx, id)
  if (users.length === 0) return
  throw new BadRequest(
    `App Connection "${name}" cannot move from ${before} to ${after} while it is used by sync ${users.join(', ')}; make a new connection and give it to them`,
  )
}

async function refuseUsed(ctx: Context, connectionId: string): Promise<void> {
  const users = await usersOf(ctx.db, connectionId)
  if (users.length === 0) return
  throw new BadRequest(`Cannot delete App Connection with existing connections: used by sync ${users.join(', ')}`, {
    syncs: users,
  })
}

async function refuseTakenName(ctx: Context, name: string): Promise<void> {
  const taken = await ctx.db.selectFrom('connections').where('name', '=', name).select('id').executeTakeFirst()
  if (taken) throw nameTaken(name)
}

const nameTaken = (name: string): BadRequest =>
  new BadRequest(`The App Connection name "${name}" is already taken. Choose another name.`)

const explainName =
  (name: string) =>
  (error: unknown): never => {
    throw isUniqueViolation(error) ? nameTaken(name) : error
  }
