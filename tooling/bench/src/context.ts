/**
 * The engine's context on a store that the bench has opened: no queue, no live events, an organization to begin with.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { syncHooks } from '@keyferry/core/process'
import { migrate, type Db } from '@keyferry/db'
import { DEFAULT_LIMITS, keyring, NO_TRACING, OWASP_COST, transact, type Actor, type Context } from '@keyferry/kernel'
import { insertOrganization, openAuthority } from '@keyferry/kernel/authority'
import { createMetrics } from '@keyferry/kernel/metrics'
import { pino } from 'pino'

export const ACTOR: Actor = { kind: 'system', id: 'bench', name: 'bench' }

/** Brings an empty store up to date and puts an organization into it. */
export async function benchContext(store: Db, keys = keyring(randomBytes(32))): Promise<Context> {
  await migrate(store)
  const { db, authority } = await openAuthority({ db: store, keyring: keys })
  const organization = randomUUID()
  const now = () => new Date()
  await transact({ db }, (tx) =>
    insertOrganization({ db, authority, keyring: keys, now }, tx, { id: organization, name: 'Bench', slug: 'bench' }),
  )
  const ctx: Context = {
    db,
    keyring: keys,
    authority,
    queue: { wake: () => Promise.resolve() },
    events: { publish() {}, async *subscribe() {}, quietMs: () => 0 },
    hooks: syncHooks,
    network: { allowPrivate: true },
    metrics: createMetrics(),
    tracing: NO_TRACING,
    mail: null,
    consoleUrl: null,
    log: pino({ level: 'warn' }),
    limits: DEFAULT_LIMITS,
    scryptCost: OWASP_COST,
    now,
  }
  authority.writeTo(ctx)
  return ctx
}
