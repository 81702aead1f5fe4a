/**
 * Two APIs over one new store with a folder of secrets, each with a machine that reads it, in a process of their own,
 * so that its CPU time is theirs. Started by authority-http.ts, conditional-reads.ts, many-pollers.ts and reads.ts. The
 * store: a file for SQLite, or the URL of an empty Postgres database. One is as the product runs; with `bare`, rows are
 * not checked, and the token is stored as plain SHA-256. In one process both have the same compiled code, memory and
 * pages of the store.
 */
import { randomBytes } from 'node:crypto'
import { createAuth, migrateAuth } from '@keyferry/access/sign-in'
import { buildApp } from '@keyferry/api'
import { openPostgres, openSqlite } from '@keyferry/db'
import { hostCheck, monitoringOf, readinessOf } from '@keyferry/runtime'
import type { Reading, Readings } from './authority-http.ts'
import { benchContext } from './context.ts'
import { folderOf } from './folder.ts'
import { machine, plainHashes, sha256 } from './machine.ts'

const [at = '', secrets = '20'] = process.argv.slice(2)
const isPostgres = at.startsWith('postgres')
const store = isPostgres ? openPostgres(at) : openSqlite(at)
const sealed = await benchContext(store)
await migrateAuth(sealed.db, sealed.log)
const place = await folderOf(sealed, Number(secrets))
const bare = { ...sealed, db: store, authority: { ...sealed.authority, hashToken: sha256, hashesOf: plainHashes } }
const baseUrl = 'http://127.0.0.1'

async function start(ctx: typeof sealed): Promise<Reading> {
  const token = `kfa_${randomBytes(32).toString('base64url')}`
  await machine(sealed, place.projectId, ctx.authority.hashToken(token))
  const app = await buildApp({
    ctx,
    auth: createAuth({ ctx, rootKey: randomBytes(32), baseUrl, oidc: null }),
    monitoring: monitoringOf(ctx, readinessOf(ctx, { problem: () => Promise.resolve(null) }), undefined),
    version: '0.0.0',
    profile: isPostgres ? 'fleet' : 'embedded',
    // The bench sends from many addresses: each has a limit per minute.
    trustedProxies: ['127.0.0.1'],
    isKnownHost: hostCheck({ listening: '127.0.0.1', url: baseUrl, allowed: [] }),
  })
  const query = new URLSearchParams({ ...place }).toString()
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    token,
    path: `/api/v4/secrets?${query}`,
    secretPath: `/api/v4/secrets/BENCH_KEY_0?${query}`,
  }
}
const readings: Readings = { ...(await start(sealed)), bare: await start(bare) }

let since = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(since)
  since = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
process.send?.(readings)
