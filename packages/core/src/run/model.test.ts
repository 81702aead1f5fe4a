/**
 * Random histories of a team and a vendor, against a model a page long. After quiet the managed keys equal the model,
 * and every foreign key is untouched unless a mirror may take it. A failure prints its seed and the shortest history
 * that shows it; `MODEL_SEED` replays one, `MODEL_RUNS` makes more of them, `FUZZ_SEED=random` others.
 */
import { onEveryDatabase } from '@keyferry/db/testing'
import { BadRequest } from '@keyferry/kernel'
import {
  createFolder,
  createImport,
  deleteImport,
  deleteSecrets,
  listSecrets,
  updateSecret,
  updateSecrets,
} from '@keyferry/vault'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import type { Fault } from '../destinations/shared/emulators/emulator.ts'
import { continueRotations, rotateDataKey } from '../admin/rotate-data-key.ts'
import { previewRestore, restoreRun } from '../history/restore.ts'
import { listRuns } from '../history/runs.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { createConnection } from '../connections/connections.ts'
import { freeAllLeases } from '../lease/lease.ts'
import { approvePlan } from '../verbs/approve-plan.ts'
import { excludeKeys, includeKeys } from '../verbs/exclude-keys.ts'
import { pauseSync, resumeSync } from '../verbs/pause.ts'
import { planSync } from '../verbs/preview.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { NEIGHBOURS, note, POLICIES, referredBy, reference, unexplained, type Model } from './model.ts'
import { runSync } from './run.ts'

const key = fc.integer({ min: 0, max: 4 }).map((n) => `K${n}`)
const shared = fc.integer({ min: 0, max: 2 }).map((n) => `S${n}`)
/** Few, so that a former value comes back. */
const value = fc.integer({ min: 0, max: 2 }).map((n) => `v${n}`)
const PREFIXES = ['A_', 'C_'] as const
const FAULTS: Fault[] = [
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'truncated' },
  { kind: 'html' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 422 },
]

const NEVER = new AbortController().signal
const place = fc.constantFrom<0 | 1>(0, 1)

/** What may also happen in the middle of a run. */
const edits = [
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), key, value }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unset' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), policy: fc.constantFrom(...POLICIES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('schema' as const), prefix: fc.constantFrom(...PREFIXES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), to: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), isOn: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('exclude' as const), key, isOn: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('plant' as const), name: fc.constantFrom('A_F', 'C_F', 'Z') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rotate' as const), isWhole: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), back: fc.nat(3) }) },
]
const step = fc.oneof(
  ...edits,
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refer' as const), key, to: shared }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), key, to: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('share' as const), key: shared, value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unshare' as const), key: shared }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const), isOn: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('neighbour' as const), key, value }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('workers' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), hours: fc.integer({ min: -48, max: 48 }) }) },
  {
    weight: 5,
    // A change, of whose run the n-th request waits until the edit is done.
    arbitrary: fc.record({
      do: fc.constant('meanwhile' as const),
      key,
      value,
      at: fc.nat(4),
      edit: fc.oneof(...edits),
    }),
  },
  {
    weight: 3,
    // A change, of whose run nothing gets through from the n-th request on: the vendor is gone, or we are.
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      key,
      value,
      at: fc.nat(5),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const HISTORY = fc.array(step, { minLength: 5, maxLength: 30 })

for (const destination of (await representatives()).keys()) {
  onEveryDatabase(`model of a team and ${destination}`, (open, dialect) => {
    it("ends with the managed keys equal to the model and everybody else's as they were", async () => {
      const numRuns = Number(process.env.MODEL_RUNS ?? (dialect === 'sqlite' ? 12 : 3))
      const seed = Number(process.env.MODEL_SEED ?? SEED)
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...POLICIES), HISTORY, async (policy, history) => {
          const fixture = await startSyncFixture(open, destination)
          const elsewhere = await anotherAccount(fixture, destination)
          try {
            await live(fixture, elsewhere, destination, [{ do: 'policy', policy }, ...history])
          } finally {
            await elsewhere.emulator.close()
            await fixture.close()
          }
        }),
        { numRuns, seed, endOnFailure: false },
      )
    }, 600_000)
  })
}

