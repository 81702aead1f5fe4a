/**
 * Random histories of a project. What is only renamed or moved keeps every value, also where other secrets refer to it;
 * the readers of a folder that shows something else hear of it; what is refused changes nothing; a copy by a file shows
 * the same; and the sums of the store hold. `HISTORY_RUNS` makes more of them, `FUZZ_SEED=random` others.
 */
import { onEveryDatabase, type OpenStore } from '@keyferry/db/testing'
import { budget, KeyferryError, NotFound, transact, type Context, type Hooks } from '@keyferry/kernel'
import { verifyStore } from '@keyferry/kernel/authority'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { SEED } from '@keyferry/vitest/seed'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { updateEnvironment } from '../folders/environments.ts'
import { createFolder, deleteFolder, updateFolder } from '../folders/folders.ts'
import { createImport, deleteImport, updateImport } from '../folders/imports.ts'
import { moveFolder, moveSecrets } from '../folders/move.ts'
import { getProject } from '../folders/projects.ts'
import { restoreTrash } from '../folders/trash.ts'
import { projectKey } from '../keys/project-key.ts'
import { createExpander } from '../references/expand.ts'
import { visible } from '../references/reference-graph.ts'
import { restoreFolder, restoreVersion } from '../secrets/history.ts'
import { deleteSecret, updateSecret, updateSecrets } from '../secrets/secrets.ts'
import { createTestProject } from '../testing.ts'
import { exportProject, importProject } from '../transfer/transfer.ts'
import { loadTree, valueOpener } from './tree.ts'

/** One of what there is, by number. */
const nth = fc.nat(30)
const key = fc.integer({ min: 0, max: 3 }).map((n) => `K${n}`)
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const slug = fc.constantFrom('dev', 'staging', 'prod', 'qa')

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), in: nth, key, value: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('refer' as const), in: nth, key, to: nth, toKey: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refer here' as const), in: nth, key, toKey: key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unset' as const), secret: nth }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('rename secret' as const), secret: nth, to: key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move secret' as const), secret: nth, to: nth }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('restore version' as const), secret: nth, version: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add folder' as const), in: nth, name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('rename folder' as const), folder: nth, name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move folder' as const), folder: nth, to: nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete folder' as const), folder: nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restore deleted' as const), deleted: nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rewind folder' as const), folder: nth, steps: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename environment' as const), environment: nth, slug }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('import' as const), in: nth, from: nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop import' as const), import: nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('order imports' as const), import: nth, position: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change import' as const), import: nth, from: nth }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Keys with their values, by folder. Null: it does not resolve. */
type Shown = ReadonlyMap<string, ReadonlyMap<string, string | null>>

onEveryDatabase('histories of a project', (open, dialect) => {
  it('lose no value, leave no reader behind, and hold the sums of the store', async () => {
    const numRuns = Number(process.env.HISTORY_RUNS ?? (dialect === 'sqlite' ? 10 : 2))
    const histories = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(histories, (steps) => live(open, steps)),
      { numRuns, seed: SEED },
    )
  }, 600_000)
})

async function live(open: OpenStore, steps: readonly Step[]): Promise<void> {
  const told = new Set<string>()
  const hooks: Hooks = {
    onFoldersChanged(_ctx, _tx, _actor, readers) {
      for (const id of readers) told.add(id)
      return Promise.resolve(() => {})
    },
    onFoldersDelete: () => Promise.resolve({ afterCommit() {} }),
    refusedByTargets: () => Promise.resolve(new Map()),
    onAccessLost: () => Promise.resolve(() => {}),
    onConnectionChanged: () => Promise.resolve(() => {}),
  }
  const test = await testContext(open, { hooks })
  try {
    const { ctx, actor, clock } = test
    const { projectId, act } = await openProject(test)
    let before = await shownIn(ctx, projectId)
    for (const now of steps) {
      told.clear()
      clock.advance(1000)
      const mayChange = await act(now).catch((error: unknown) => {
        if (error instanceof KeyferryError) return null
        throw error
      })
      const after = await shownIn(ctx, projectId)
      const wrong = mayChange ? lost(before, after, told, mayChange) : differing(before, after)
      expect(wrong, JSON.stringify(now)).toEqual([])
      before = after
    }
    const passphrase = 'of the file, long enough'
    const { file } = await exportProject(ctx, actor, { projectId, passphrase })
    const copy = await importProject(ctx, actor, { file, passphrase, projectName: 'Copy', slug: 'copy' })
    expect(await shownAt(ctx, copy.id)).toEqual(await shownAt(ctx, projectId))
    expect(await verifyStore(ctx)).toMatchObject({ broken: [], brokenFolders: [] })
  } finally {
    await test.close()
  }
}

