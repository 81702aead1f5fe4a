import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { auditEvent } from '../audit.ts'
import type { Actor, Context } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { sealBackup } from './backup-seal.ts'

/**
 * Writes the whole store of the embedded profile, as it is at one moment, to `file`: secrets, syncs with what they wrote, accounts, audit log.
 * Everything in it stays sealed; the root key is not in it and is kept elsewhere. A line at its end says whether it was changed since (backup-seal.ts). Writers wait for as long as it takes when this context is
 * the serving one, and not at all when it is another process's. `file` appears whole or not at all. Returns its size in bytes. Throws
 * `BadRequest` on Postgres, and when `file` is there already.
 */
export async function backup(ctx: Context, actor: Actor, file: string): Promise<number> {
  if (ctx.db.dialect !== 'sqlite')
    throw new BadRequest(
      'This instance keeps its data in Postgres. Back that up with pg_dump --format=custom --exclude-schema=pgboss --file=keyferry.dump "$DATABASE_URL".',
    )
  if (existsSync(file)) throw new BadRequest(`${file} exists already. Name another file.`)
  const partial = `${file}.${process.pid}.partial`
  rmSync(partial, { force: true })
  try {
    await sql`vacuum into ${partial}`.execute(ctx.db)
    // Names, addresses and password hashes are readable in it.
    chmodSync(partial, 0o600)
    const like = await ctx.db
      .selectFrom('organizations')
      .select(['id as owner', 'dataKey as wrapped'])
      .executeTakeFirstOrThrow()
    await sealBackup(ctx.keyring, partial, like)
    synced(partial)
    renameSync(partial, file)
    synced(dirname(file))
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  const { size: bytes } = statSync(file)
  await auditEvent(ctx, actor, 'instance.backup', null, { file, bytes })
  return bytes
}

function synced(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
