/**
 * Every procedure with every filter that it has, and every job of a worker: no statement goes through what has happened
 * on an instance, by SQLite's own plan of it. A new table must say whether it grows with that.
 */
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import {
  announceDeliveries,
  checkStore,
  completeDeletions,
  continueInstanceRotations,
  continueRotations,
  deliverEventMails,
  deliverNotices,
  pruneAuditDaily,
  pruneHistory,
  pruneLeases,
  runSync,
} from '@keyferry/core'
import { dueSyncs } from '@keyferry/core/process'
import { withOwnNames } from '@keyferry/db'
import { noteStatementPlans, openSqliteStore } from '@keyferry/db/testing'
import { SYSTEM } from '@keyferry/kernel'
import { purgeTrash } from '@keyferry/vault'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { GROWING, SET_UP, unboundedSteps } from './request-matrix/growing-tables.ts'
import { documentOf, example, inputFor, procedures, type Procedure } from './request-matrix/inputs.ts'
import { machine } from './request-matrix/machine.ts'
import { newTarget, seedFixtures } from './request-matrix/seed-fixtures.ts'
import { ACCOUNT, readyApi, type Answer, type TestApi } from '../src/testing.ts'

/** What the others' inputs name may be gone afterwards. */
const REMOVES = /\.(delete|remove|revoke|detach|move)/
const DAY = 24 * 60 * 60_000

/** The smallest input, and with each of the fields that it goes without. */
function* inputsOf(procedure: Procedure, known: ReadonlyMap<string, unknown>): Generator {
  const smallest = inputFor(procedure, known)
  yield smallest
  const [schema] = procedure.inputs
  if (!schema || procedure.type !== 'query') return
  const document = documentOf(schema)
  for (const [name, field] of Object.entries(document.properties ?? {})) {
    if (typeof field === 'boolean' || name in Object(smallest)) continue
    const input = { ...Object(smallest), [name]: example(field, document, name, known) }
    if (schema.safeParse(input).success) yield input
  }
}

const call = (api: TestApi, { name, type }: Procedure, input: unknown): Promise<Answer> =>
  type === 'mutation'
    ? api.send('POST', `/api/trpc/${name}`, input ?? {})
    : api.send('GET', `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input ?? {}))}`)

it('no statement reads as much as has happened', { timeout: 600_000 }, async () => {
  const noted = noteStatementPlans()
  onTestFinished(noted.stop)
  const api = await readyApi(openSqliteStore)
  onTestFinished(api.close)
  const vendor = await startEmulator()
  onTestFinished(vendor.close)
  const { ctx, clock } = api
  const people = [
    { id: (await machine(api, 'admin')).identityId, kind: 'identity' as const, role: 'admin', scopes: null },
  ]
  const passwordHash = await api.auth.hashNewPassword(ACCOUNT.password)
  let persons = 0
  const seed = async () => {
    const place = { environment: 'dev', path: '/', target: newTarget(vendor) }
    const known = await seedFixtures(api, vendor, people, place)
    const email = `person${++persons}@example.com`
    const person = await api.auth.within(withOwnNames(ctx.db)).createUser({ email, passwordHash, name: 'Person' })
    return known.set('userId', person.id)
  }
  let known = await seed()
  let answered = 0
  for (const procedure of procedures) {
    if (procedure.type === 'subscription') continue
    for (const input of inputsOf(procedure, known)) {
      const { status, text } = await call(api, procedure, input)
      expect(status, `${procedure.name}: ${text}`).toBeLessThan(500)
      if (status !== 200) continue
      answered += 1
      if (REMOVES.test(procedure.name)) known = await seed()
    }
  }
  // The others are refused for what an input of the smallest size leaves out.
  expect(answered).toBeGreaterThan(200)
  await runSync(ctx, String((await seed()).get('syncId')), new AbortController().signal)
  const signal = new AbortController().signal
  for (const days of [0, 40]) {
    clock.advance(days * DAY)
    await dueSyncs(ctx)
    await announceDeliveries(ctx)
    await completeDeletions(ctx)
    await deliverNotices(ctx, 'http')
    await deliverNotices(ctx, 'email')
    await deliverEventMails(ctx)
    await pruneHistory(ctx, 30)
    await pruneLeases(ctx)
    await checkStore(ctx)
    await continueRotations(ctx, signal)
    await continueInstanceRotations(ctx)
    await purgeTrash(ctx)
    await pruneAuditDaily(ctx, SYSTEM, { days: 30 })
  }
  const unbounded = [...noted.plans].flatMap(([text, steps]) =>
    unboundedSteps(text, steps).map((step) => `${step}: ${text}`),
  )
  expect(unbounded).toEqual([])
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(ctx.db.withoutPlugins())
  expect(rows.map(({ name }) => name).sort()).toEqual([...Object.keys(GROWING), ...SET_UP].sort())
})
