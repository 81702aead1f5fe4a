/** Importing what a target holds, from every vendor that shows values, on every database. */
import { onEveryDatabase, openSqliteStore, type OpenStore } from '@keyferry/db/testing'
import { listAudit } from '@keyferry/kernel'
import { listFolderHistory, listSecrets, restoreFolder } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import type { ParameterStoreEmulator } from '../destinations/aws-parameter-store/emulator/index.ts'
import { isWriteOf, suiteKeys } from '../destinations/conformance/keys.ts'
import { sessionOf } from '../destinations/conformance/reconciler.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination as definitionOf, destinations } from '../destinations/registry.ts'
import { takeLease } from '../lease/lease.ts'
import { contradictsFlag } from '../plan/plan.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { importSecrets, previewFirstImport, previewImport } from '../verbs/import-secrets.ts'

const MARK = 'canary-of-an-import'
const HISTORY = { limit: 100, cursor: undefined }

const valuesOf = async ({ ctx, actor, place }: SyncFixture, expandReferences = false) => {
  const { secrets } = await listSecrets(ctx, actor, {
    ...place,
    showValues: true,
    expandReferences,
    recursive: false,
    includeImports: false,
  })
  return Object.fromEntries(secrets.map(({ key, value }) => [key, value]))
}

const NAME = 'a round trip: what is there is imported as it is, and the run after that writes nothing'

for (const definition of destinations().filter(({ values, hidesValues }) => values !== 'hidden' && !hidesValues)) {
  // What differs between vendors does not depend on the store.
  it(`${NAME} (${definition.name})`, () => roundTrip(openSqliteStore, definition))
}

async function roundTrip(open: OpenStore, definition: DestinationDefinition): Promise<void> {
  const destination = definition.name
  const fixture = await startSyncFixture(open, destination)
  onTestFinished(fixture.close)
  const { ctx, actor, emulator, place, set, create, run, contents, clock } = fixture
  const { stored, refusal } = suiteKeys(definition, emulator)
  const literal = `${MARK} \${dev.none.KEY} $\${A}`
  const there = Object.fromEntries(
    Object.entries({ PLAIN: `${MARK} plain`, LITERAL: literal, BOTH: `${MARK} theirs`, EQUAL: `${MARK} equal` })
      .map(([key, value]) => [stored(key), value] as const)
      .filter(([key, value]) => refusal(key, value) === null),
  )
  for (const [key, value] of Object.entries(there)) emulator.put(key, value)
  // A vendor's own flags, such as GitLab's `raw`, are still set by the run.
  const [target, own] = [definition.target.parse(emulator.target), definition.options.parse({})]
  const reflagged = (await definition.open(sessionOf(definition, emulator), target, own).list())
    .filter((entry) => contradictsFlag(definition.flags(own, entry.key, target), entry) !== undefined)
    .map(({ key }) => key)
  await set({ BOTH: `${MARK} ours`, EQUAL: `${MARK} equal` })
  clock.advance(60_000)
  const before = ctx.now().toISOString()
  clock.advance(60_000)
  const options = { initialSyncBehavior: 'import-prioritize-source' } as const
  const body = {
    ...place,
    destination,
    connectionId: fixture.connectionId,
    target: emulator.target,
    autoSync: true,
  }

  const preview = await previewFirstImport(ctx, actor, { ...body, options })
  expect(preview.summary).toEqual({ new: 2, changed: 0, same: 1, kept: 1, 'left-out': 0 })
  expect(JSON.stringify(preview)).not.toContain(MARK)

  const sync = await create({ options })
  expect(sync).toMatchObject({ importState: 'pending', importedAt: null, options })
  const { row } = await run(sync)
  expect(row).toMatchObject({ state: 'succeeded', importState: 'succeeded', importMessage: '2 added, 0 changed' })
  // Of the imported keys, and of the equal one, nothing was written; the vault's value won at the target too.
  const update = new Set([...reflagged, stored('BOTH')]).size
  expect(row.lastRun?.counts).toEqual({ create: 0, update, delete: 0, keep: 4 - update, foreign: 0, reject: 0 })
  expect(contents()).toEqual({ ...there, [stored('BOTH')]: `${MARK} ours` })
  expect(await valuesOf(fixture)).toMatchObject({ [stored('LITERAL')]: literal })
  expect(await valuesOf(fixture, true)).toMatchObject({ [stored('LITERAL')]: literal })
  const { versions } = await listFolderHistory(ctx, actor, { ...place, ...HISTORY })
  const imported = versions.filter(({ createdAt }) => createdAt > before)
  expect(imported.map(({ key }) => key).sort()).toEqual([stored('LITERAL'), stored('PLAIN')].sort())
  expect(new Set(imported.map(({ createdAt }) => createdAt)).size).toBe(1)

  const writes = emulator.log.filter(({ method, path }) => isWriteOf(emulator)(method, path))
  const priority = { destination, syncId: sync.id, importBehavior: 'prioritize-destination' } as const
  emulator.put(stored('PLAIN'), `${MARK} changed there`)
  emulator.put(stored('NEW'), `${MARK} new there`)
  const wins = await previewImport(ctx, actor, priority)
  expect(wins.summary).toEqual({ new: 1, changed: 1, same: 3, kept: 0, 'left-out': 0 })
  const after = await importSecrets(ctx, actor, { ...priority, planHash: wins.hash })
  expect(after).toMatchObject({ importState: 'succeeded', importMessage: '1 added, 1 changed' })
  expect((await run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true })
  if (reflagged.length === 0)
    expect(emulator.log.filter(({ method, path }) => isWriteOf(emulator)(method, path))).toEqual(writes)

  const { entries } = await listAudit(ctx, actor, { action: 'secret-sync-import-secrets', limit: 10 })
  expect(entries.map(({ details }) => details)).toMatchObject([
    { added: [stored('NEW')], changed: [stored('PLAIN')] },
    { added: expect.arrayContaining([stored('PLAIN')]), changed: [] },
  ])
  const said = JSON.stringify([entries, fixture.events, after]) + (await fixture.everything())
  expect(said).not.toContain(MARK)

  await restoreFolder(ctx, actor, { ...place, at: before, dryRun: false })
  expect(await valuesOf(fixture)).toEqual({ BOTH: `${MARK} ours`, EQUAL: `${MARK} equal` })
}

