/** A context over a real, empty store, for the tests of this package and of those that build on it. For tests only. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { OpenStore } from '@keyferry/db/testing'
import type { LiveEvent } from '@keyferry/schemas'
import { pino } from 'pino'
import type { ScryptCost } from './crypto/scrypt-cost.ts'
import { insertOrganization } from './authority/insert-organization.ts'
import { openAuthority } from './authority/open-authority.ts'
import type { Actor, Context, Events } from './context.ts'
import { keyring } from './crypto/keyring.ts'
import type { Hooks } from './hooks.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { NO_TRACING } from './tracing.ts'
import { transact } from './transaction.ts'

export interface TestContext {
  ctx: Context
  actor: Actor
  /** One entry per call of `queue.wake`, oldest first. */
  woken: string[][]
  /** Everything published, oldest first. */
  events: LiveEvent[]
  /** The clock stands still until it is moved. */
  clock: { advance(milliseconds: number): void }
  databaseUrl: string | null
  close: () => Promise<void>
}

/** For what logs where no test reads it. */
export const SILENT = pino({ level: 'silent' })

/** A password in no time. */
export const CHEAP_COST: ScryptCost = { ln: 4, r: 1, p: 1 }

/** Nothing is built on what is tested. */
const NO_HOOKS: Hooks = {
  onFoldersChanged: () => Promise.resolve(() => {}),
  onFoldersDelete: () => Promise.resolve({ afterCommit() {} }),
  refusedByTargets: () => Promise.resolve(new Map()),
  onAccessLost: () => Promise.resolve(() => {}),
  onConnectionChanged: () => Promise.resolve(() => {}),
}

/**
 * A new store with one organization in it, unless `isSetUp` is false. Private addresses may be reached, because
 * emulators live there.
 */
export async function testContext(
  open: OpenStore,
  { isSetUp = true, hooks = NO_HOOKS }: { isSetUp?: boolean; hooks?: Hooks } = {},
): Promise<TestContext> {
  const { db: store, close, databaseUrl } = await open()
  const ring = keyring(randomBytes(32))
  const organization = randomUUID()
  let time = Date.parse('2026-01-01T00:00:00.000Z')
  const now = () => new Date(time)
  const { db, authority, integrity } = await openAuthority({ db: store, keyring: ring })
  if (isSetUp)
    await transact({ db }, (tx) =>
      insertOrganization({ db, authority, keyring: ring, now }, tx, { id: organization, name: 'Acme', slug: 'acme' }),
    )

  const actor: Actor = { kind: 'user', id: randomUUID(), name: 'ada@example.com' }
  await db.insertInto('instanceAdmins').values({ principalId: actor.id, createdAt: now().toISOString() }).execute()

  const woken: string[][] = []
  const events: LiveEvent[] = []
  const ctx: Context = {
    db,
    keyring: ring,
    authority,
    queue: {
      wake(syncIds) {
        woken.push([...syncIds])
        return Promise.resolve()
      },
    },
    events: recordingEvents(events),
    hooks,
    network: { allowPrivate: true },
    metrics: createMetrics(),
    tracing: NO_TRACING,
    mail: null,
    consoleUrl: null,
    // Its own: a store that an earlier test has closed may still say something.
    log: pino({ level: 'silent' }),
    limits: structuredClone(DEFAULT_LIMITS),
    scryptCost: CHEAP_COST,
    now,
  }
  integrity.reportTo(ctx)
  authority.writeTo(ctx)
  return {
    ctx,
    actor,
    woken,
    events,
    clock: {
      advance(milliseconds) {
        time += milliseconds
      },
    },
    databaseUrl,
    close,
  }
}

function recordingEvents(published: LiveEvent[]): Events {
  const listeners = new Set<() => void>()
  return {
    publish(event) {
      published.push(event)
      for (const listener of listeners) listener()
    },
    quietMs: () => 0,
    subscribe(projectId, signal) {
      let next = published.length
      return (async function* () {
        while (!signal.aborted) {
          const event = published[next]
          if (event) {
            next++
            if (event.projectId === projectId || event.kind === 'settings') yield event
            continue
          }
          await new Promise<void>((resolve) => {
            const done = () => {
              listeners.delete(done)
              signal.removeEventListener('abort', done)
              resolve()
            }
            listeners.add(done)
            signal.addEventListener('abort', done)
          })
        }
      })()
    },
  }
}
