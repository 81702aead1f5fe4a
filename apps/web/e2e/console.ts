/** An empty instance with its vendors emulated, and a browser on its console: one for a whole file of tests. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import { copyEmptyQueue } from '@keyferry/queue/testing'
import { bootstrapped } from '@keyferry/schemas'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import { bootstrap, clientOf, type Account } from '@keyferry/server/demo/setup'
import { environmentOf, startInProcess } from '@keyferry/server/testing'
import { openBrowser } from './chromium.ts'
import { consolePort } from './console-port.ts'
import { closeOthers, openWindow, type Window } from './windows.ts'

export interface Console extends Window {
  url: string
  browser: Browser
  /** By destination. */
  vendors: ReadonlyMap<string, Emulator>
  /** What the instance printed for its setup. */
  setup: { code: string; link: string }
  /** With all its windows. */
  close(): Promise<void>
}

export const OUTPUT = resolve(import.meta.dirname, '../../../test-output')

async function openConsole(): Promise<Console> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyferry-test-'))
  await copyEmptyQueue(join(dataDir, 'queue'))
  const [running, browser, ...started] = await Promise.all([
    startInProcess({ ...environmentOf({ dataDir, databaseUrl: null }), PORT: String(await consolePort()) }),
    openBrowser(),
    ...[...(await representatives())].map(async ([name, start]) => [name, await start()] as const),
  ])
  const { setup } = running
  if (!setup) throw new Error('the instance is set up already')
  const window = await openWindow(browser, running.url)
  return {
    ...window,
    url: running.url,
    browser,
    vendors: new Map(started),
    setup,
    async close() {
      await window.close()
      await closeOthers(browser)
      await running.stop()
      await Promise.all(started.map(([, emulator]) => emulator.close()))
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A browser of somebody else, who is not signed in. */
export const anotherWindow = ({ browser, url }: Console): Promise<Window> => openWindow(browser, url)

/** Of a suite whose tests are the steps of one way: a run that shuffles tests leaves these in their order. */
export const IN_ORDER = { shuffle: false }

/**
 * One console for a suite whose tests continue where the one before them ended: after a failure the rest are skipped.
 * Every test also fails on what the browser monitor saw. Gives what the suite's own hooks and tests ask for it.
 */
export function oneConsole(): () => Console {
  let console: Console | null = null
  let broken: string | null = null
  const opened = (): Console => {
    if (console === null) throw new Error('The console is opened before the first test')
    return console
  }
  beforeAll(async () => {
    console = await openConsole()
    // A browser and a whole instance, on cores that other suites use too.
  }, 180_000)
  beforeEach(({ task, onTestFailed, skip }) => {
    skip(broken !== null, `"${broken}" failed before it`)
    onTestFailed(async () => {
      broken = task.name
      await keepPicture(opened().page, task.name)
    })
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' || broken !== null) return
    expect(opened().seen.problems()).toEqual([])
    expect(await opened().seen.leaks()).toEqual([])
  })
  afterAll(() => console?.close())
  return opened
}

/** A screenshot of the page for the reader of a failed test. */
async function keepPicture(page: Page, test: string): Promise<void> {
  await mkdir(join(OUTPUT, 'failures'), { recursive: true })
  await page.screenshot({ path: join(OUTPUT, 'failures', `${test.replaceAll(/[^\w.-]+/g, '-')}.png`), fullPage: true })
}

interface Person {
  email: string
  password: string
}

export const ACCOUNT = {
  organization: 'Acme',
  name: 'Ana Lovelace',
  email: 'ana@example.com',
  password: 'a sentence is easier to keep',
}

/**
 * Creates the owner account through the link that was printed; ends on the page that asks for the first project. The
 * console requests no token; the tests add one to the request, for what they prepare.
 */
export async function firstRun({ page, seen, url, setup }: Console): Promise<KeyferryClient> {
  seen.keepSecret(ACCOUNT.password)
  await page.goto(setup.link)
  await page.getByLabel('Organization').fill(ACCOUNT.organization)
  await page.getByLabel('Your name').fill(ACCOUNT.name)
  await page.getByLabel('Email').fill(ACCOUNT.email)
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  const token = Promise.withResolvers<string>()
  const isBootstrap = /instance\.bootstrap/
  await page.route(isBootstrap, async (route) => {
    const { 0: input } = z
      .object({ 0: z.looseObject({ withToken: z.literal(false) }) })
      .parse(route.request().postDataJSON())
    const response = await route.fetch({ postData: JSON.stringify({ 0: { ...input, withToken: true } }) })
    const [answer] = z.tuple([z.object({ result: z.object({ data: bootstrapped }) })]).parse(await response.json())
    await route.fulfill({ response })
    token.resolve(answer.result.data.identity.credentials.token)
  })
  await page.getByRole('button', { name: 'Create account' }).click()
  seen.keepSecret(await token.promise)
  await page.getByRole('heading', { name: 'Create your first project' }).waitFor()
  await page.unroute(isBootstrap)
  return createKeyferryClient({ url, token: await token.promise })
}

/**
 * Creates the owner account by the API and signs it in without a page: for suites that are not about the first minutes.
 */
export async function setUpByApi({
  url,
  seen,
  context,
}: Console): Promise<{ account: Account; client: KeyferryClient }> {
  const account = await bootstrap(url)
  seen.keepSecret(account.password, account.token)
  await signInByApi(context, account)
  return { account, client: clientOf(url, account) }
}

/** Signs in without a page: the next one that is opened belongs to somebody who is signed in. */
export async function signInByApi({ request }: BrowserContext, person: Person): Promise<void> {
  const answer = await request.post('/api/auth/sign-in/email', {
    data: { email: person.email, password: person.password },
  })
  if (!answer.ok()) throw new Error(`${person.email} was not signed in: ${answer.status()}`)
}

/** From the sign-in page. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