/** The keys whose values a step may change. */
type MayChange = (key: string) => boolean
const NOTHING: MayChange = () => false
const ANYTHING: MayChange = () => true

/** Folders whose readers were not told, and values that a step took from where they should have stayed. */
function lost(before: Shown, after: Shown, told: ReadonlySet<string>, mayChange: MayChange): string[] {
  const untold = differing(before, after).filter((id) => after.has(id) && !told.has(id))
  const changed = [...before].flatMap(([id, values]) =>
    [...values].flatMap(([key, value]) => {
      const present = after.get(id)?.get(key)
      return value === null || mayChange(key) || present === value ? [] : [`${id} ${key} was ${value}, is ${present}`]
    }),
  )
  return [...untold.map((id) => `${id} was not told`), ...changed]
}

/** Folders that show something else, come or gone ones among them. */
const differing = (before: Shown, after: Shown): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => JSON.stringify([...(before.get(id) ?? [])]) !== JSON.stringify([...(after.get(id) ?? [])]),
  )

/** A project with some folders and secrets. */
async function openProject({ ctx, actor }: TestContext) {
  const { id: projectId } = await createTestProject(ctx, actor)
  const places = () => placesOf(ctx, projectId)
  const place = async (n: number) => one(await places(), n)
  const placeOf = async (folderId: string) => {
    const found = (await places()).filter(({ id }) => id === folderId)
    return one(found, 0)
  }
  const secret = async (n: number) => {
    const rows = await ctx.db
      .selectFrom('secrets')
      .orderBy('createdAt')
      .orderBy('id')
      .select(['id', 'key', 'folderId'])
      .execute()
    const { id, key, folderId } = one(rows, n)
    return { secretId: id, key, ...(await placeOf(folderId)) }
  }
  const importOf = async (n: number) => {
    const rows = await ctx.db.selectFrom('imports').orderBy('id').select(['id', 'folderId']).execute()
    const { id, folderId } = one(rows, n)
    return { importId: id, place: await placeOf(folderId) }
  }
  const put = (at: Awaited<ReturnType<typeof place>>, key: string, value: string) =>
    updateSecrets(ctx, actor, { ...at, mode: 'upsert', secrets: [{ key, value }] })
  const times: string[] = []

  async function act(now: Step): Promise<MayChange> {
    times.push(ctx.now().toISOString())
    switch (now.do) {
      case 'set':
        await put(await place(now.in), now.key, `v${now.value}`)
        return ANYTHING
      case 'refer': {
        const { environment, path } = await place(now.to)
        const to = [environment, ...path.split('/').filter(Boolean), now.toKey].join('.')
        await put(await place(now.in), now.key, `<\${${to}}>`)
        return ANYTHING
      }
      case 'refer here':
        await put(await place(now.in), now.key, `[\${${now.toKey}}]`)
        return ANYTHING
      case 'unset':
        await deleteSecret(ctx, actor, await secret(now.secret))
        return ANYTHING
      case 'rename secret': {
        const present = await secret(now.secret)
        await updateSecret(ctx, actor, { ...present, newKey: now.to })
        return (key) => key === present.key || key === now.to
      }
      case 'move secret': {
        const { secretId, key: moved, environment, path } = await secret(now.secret)
        const to = await place(now.to)
        await moveSecrets(ctx, actor, {
          projectId,
          sourceEnvironment: environment,
          sourceSecretPath: path,
          destinationEnvironment: to.environment,
          destinationSecretPath: to.path,
          secretIds: [secretId],
          shouldOverwrite: false,
        })
        return (key) => key === moved
      }
      case 'restore version':
        await restoreVersion(ctx, actor, { ...(await secret(now.secret)), version: now.version + 1 })
        return ANYTHING
      case 'add folder':
        await createFolder(ctx, actor, { ...(await place(now.in)), name: now.name })
        return ANYTHING
      case 'rename folder': {
        const { id: folderId, environment } = await place(now.folder)
        await updateFolder(ctx, actor, { projectId, environment, folderId, name: now.name, path: '/' })
        return NOTHING
      }
      case 'move folder': {
        const { id: folderId, environment } = await place(now.folder)
        const { environment: destinationEnvironment, path: destinationPath } = await place(now.to)
        const to = { destinationEnvironment, destinationPath }
        await moveFolder(ctx, actor, { projectId, environment, folderId, ...to })
        return NOTHING
      }
      case 'delete folder': {
        const { id: folderIdOrName, environment } = await place(now.folder)
        await deleteFolder(ctx, actor, { projectId, environment, folderIdOrName, path: '/' })
        return ANYTHING
      }
      case 'restore deleted': {
        const rows = await ctx.db
          .selectFrom('trash')
          .innerJoin('environments', 'environments.id', 'trash.environmentId')
          .orderBy('trash.id')
          .select(['trash.id as trashId', 'environments.slug as environment'])
          .execute()
        await restoreTrash(ctx, actor, { projectId, ...one(rows, now.deleted) })
        return ANYTHING
      }
      case 'rewind folder': {
        const at = times.at(-1 - now.steps) ?? times[0] ?? ''
        await restoreFolder(ctx, actor, { ...(await place(now.folder)), at, dryRun: false })
        return ANYTHING
      }
      case 'rename environment': {
        const { environments } = await getProject(ctx, actor, { projectId })
        await updateEnvironment(ctx, actor, {
          projectId,
          environmentId: one(environments, now.environment).id,
          slug: now.slug,
        })
        return NOTHING
      }
      case 'import': {
        const { environment, path } = await place(now.from)
        await createImport(ctx, actor, { ...(await place(now.in)), import: { environment, path } })
        return ANYTHING
      }
      case 'stop import': {
        const { importId, place } = await importOf(now.import)
        await deleteImport(ctx, actor, { ...place, importId })
        return ANYTHING
      }
      case 'order imports': {
        const { importId, place } = await importOf(now.import)
        await updateImport(ctx, actor, { ...place, importId, import: { position: now.position + 1 } })
        return ANYTHING
      }
      case 'change import': {
        const { importId, place: of } = await importOf(now.import)
        const { environment, path } = await place(now.from)
        await updateImport(ctx, actor, { ...of, importId, import: { environment, path } })
        return ANYTHING
      }
    }
  }

  for (const environment of ['dev', 'staging'])
    for (const [path, name] of [
      ['/', 'a'],
      ['/', 'b'],
      ['/a', 'c'],
    ] as const)
      await createFolder(ctx, actor, { projectId, environment, path, name })
  for (const n of [0, 2, 3, 5, 6, 8]) await put(await place(n), `K${n % 4}`, `first ${n}`)
  return { projectId, act }
}

