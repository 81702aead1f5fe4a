/**
 * Random histories of a team and a vendor, against a model a page long. After quiet the managed keys equal the model,
 * and every foreign key is untouched unless a mirror may take it. A failure prints its seed and the shortest history
 * that shows it; `MODEL_SEED` replays one, `MODEL_RUNS` makes more of them, `FUZZ_SEED=random` others.
 */
import { onEveryDatabase } from '@keyferry/db/testing'
import { createFolder, createImport, deleteImport, deleteSecrets, updateSecret, updateSecrets } from '@keyferry/vault'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import type { Fault } from '../destinations/emulator.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { approvePlan } from '../verbs/approve-plan.ts'
import { planSync } from '../verbs/preview.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

const key = fc.integer({ min: 0, max: 4 }).map((n) => `K${n}`)
const shared = fc.integer({ min: 0, max: 2 }).map((n) => `S${n}`)
const value = fc.integer({ min: 0, max: 99 }).map((n) => `v${n}`)
const POLICIES = ['mirror', 'owned', 'none'] as const
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

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refer' as const), key, to: shared }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unset' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), key, to: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('share' as const), key: shared, value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unshare' as const), key: shared }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const), on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('neighbour' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), policy: fc.constantFrom(...POLICIES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('schema' as const), prefix: fc.constantFrom(...PREFIXES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('plant' as const), name: fc.constantFrom('A_F', 'C_F', 'Z') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const), key }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
  {
    weight: 1,
    // From the n-th request on nothing gets through: the vendor is gone, or we are.
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      at: fc.integer({ min: 1, max: 6 }),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What the team believes. */
interface Model {
  own: Map<string, string>
  shared: Map<string, string>
  imported: boolean
  neighbour: Map<string, string>
  policy: (typeof POLICIES)[number]
  prefix: string
  /** Keys of others at the target; true once a mirror that covers them may have taken them. */
  foreign: Map<string, boolean>
}

const SECOND = 'B_'
const reference = (to: string): string => `<\${dev.shared.${to}}>`
const MISSING = /<\$\{dev\.shared\.(S\d)\}>/

/** The folder's map as a person would work it out; a value still holds `${` when its reference leads nowhere. */
function resolved({ own, shared, imported }: Model): Map<string, string> {
  const visible = new Map([...(imported ? shared : []), ...own])
  return new Map(
    [...visible].map(([name, text]) => [
      name,
      text.replace(MISSING, (all, to: string) => (shared.has(to) ? `<${shared.get(to)}>` : all)),
    ]),
  )
}

for (const destination of (await representatives()).keys()) {
  onEveryDatabase(`model of a team and ${destination}`, (open, dialect) => {
    it("ends with the managed keys equal to the model and everybody else's as they were", async () => {
      const numRuns = Number(process.env.MODEL_RUNS ?? (dialect === 'sqlite' ? 12 : 3))
      const seed = Number(process.env.MODEL_SEED ?? SEED)
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (history) => {
          const fixture = await startSyncFixture(open, destination)
          try {
            await live(fixture, destination, history)
          } finally {
            await fixture.close()
          }
        }),
        { numRuns, seed, endOnFailure: false },
      )
    }, 600_000)
  })
}

async function live(fixture: SyncFixture, destination: string, history: readonly Step[]): Promise<void> {
  const { ctx, actor, emulator, clock, place, projectId } = fixture
  const model: Model = {
    own: new Map(),
    shared: new Map(),
    imported: false,
    neighbour: new Map(),
    policy: 'owned',
    prefix: 'A_',
    foreign: new Map(),
  }
  for (const name of ['shared', 'b']) await createFolder(ctx, actor, { projectId, environment: 'dev', name, path: '/' })
  const inFolder = (secretPath: string) => ({ ...place, secretPath })
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
    options: { ...options, keySchema: `${SECOND}{{secretKey}}` },
  })
  const edit = (options: Record<string, unknown>) => updateSync(ctx, actor, { destination, syncId: first.id, options })
  let importId = ''

  const run = async (): Promise<void> => {
    if (model.policy === 'mirror')
      for (const name of model.foreign.keys()) if (name.startsWith(model.prefix)) model.foreign.set(name, true)
    for (const sync of [first, second]) await fixture.run(sync)
  }

  for (const now of history) {
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
      case 'import':
        if (now.on === model.imported) break
        if (now.on)
          importId = (
            await createImport(ctx, actor, { ...place, path: '/', import: { environment: 'dev', path: '/shared' } })
          ).id
        else await deleteImport(ctx, actor, { ...place, path: '/', importId })
        model.imported = now.on
        break
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
      case 'plant':
        emulator.put(now.name, 'theirs')
        model.foreign.set(now.name, false)
        break
      case 'steal':
        emulator.remove(model.prefix + now.key)
        break
      case 'run':
        await run()
        break
      case 'die':
        for (let n = now.at; n <= 60; n++) emulator.fail(n, n === now.at ? now.fault : { kind: 'reset' })
        await run()
        emulator.heal()
        clock.advance(20 * 60_000)
        break
    }
  }

  // Quiet: whatever is still open is closed by a person, and the sync gets its time.
  for (const text of model.own.values()) {
    const to = MISSING.exec(text)?.[1]
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
  expect(outcome(emulator.contents(), model)).toEqual([])
}

/** Everything at the target that the model does not explain. */
function outcome(contents: ReadonlyMap<string, string>, model: Model): string[] {
  const wrong: string[] = []
  const managed = new Map([
    ...[...resolved(model)].map(([name, text]) => [model.prefix + name, text] as const),
    ...[...model.neighbour].map(([name, text]) => [SECOND + name, text] as const),
  ])
  for (const [name, text] of managed)
    if (contents.get(name) !== text) wrong.push(`${name} is ${contents.get(name)}, not ${text}`)
  for (const name of contents.keys()) {
    if (managed.has(name) || model.foreign.has(name)) continue
    // Under `none` what was written earlier stays; everything else that we made must be gone.
    if (model.policy !== 'none' || name.startsWith(SECOND)) wrong.push(`${name} is left over`)
  }
  for (const [name, mayBeGone] of model.foreign) {
    const mustBeGone = model.policy === 'mirror' && name.startsWith(model.prefix)
    if (mustBeGone && contents.has(name)) wrong.push(`${name} was not taken by the mirror`)
    if (!mayBeGone && contents.get(name) !== 'theirs') wrong.push(`${name} was touched`)
  }
  return wrong
}
