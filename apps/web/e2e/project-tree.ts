/**
 * A project with nested folders, references and a sync to each emulated vendor, open in the console: what the suites of
 * its tree begin with.
 */
import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { settled } from '@keyferry/server/demo'
import { createSync, type Account, type SyncRef } from '@keyferry/server/demo/setup'
import { setUpByApi, type Console } from './console.ts'
import { see } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'

const LIMIT_MS = 60_000
/** In every value, so that one look finds any of them. */
export const CANARY = 'canary'
export const to = (reference: string): string => ['$', `{${reference}}`].join('')

export interface ProjectTree {
  page: Page
  screens: Screens
  client: KeyferryClient
  account: Account
  projectId: string
  emulators: [destination: string, Emulator][]
  /** From `dev:/api`, which has three keys; one for each emulator. */
  syncs: SyncRef[]
  /** The address of a page of the project. */
  at(path: string): string
  put(environment: string, secretPath: string, values: Record<string, string>): Promise<void>
  value(environment: string, secretPath: string, key: string): Promise<string | null>
  folder(environment: string, path: string, name: string): Promise<{ id: string }>
  /** Waits until the syncs have nothing left to do. */
  atRest(which?: SyncRef[]): Promise<void>
}

/** Opens it before the first test of a suite, which also fails on what axe objects to and on what is too wide. */
export function projectTree(all: () => Console, name: string): () => ProjectTree {
  let tree: ProjectTree | null = null
  beforeAll(async () => {
    tree = await openTree(all(), name)
  }, 300_000)
  afterAll(() => {
    if (tree === null) return
    expect(tree.screens.violations).toEqual([])
    expect(tree.screens.tooWide).toEqual([])
  })
  return () => {
    if (tree === null) throw new Error('The project is created before the first test')
    return tree
  }
}

async function openTree(console: Console, name: string): Promise<ProjectTree> {
  const { seen, vendors, page } = console
  const screens = await openScreens(page, name)
  const { account, client } = await setUpByApi(console)
  const emulators = [...vendors]
  seen.keepSecret(CANARY)
  const { id: projectId } = await client.projects.create.mutate({ name: 'Checkout' })
  const put = async (environment: string, secretPath: string, values: Record<string, string>): Promise<void> => {
    const secrets = Object.entries(values).map(([key, value]) => ({ key, value }))
    await client.secrets.updateMany.mutate({ projectId, environment, secretPath, mode: 'upsert', secrets })
  }
  const folder = (environment: string, path: string, name: string) =>
    client.folders.create.mutate({ projectId, environment, path, name })
  await put('dev', '/', { DATABASE_URL: `${CANARY}-db`, LOG_LEVEL: `${CANARY}-debug`, REGION: `${CANARY}-eu` })
  await put('prod', '/', { DATABASE_URL: `${CANARY}-prod-database-of-checkout`, REGION: `${CANARY}-eu` })
  await folder('dev', '/', 'api')
  await folder('dev', '/api', 'deep')
  await put('dev', '/api', { HOST: `${CANARY}-host`, PORT: `${CANARY}-1` })
  await put('dev', '/api', { URL: `${CANARY}-at-${to('HOST')}` })
  await put('dev', '/api/deep', { INNER: `${CANARY}-inner` })
  await put('prod', '/', { FAR: to('dev.api.HOST') })
  const source = { projectId, environment: 'dev', secretPath: '/api' }
  const syncs = await Promise.all(emulators.map(([name, emulator]) => createSync(client, source, name, emulator)))
  const atRest = (which = syncs): Promise<void> => settled(client, projectId, which, LIMIT_MS)
  await atRest()
  await page.goto(`/p/${projectId}`)
  await see(page.getByRole('heading', { name: 'Checkout', exact: true }))
  return {
    page,
    screens,
    client,
    account,
    projectId,
    emulators,
    syncs,
    at: (path) => `/p/${projectId}${path}`,
    put,
    value: async (environment, secretPath, key) =>
      (await client.secrets.get.query({ projectId, environment, secretPath, key })).value,
    folder,
    atRest,
  }
}