it('the run after an import sets the tags of the sync, where the listing shows none', async () => {
  const { emulator, create, run, close } = await startSyncFixture(openSqliteStore, 'aws-parameter-store')
  onTestFinished(close)
  emulator.put('A', '1')
  const tags = [{ key: 'team', value: 'core' }]
  const sync = await create({ options: { initialSyncBehavior: 'import-prioritize-source', tags } })
  expect((await run(sync)).row).toMatchObject({ state: 'succeeded', importState: 'succeeded' })
  const { parameters } = emulator as ParameterStoreEmulator
  expect(parameters().map((one) => Object.fromEntries(one.tags))).toEqual([{ team: 'core' }])
})

onEveryDatabase('an import that is not simple', (open) => {
  const destination = 'hashicorp-vault'
  const start = async (): Promise<SyncFixture> => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    return fixture
  }

  it(NAME, () => roundTrip(open, definitionOf(destination)))

  it('happens once, whatever somebody who writes to the database makes of the counters', async () => {
    const fixture = await start()
    const { ctx, emulator, set, create, run } = fixture
    emulator.put('KEY', 'theirs')
    const sync = await create({
      options: { initialSyncBehavior: 'import-prioritize-destination', deletionPolicy: 'owned' },
    })
    await run(sync)
    expect(await valuesOf(fixture)).toEqual({ KEY: 'theirs' })
    for (const key of ['KEY', 'MORE']) emulator.put(key, 'planted')
    await ctx.db.updateTable('syncs').set({ importedAt: null, syncedAt: null, importState: null }).execute()
    await set({ KEY: 'ours' })
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', importState: null })
    expect(await valuesOf(fixture)).toEqual({ KEY: 'ours' })
  })

  it('goes back through the key schema, and names what is left out', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create } = fixture
    const there = {
      APP_KEY: 'k',
      APP_EMPTY: '',
      'APP_a:b': 'x',
      'APP_ SPACE': 'x',
      OTHER: 'x',
      APP_MASK: '<hidden-by-infisical>',
    }
    for (const [key, value] of Object.entries(there)) emulator.put(key, value)
    await set({ EMPTY: 'ours' })
    const { id: syncId } = await create({
      autoSync: false,
      options: { keySchema: 'APP_{{secretKey}}', deletionPolicy: 'owned' },
    })
    const asked = { destination, syncId, importBehavior: 'prioritize-destination' } as const
    const { keys } = await previewImport(ctx, actor, asked)
    expect(
      Object.fromEntries(
        keys.map(({ name, key, action, reason, cause }) => [name, [key, action, cause?.code, reason]]),
      ),
    ).toEqual({
      APP_KEY: ['KEY', 'new', undefined, null],
      APP_EMPTY: ['EMPTY', 'kept', 'empty-value', 'its value at the destination is empty'],
      'APP_a:b': ['a:b', 'left-out', 'key-not-allowed', expect.stringContaining('colon')],
      'APP_ SPACE': [' SPACE', 'left-out', 'key-not-allowed', expect.stringContaining('space')],
      APP_MASK: ['MASK', 'left-out', 'value-not-allowed', expect.stringContaining('hidden value')],
      OTHER: [null, 'left-out', 'outside-schema', 'the key schema does not cover it'],
    })
    const row = await importSecrets(ctx, actor, asked)
    expect(row.importMessage).toMatch(/^1 added, 0 changed, 3 keys skipped: /)
    expect(await valuesOf(fixture)).toEqual({ EMPTY: 'ours', KEY: 'k' })
  })

  it('leaves alone what another sync wrote there', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run } = fixture
    await set({ MINE: 'm' })
    const options = { deletionPolicy: 'owned' } as const
    await run(await create({ name: 'first', options }))
    const other = await create({ name: 'second', environment: 'prod', autoSync: false, options })
    const asked = { destination, syncId: other.id, importBehavior: 'prioritize-source' } as const
    expect((await previewImport(ctx, actor, asked)).keys).toEqual([
      {
        name: 'MINE',
        key: null,
        action: 'left-out',
        reason: 'another sync writes it',
        cause: { code: 'written-by', detail: 'another sync' },
      },
    ])
  })

  it('deletes nothing unseen in the first run after it', async () => {
    const fixture = await start()
    const { emulator, create, run, contents } = fixture
    emulator.put('KEY', 'k')
    emulator.put('a:b', 'cannot be imported')
    const sync = await create({
      options: { initialSyncBehavior: 'import-prioritize-source', deletionPolicy: 'mirror' },
    })
    const { row } = await run(sync)
    expect(row).toMatchObject({ state: 'blocked', importState: 'succeeded', blocked: { kind: 'fuse' } })
    expect(row.message).toMatch(/^This would delete 1 key at the destination that could not be imported\./)
    expect(contents()).toEqual({ KEY: 'k', 'a:b': 'cannot be imported' })
  })

  it('writes nothing while the import before the first run fails', async () => {
    const fixture = await start()
    const { emulator, set, create, run, contents } = fixture
    emulator.put('KEY', 'theirs')
    await set({ KEY: 'ours' })
    emulator.fail(1, { kind: 'status', status: 403 })
    const sync = await create({ options: { initialSyncBehavior: 'import-prioritize-destination' } })
    expect((await run(sync)).row).toMatchObject({ state: 'failed', importState: 'failed', importedAt: null })
    expect(contents()).toEqual({ KEY: 'theirs' })
    expect(await valuesOf(fixture)).toEqual({ KEY: 'ours' })
  })

  it('is refused while a run has the target, when its preview is out of date, and where values are hidden', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, create, run } = fixture
    emulator.put('KEY', 'k')
    const sync = await create({ autoSync: false, options: { deletionPolicy: 'owned' } })
    const asked = { destination, syncId: sync.id, importBehavior: 'prioritize-source' } as const
    const { targetKey } = await ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirstOrThrow()
    const lease = await takeLease(ctx, targetKey, 'a run')
    await expect(importSecrets(ctx, actor, asked)).rejects.toMatchObject({ code: 'Conflict' })
    await lease?.release()
    await expect(importSecrets(ctx, actor, { ...asked, planHash: 'of before' })).rejects.toThrow(/has changed/)
    expect(await valuesOf(fixture)).toEqual({})
    emulator.fail(1, { kind: 'status', status: 403 })
    await expect(importSecrets(ctx, actor, asked)).rejects.toThrow(/could not be read/)
    expect((await run(sync)).row.importState).toBe('failed')
    expect(definitionOf('trigger-dev').values).toBe('hidden')
    const hidden = await startSyncFixture(open, 'trigger-dev')
    onTestFinished(hidden.close)
    await expect(hidden.create({ options: { initialSyncBehavior: 'import-prioritize-source' } })).rejects.toThrow(
      /does not support importing secrets: it never returns their values/,
    )
  })

  it('is taken from the targets of a vendor that shows the values of some', async () => {
    const fixture = await startSyncFixture(open, 'github')
    onTestFinished(fixture.close)
    const { emulator, create, run } = fixture
    const options = { initialSyncBehavior: 'import-prioritize-source', deletionPolicy: 'owned' } as const
    await expect(create({ options })).rejects.toThrow(/never returns their values/)
    const variables = { ...emulator.target, kind: 'variables' }
    const { row } = await run(await create({ options, target: variables }))
    expect(row).toMatchObject({ state: 'succeeded', importState: 'succeeded' })
  })
})