async function live(
  fixture: SyncFixture,
  elsewhere: Account,
  destination: string,
  history: readonly Step[],
): Promise<void> {
  const { ctx, actor, emulator, clock, projectId } = fixture
  const places = [{ emulator, connectionId: fixture.connectionId }, elsewhere] as const
  const model: Model = {
    own: new Map(),
    shared: new Map(),
    imported: false,
    neighbour: new Map(),
    policy: 'owned',
    prefix: 'A_',
    place: 0,
    excluded: new Set(),
    isPaused: false,
    foreign: [new Map(), new Map()],
    left: new Set(),
    abandoned: new Set(),
  }
  for (const name of ['shared', 'b']) await createFolder(ctx, actor, { projectId, environment: 'dev', name, path: '/' })
  const inFolder = (secretPath: string) => ({ ...fixture.place, secretPath })
  const put = (secretPath: string, key: string, value: string) =>
    updateSecrets(ctx, actor, {
      ...inFolder(secretPath),
      mode: 'upsert',
      secrets: [{ key, value, comment: '' }],
    })
  const options = { deletionPolicy: 'owned' as const }
  const first = await fixture.create({ name: 'first', options: { ...options, keySchema: 'A_{{secretKey}}' } })
  const second = await fixture.create({
    name: 'second',
    secretPath: '/b',
    options: { ...options, keySchema: `${NEIGHBOURS}{{secretKey}}` },
  })
  const at = { destination, syncId: first.id }
  const edit = (options: Record<string, unknown>) => updateSync(ctx, actor, { ...at, options })
  let importId = ''

  const run = async (): Promise<void> => {
    for (const sync of [first, second]) await fixture.run(sync)
  }
  const pause = async (isOn: boolean): Promise<void> => {
    if (isOn) await pauseSync(ctx, actor, { ...at, reason: 'release 12' })
    else await resumeSync(ctx, actor, at)
    model.isPaused = isOn
  }
  const exclude = async (key: string, isOn: boolean): Promise<void> => {
    if (isOn === model.excluded.has(key)) return
    if (isOn) await excludeKeys(ctx, actor, { ...at, keys: [key], reason: 'not for here' })
    else await includeKeys(ctx, actor, { ...at, keys: [key] })
    model.excluded[isOn ? 'add' : 'delete'](key)
  }

  const act = async (now: Step): Promise<void> => {
    switch (now.do) {
      case 'set':
        await put('/', now.key, now.value)
        model.own.set(now.key, now.value)
        break
      case 'refer':
        await put('/', now.key, reference(now.to))
        model.own.set(now.key, reference(now.to))
        break
      case 'unset':
        if (model.own.delete(now.key))
          await deleteSecrets(ctx, actor, { ...inFolder('/'), secrets: [{ key: now.key }] })
        break
      case 'rename': {
        const text = model.own.get(now.key)
        if (text === undefined || model.own.has(now.to)) break
        await updateSecret(ctx, actor, { ...inFolder('/'), key: now.key, newKey: now.to })
        model.own.delete(now.key)
        model.own.set(now.to, text)
        break
      }
      case 'share':
        await put('/shared', now.key, now.value)
        model.shared.set(now.key, now.value)
        break
      case 'unshare':
        if (model.shared.delete(now.key))
          await deleteSecrets(ctx, actor, { ...inFolder('/shared'), secrets: [{ key: now.key }] })
        break
      case 'import': {
        if (now.isOn === model.imported) break
        const shared = { environment: 'dev', path: '/shared' }
        if (now.isOn) importId = (await createImport(ctx, actor, { ...fixture.place, path: '/', import: shared })).id
        else await deleteImport(ctx, actor, { ...fixture.place, path: '/', importId })
        model.imported = now.isOn
        break
      }
      case 'neighbour':
        await put('/b', now.key, now.value)
        model.neighbour.set(now.key, now.value)
        break
      case 'policy':
        await edit({ deletionPolicy: now.policy })
        model.policy = now.policy
        break
      case 'schema':
        await edit({ keySchema: `${now.prefix}{{secretKey}}` })
        model.prefix = now.prefix
        break
      case 'move': {
        const { connectionId, emulator } = places[now.to]
        await updateSync(ctx, actor, { ...at, connectionId, target: emulator.target })
        if (now.to !== model.place) model.left.add(model.place)
        model.place = now.to
        break
      }
      case 'pause':
        await pause(now.isOn)
        break
      case 'exclude':
        await exclude(now.key, now.isOn)
        break
      case 'plant':
        places[model.place].emulator.put(now.name, 'theirs')
        model.foreign[model.place].set(now.name, false)
        break
      case 'steal':
        places[model.place].emulator.remove(model.prefix + now.key)
        break
      case 'rotate':
        // One that is under way is to end first.
        await rotateDataKey(ctx, actor, { projectId }).catch((error: unknown) => {
          if (!(error instanceof BadRequest)) throw error
        })
        if (now.isWhole) await continueRotations(ctx, NEVER)
        break
      case 'restore': {
        const runs = await listRuns(ctx, actor, at)
        const runId = runs[now.back]?.id
        if (runId === undefined) break
        try {
          const { hash: planHash } = await previewRestore(ctx, actor, { ...at, runId })
          await restoreRun(ctx, actor, { ...at, runId, planHash })
        } catch (error) {
          if (!(error instanceof BadRequest)) throw error
        }
        const { secrets } = await listSecrets(ctx, actor, {
          ...inFolder('/'),
          showValues: true,
          expandReferences: false,
          recursive: false,
          includeImports: false,
        })
        model.own = new Map(secrets.map(({ key, value }) => [key, value ?? '']))
        break
      }
      case 'workers':
        await Promise.all([first, second, first, second].map(({ id }) => runSync(ctx, id, NEVER)))
        break
      case 'clock':
        clock.advance(now.hours * 3_600_000)
        break
      case 'run':
        await run()
        break
      case 'meanwhile': {
        await act({ ...now, do: 'set' })
        let requests = 0
        const reached = Promise.withResolvers<void>()
        const holds = (): boolean => {
          if (requests++ < now.at) return false
          reached.resolve()
          return true
        }
        const releases = places.map(({ emulator }) => emulator.hold(holds))
        const underway = runSync(ctx, first.id, NEVER)
        await Promise.race([reached.promise, underway])
        await act(now.edit)
        // A run that is on asks once a second whether it is paused.
        clock.advance(1000)
        for (const release of releases) release()
        await underway
        // A run that lost its place keeps it for some seconds.
        await freeAllLeases(ctx)
        break
      }
      case 'die':
        await act({ ...now, do: 'set' })
        for (const { emulator } of places)
          for (let n = now.at; n <= 60; n++) emulator.fail(n + 1, n === now.at ? now.fault : { kind: 'reset' })
        await run()
        for (const { emulator } of places) emulator.heal()
        clock.advance(20 * 60_000)
        break
    }
    note(model)
  }
  for (const now of history) await act(now)

  await continueRotations(ctx, NEVER)
  // Quiet: whatever is still open is closed by a person, and the sync gets its time.
  await pause(false)
  for (const key of model.excluded) await exclude(key, false)
  for (const text of model.own.values()) {
    const to = referredBy(text)
    if (to === undefined || model.shared.has(to)) continue
    await put('/shared', to, 'found')
    model.shared.set(to, 'found')
  }
  for (const { id: syncId } of [first, second]) await triggerSync(ctx, actor, { destination, syncId })
  for (let tries = 0; ; tries++) {
    await run()
    clock.advance(20 * 60_000)
    const rows = await Promise.all([first, second].map(async (sync) => (await fixture.run(sync)).row))
    if (rows.every((row) => row.inSync && row.blocked === null)) break
    expect(tries, rows.map((row) => `${row.state}: ${row.message}`).join('; ')).toBeLessThan(8)
    for (const row of rows) {
      if (row.blocked?.kind !== 'fuse') continue
      const { hash: planHash } = await planSync(ctx, actor, { destination, syncId: row.id })
      await approvePlan(ctx, actor, { destination, syncId: row.id, planHash })
    }
  }
  for (const place of [0, 1] as const)
    expect(unexplained(places[place].emulator.contents(), model, place), `place ${place}`).toEqual([])
  // What is known of a place that the sync has left would keep others from it.
  const ledger = await ctx.db
    .selectFrom('ledger')
    .where('syncId', '=', first.id)
    .select('targetKey')
    .distinct()
    .execute()
  expect(ledger.length).toBeLessThanOrEqual(1)
}

type Account = Pick<SyncFixture, 'emulator' | 'connectionId'>

/** Another account of the vendor that the sync may be pointed at. */
async function anotherAccount({ ctx, actor }: SyncFixture, destination: string): Promise<Account> {
  const startEmulator = (await representatives()).get(destination)
  if (!startEmulator) throw new Error(`no emulator for ${destination}`)
  const emulator = await startEmulator()
  const { method, credentials } = emulator
  const { id } = await createConnection(ctx, actor, { destination, name: 'elsewhere', method, credentials })
  return { emulator, connectionId: id }
}
