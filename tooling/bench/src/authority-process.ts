/**
 * An API over a new store with a folder of secrets and a machine that reads it, in a process of its own, so that its
 * CPU time is its own. Started by authority-http.ts, conditional-reads.ts, many-pollers.ts and reads.ts. The store: a
 * file for SQLite, or the URL of an empty Postgres database. `checked`: as the product runs. `bare`: rows are not
 * checked, and tokens are stored as plain SHA-256.
 */
import { randomBytes } from 'node:crypto'
import { createAuth, migrateAuth } from '@keyferry/access/sign-in'
import { buildApp } from '@keyferry/api'
import { openPostgres, openSqlite } from '@keyferry/db'
import { hostCheck, monitoringOf, readinessOf } from '@keyferry/runtime'
import type { Reading } from './authority-http.ts'
import { benchContext } from './context.ts'
import { folderOf } from './folder.ts'
import { machine, plainHashes, sha256 } from './machine.ts'

const [side = '', at = '', secrets = '20'] = process.argv.slice(2)
const isPostgres = at.startsWith('postgres')
const store = isPostgres ? openPostgres(at) : openSqlite(at)
const sealed = await benchContext(store)
await migrateAuth(sealed.db, sealed.log)
const place = await folderOf(sealed, Number(secrets))
const bare = { ...sealed, db: store, authority: { ...sealed.authority, hashToken: sha256, hashesOf: plainHashes } }
const ctx = side === 'bare' ? bare : sealed
const token = `kfa_${randomBytes(32).toString('base64url')}`
await machine(ctx, place.projectId, ctx.authority.hashToken(token))

const baseUrl = 'http://127.0.0.1'
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
const url = await app.listen({ host: '127.0.0.1', port: 0 })

let since = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(since)
  since = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
process.send?.({
  url,
  token,
  path: `/api/v4/secrets?${new URLSearchParams({ ...place }).toString()}`,
  secretPath: `/api/v4/secrets/BENCH_KEY_0?${new URLSearchParams({ ...place }).toString()}`,
} satisfies Reading)