/** Its folders, in an order that renames and moves do not change. */
async function placesOf({ db }: Context, projectId: string) {
  const rows = await db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .orderBy('environments.createdAt')
    .orderBy('environments.id')
    .orderBy('folders.createdAt')
    .orderBy('folders.id')
    .select(['folders.id', 'folders.path', 'environments.slug as environment'])
    .execute()
  return rows.map((row) => ({ ...row, projectId, secretPath: row.path }))
}

async function shownIn(ctx: Context, projectId: string): Promise<Shown> {
  const ids = (await placesOf(ctx, projectId)).map(({ id }) => id)
  const [tree, key] = await transact(ctx, async (tx) => [
    await loadTree(ctx, tx, ids, 'references'),
    await projectKey(ctx, tx, projectId),
  ])
  const { expand } = createExpander(tree, valueOpener(key, projectId), budget(ctx.limits))
  const all = new Map<string, Map<string, string | null>>()
  for (const folder of tree.folders.values()) {
    const values = new Map<string, string | null>()
    for (const [name, source] of [...visible(tree, folder).keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const expanded = await expand(source, name)
      values.set(name, 'value' in expanded ? expanded.value : null)
    }
    all.set(folder.id, values)
  }
  return all
}

/** The same by place. */
async function shownAt(ctx: Context, projectId: string): Promise<Shown> {
  const shown = await shownIn(ctx, projectId)
  const places = await placesOf(ctx, projectId)
  return new Map(places.map(({ id, environment, path }) => [`${environment}:${path}`, shown.get(id) ?? new Map()]))
}

/** Nothing to do it with is a refusal too. */
function one<T>(all: readonly T[], n: number): T {
  const found = all[n % Math.max(1, all.length)]
  if (found === undefined) throw new NotFound('There is none')
  return found
}
