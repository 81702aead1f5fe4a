import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { copier } from '@keyferry/db'
import { auditEvent } from '../audit/audit.ts'
import type { Actor, Context } from '../context.ts'
import { wrappedOrganizationKey } from '../crypto/organization-key.ts'
import { BadRequest } from '../errors.ts'
import { sealBackup, sealDump } from './backup-seal.ts'
import { requireFile } from './require-file.ts'
import { syncToDisk } from './sync-to-disk.ts'

/**
 * Writes the whole store of the embedded profile, as it is at one moment, to `file`: secrets, syncs with what they
 * wrote, accounts, audit log. Everything in it stays sealed; the root key is not in it and is kept elsewhere. A line at
 * its end says whether it was changed since (backup-seal.ts). Writers wait for as long as it takes when this context is
 * the serving one, and not at all when it is another process's. `file` appears whole or not at all. Returns its size in
 * bytes. Throws `BadRequest` on Postgres, and when `file` is there already.
 */
export async function backup(ctx: Context, actor: Actor, file: string): Promise<number> {
  const copyTo = copier(ctx.db)
  if (!copyTo)
    throw new BadRequest(
      'This instance keeps its data in Postgres. Dump it with the next command, then run keyferry admin sign-backup keyferry.dump: pg_dump --format=custom --exclude-schema=pgboss --file=keyferry.dump "$DATABASE_URL".',
    )
  if (existsSync(file)) throw new BadRequest(`${file} exists already. Name another file.`)
  const partial = `${file}.${process.pid}.partial`
  rmSync(partial, { force: true })
  try {
    await copyTo(partial)
    // Names, addresses and password hashes are readable in it.
    chmodSync(partial, 0o600)
    await sealBackup(ctx.keyring, partial, await storedKey(ctx))
    syncToDisk(partial)
    renameSync(partial, file)
    syncToDisk(dirname(file))
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  const { size: bytes } = statSync(file)
  await auditEvent(ctx, actor, 'instance.backup', null, { file, bytes })
  return bytes
}

/**
 * Signs a dump that pg_dump wrote, so that a changed one can be refused before it is restored. Returns the file with
 * the signature. Throws as `requireFile`.
 */
export async function signDump(ctx: Context, actor: Actor, file: string): Promise<string> {
  requireFile(file)
  const beside = await sealDump(ctx.keyring, file, await storedKey(ctx))
  await auditEvent(ctx, actor, 'instance.backup', null, { file, bytes: statSync(file).size })
  return beside
}

const storedKey = (ctx: Context) => wrappedOrganizationKey(ctx.db).executeTakeFirstOrThrow()
