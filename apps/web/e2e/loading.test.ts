/** What pages load, and when: little at first, the rest before it is needed, and what is there when that fails. */
import { representatives } from '@keyferry/core/emulators'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { SyncRef } from '@keyferry/server/demo/setup'
import { openContext, suiteName, whyNoBrowser } from './chromium.ts'
import { clickEverything } from './click-everything.ts'
import { anotherWindow, oneConsole, signIn } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { openScreens } from './screens.ts'
import { CANARY, projectTree, type ProjectTree } from './project-tree.ts'
import { pagesOfRouter, scriptsBeforeHeading, scriptsOf, weightOf } from './script-weight.ts'

const LIMIT_MS = 60_000
/** Half of what the console takes for fresh: a component that is drawn later reads an older answer again. */
const FRESH_MS = 5000

describe.skipIf(whyNoBrowser !== null)(suiteName('loading'), { timeout: 600_000 }, () => {
  const all = oneConsole()
  const tree = projectTree(all, 'screens-loading')
  let syncs: SyncRef[]
  let at: ProjectTree['at']
  /** A window that is signed in too. */
  const open = async () => {
    const { context, page: view, close } = await anotherWindow(all())
    await context.addCookies(await all().context.cookies())
    return { ...waysOf(view), other: context, close }
  }
  /** A browser of its own that is signed in too, with nothing in its cache. */
  const openNew = async (options: { preloads?: boolean } = {}) => {
    const { url, context, browser } = all()
    const other = await openContext(browser, { baseURL: url, storageState: await context.storageState(), ...options })
    other.setDefaultTimeout(LIMIT_MS)
    const view = await other.newPage()
    // A page notes the first 250 files that it loads, and this console has as many.
    await view.addInitScript('performance.setResourceTimingBufferSize(1000)')
    return { ...waysOf(view), other }
  }
  const waysOf = (view: Page) => ({
    view,
    ...pageObject(() => view),
    main: view.getByRole('main'),
    keep: async (name: string) => (await openScreens(view, `screens-loading/${name}`)).keep(name),
  })

  beforeAll(() => {
    ;({ syncs, at } = tree())
  })

  it('has what a click needs later before it, and says so while the server is away', async () => {
    const away = await openNew({ preloads: true })
    await away.view.addInitScript(NO_PAUSES)
    await away.view.goto(at('/secrets/dev'))
    await see(away.button('Reveal DATABASE_URL'))
    const missing = async (): Promise<string[]> => {
      const names = await away.view.evaluate<string[]>(
        "performance.getEntriesByType('resource').map(({ name }) => name)",
      )
      const parts = ['toasts', 'pages-tree', 'page-settings', 'delete-secrets', 'new-secret']
      return parts.filter((part) => !names.some((name) => name.includes(part)))
    }
    await expect.poll(missing, { timeout: LIMIT_MS, interval: 500 }).toEqual([])
    await away.other.setOffline(true)
    await away.button('New secret').click()
    const add = away.view.getByRole('form', { name: 'Add a secret' })
    await add.getByLabel('Key').fill('NEW')
    await add.getByRole('textbox', { name: 'Value' }).fill('x')
    await add.getByRole('textbox', { name: 'Value' }).press('Enter')
    await see(add.getByText('The server did not answer'))
    expect(await add.getByLabel('Key').inputValue()).toBe('NEW')
    await see(away.view.getByText('Connection lost. Reconnecting…'))
    await away.keep('server-away')
    await away.other.close()
  })

  it('begins each page with little script, and the build says how much', async () => {
    const { other, view } = await openNew()
    expect(await scriptsBeforeHeading(view, at('/secrets/dev'))).toEqual(scriptsOf('shell', 'page-secrets'))
    const ofAccount = scriptsOf('shell', 'account-page', 'auth-client')
    const beforeAccount = await scriptsBeforeHeading(view, '/account')
    // It asks for the ways to sign in while its heading is drawn: on a busy machine, their script comes after it.
    expect(beforeAccount).toEqual(expect.arrayContaining(scriptsOf('shell', 'account-page')))
    expect(ofAccount).toEqual(expect.arrayContaining(beforeAccount))
    await other.clearCookies()
    expect(await scriptsBeforeHeading(view, '/sign-in')).toEqual(scriptsOf('pages-ways-in'))
    await other.close()
    const pages = pagesOfRouter().filter((module) => module !== 'shell')
    expect(pages.length).toBeGreaterThan(20)
    const weights = [
      ...pages.map((page) => [page, weightOf(scriptsOf(...(OUTSIDE.has(page) ? [] : ['shell']), page))] as const),
      ['account-page', weightOf(ofAccount)] as const,
    ]
    expect(weights.filter(([, bytes]) => bytes < 50_000 || bytes >= 200_000)).toEqual([])
  })

  it('has a page to go on with, whatever is clicked while neither data nor code can be loaded', async () => {
    const [first] = syncs
    if (!first) throw new Error('no destination')
    const sync = `/syncs/${first.destination}/${first.syncId}`
    const inProject = ['', '/secrets/dev', '/secrets/dev/paste', '/compare', '/trash', '/syncs', '/syncs/new', sync]
    const tabs = ['plan', 'runs', 'settings', 'danger'].map((tab) => `${sync}?tab=${tab}`)
    const rest = ['/connections', '/activity', '/access', '/access?tab=keys', '/alerts', '/settings']
    const screens = [...[...inProject, ...tabs, ...rest].map(at), '/account', '/projects/new']
    const clicked = new Set<string>()
    const unusable: string[] = []
    const { other, view, main } = await openNew()
    let path = at('')
    view.on('pageerror', (error) => unusable.push(`${path}: the page threw ${error.message}`))
    const clickOffline = async (): Promise<void> => {
      await see(main.getByRole('heading').first())
      await other.setOffline(true)
      unusable.push(...(await clickEverything(view, clicked)).map((name) => `${path}: ${name}`))
      await other.setOffline(false)
      // Chromium says so before its network does it: a page loaded at once was refused.
      await expect.poll(() => view.evaluate(ANSWERS), { timeout: LIMIT_MS }).toBe(true)
      // What was clicked is kept by none of the pages after it.
      await view.evaluate('sessionStorage.clear(); localStorage.clear()')
    }
    // Of the others, no code is there.
    await view.goto(path)
    await clickOffline()
    // A page whose code was refused once is loaded again; all of them are there from here on, their parts are not.
    await view.goto(path)
    for (const screen of screens) {
      await visit(view, screen)
      await see(main.getByRole('heading').first())
    }
    for (path of screens) {
      await visit(view, path)
      await clickOffline()
    }
    await other.close()
    expect(unusable).toEqual([])
    expect(clicked.size).toBeGreaterThan(100)
  })

  it('asks each question once, and again what a change made stale', async () => {
    const { client } = tree()
    const { id: projectId } = await client.projects.create.mutate({ name: 'Quiet' })
    const { close, view, row } = await open()
    const asked: { path: string; input: string; at: number }[] = []
    view.on('request', (request) => {
      for (const { path, input } of askedBy(request.url()))
        asked.push({ path, input: JSON.stringify(input), at: performance.now() })
    })
    await view.goto(`/p/${projectId}/secrets/dev`)
    await see(view.getByRole('heading', { name: 'No secrets in this folder yet' }))
    // The feed is open once a change is seen.
    await client.secrets.create.mutate({ projectId, environment: 'dev', secretPath: '/', key: 'SEEN', value: CANARY })
    await see(row('SEEN'))
    /** The queries that were asked again before their answers were old enough for that. */
    const again = asked.flatMap(({ path, input, at }, index) => {
      const isRepeated = asked
        .slice(0, index)
        .some((each) => each.path === path && each.input === input && at - each.at < FRESH_MS)
      return isRepeated ? [path] : []
    })
    expect(asked.filter(({ path }) => path === 'secrets.rows').length).toBeGreaterThan(1)
    // What a change of secrets has nothing to do with.
    expect(again.filter((path) => ['projects.get', 'inbox.list', 'instance.me'].includes(path))).toEqual([])
    await client.projects.delete.mutate({ projectId })
    await close()
  })

  it('reads a long list of syncs page by page, and after a run only the sync that ran', async () => {
    const { client } = tree()
    // Of its own: no other project writes there.
    const [first] = await representatives()
    if (!first) throw new Error('no destination')
    const [destination, start] = first
    const emulator = await start()
    onTestFinished(() => emulator.close())
    const { method, credentials, target } = emulator
    const { id: projectId } = await client.projects.create.mutate({ name: 'Many' })
    const { id: connectionId } = await client.connections.create.mutate({
      destination,
      name: 'of-many',
      method,
      credentials,
      projectId,
    })
    const ids = new Map<string, string>()
    for (let index = 10; index < 45; index += 1) {
      const sync = await client.syncs.create.mutate({
        projectId,
        environment: 'dev',
        secretPath: '/',
        destination,
        name: `sync-${index}`,
        connectionId,
        target,
        // They all write to the same destination.
        options: { deletionPolicy: 'none' },
        autoSync: false,
      })
      ids.set(sync.name, sync.id)
    }
    const { close, view, row, keep } = await open()
    const asked: Asked[] = []
    const bytes: number[] = []
    view.on('request', (request) => asked.push(...askedBy(request.url())))
    view.on('response', async (response) => {
      const index = askedBy(response.url()).findIndex(({ path }) => path === 'syncs.page')
      if (index === -1) return
      const answers: unknown[] = [await response.json()].flat()
      bytes.push(Buffer.byteLength(JSON.stringify(answers[index])))
    })
    const pages = () => asked.filter(({ path }) => path === 'syncs.page').map(({ input }) => input)
    await view.goto(`/p/${projectId}/syncs`)
    await see(view.getByText('30 of 35 syncs'))
    await see(row('sync-10'))
    await keep('many-syncs')
    expect(await row('sync-44').count()).toBe(0)
    expect(pages().length).toBeGreaterThan(0)
    await expect.poll(() => bytes[0] ?? Infinity, { timeout: LIMIT_MS }).toBeLessThan(40_000)

    const search = view.getByRole('searchbox', { name: 'Search syncs' })
    await search.fill('sync-44')
    await see(row('sync-44'))
    await gone(row('sync-10'))
    await search.fill('')
    await see(row('sync-10'))
    await view.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded()
    await see(row('sync-44'))
    await gone(view.getByText('30 of 35 syncs'))

    asked.length = 0
    const syncId = ids.get('sync-10') ?? ''
    await client.syncs.trigger.mutate({ destination, syncId })
    // It is in sync, and so the last of the list.
    await see(view.getByRole('row').last().filter({ hasText: 'sync-10' }).getByText('In sync', { exact: true }))
    expect(pages().length).toBeGreaterThan(0)
    expect(pages()).toEqual(pages().map((input) => ({ ...input, syncIds: syncId })))
    await close()
  })

  it('says that it was updated when the files of a part are gone', async () => {
    const updated = await open()
    const missing = /\/assets\/(toasts|page-trash|delete-secrets)/
    await updated.view.route(
      (url) => url.pathname === '/',
      async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, body: (await response.text()).replace(/index-[\w-]+\.js/, 'index-newer.js') })
      },
    )
    await updated.view.route(missing, (route) => route.fulfill({ status: 404 }))
    await updated.view.route(/secrets\.get/, (route) => route.abort())
    await updated.view.goto(at('/secrets/dev'))
    await updated.button('Reveal DATABASE_URL').click()
    await see(updated.alert('Couldn’t read DATABASE_URL'))
    await updated.button('More for DATABASE_URL').click()
    await updated.view.getByRole('menuitem', { name: 'Delete' }).click()
    // Not as wide as the cell of the table whose menu would have opened it.
    const missingPart = updated.alert('This part could not be loaded')
    await expect.poll(async () => (await missingPart.boundingBox())?.width ?? 0).toBeGreaterThan(300)
    await see(updated.view.getByText('Keyferry was updated. Reload to use the new version.'))
    await updated.keep('updated-in-dialog')
    await updated.go('Trash')
    await see(updated.alert('A part of this page could not be loaded'))
    await updated.keep('updated')
    await updated.view.route(/\/api\/status/, (route) => route.abort(), { times: 1 })
    await updated.button('Try again').click()
    await see(updated.alert('Keyferry still does not answer'))
    await updated.view.unroute(missing)
    await updated.button('Try again').click()
    await see(updated.main.getByRole('heading', { name: 'Trash', exact: true }))
    await updated.close()
  })

  it('says of what is not there, or not for the reader, that it is not there', async () => {
    const [first] = syncs
    if (!first) throw new Error('no destination')
    const none = '00000000-0000-4000-8000-000000000000'
    const sync = at(`/syncs/${first.destination}/${first.syncId}`)
    const missing = [
      [`/p/${none}`, 'This project doesn’t exist, or you don’t have access to it'],
      [`/p/${none}/syncs/new`, 'This project doesn’t exist, or you don’t have access to it'],
      ['/p/nonsense/secrets/dev', 'This project doesn’t exist, or you don’t have access to it'],
      [at('/secrets/nowhere'), 'Environment nowhere doesn’t exist'],
      [at('/secrets/nowhere/paste'), 'Environment nowhere doesn’t exist'],
      [at('/secrets/nowhere/history'), 'Environment nowhere doesn’t exist'],
      [at('/secrets/dev?path=%2Fnowhere'), 'Folder /nowhere doesn’t exist in dev'],
      [at(`/syncs/${first.destination}/${none}`), 'This sync doesn’t exist'],
      [at('/syncs/nowhere/nothing'), 'This sync doesn’t exist'],
      [`${sync}?tab=runs&run=${none}`, 'This run doesn’t exist'],
      [at(`/connections/${none}`), 'This connection doesn’t exist'],
      [`/connections/${none}`, 'This connection doesn’t exist'],
      [at(`/access?open=${none}`), 'This member doesn’t exist'],
      [at(`/access/machines/${none}`), 'This machine doesn’t exist'],
      [at('/nowhere'), 'Page not found'],
      ['/nowhere', 'Page not found'],
    ] as const
    const { close, view, main, keep } = await open()
    const loaded = new Set([`/p/${none}`, at('/secrets/nowhere'), `${sync}?tab=runs&run=${none}`, '/nowhere'])
    for (const [path, words] of missing) {
      // What is loaded is the same for the others of its kind, and takes as long as ten of them.
      await (loaded.has(path) ? view.goto(path) : visit(view, path))
      await see(main.getByText(words).first())
      // The shell stays, and the page leads on.
      await see(view.getByRole('navigation', { name: 'Main' }).getByRole('link').first())
      await see(main.getByRole('button').or(main.getByRole('link')).first())
      if (loaded.has(path)) await keep(words.replaceAll(/\W+/g, '-'))
    }
    await main.getByRole('button', { name: 'Go to all projects' }).click()
    await see(main.getByRole('link', { name: 'Checkout' }))
    await close()
  })

  it('says so when a part of a page cannot be loaded, and loads it again', async () => {
    const { page } = tree()
    const { button, row, alert, dialog } = pageObject(() => page)
    const part = '**/assets/create-folder-*.js'
    all().seen.mayBeRefused('/assets/create-folder-')
    await page.route(part, (route) => route.fulfill({ status: 404 }))
    // Otherwise it is loaded already.
    await page.goto(at('/secrets/dev'))
    await button('New folder').click()
    await see(alert('was updated while this page was open'))
    await tree().screens.keep('part-missing')
    // React says it in the browser's console, too.
    expect(all().seen.problems()).toEqual([expect.stringContaining('was updated while this page was open')])
    await page.unroute(part)
    await button('Try again').click()
    await see(row('REGION'))
    await button('New folder').click()
    await see(dialog().getByLabel('Folder name'))
    await page.keyboard.press('Escape')
  })

  it('says in its place what was refused, and keeps what was typed', async () => {
    const { other, close, view, button, dialog, alert, row, keep } = await open()
    const refuse = (procedure: string, status: number): Promise<unknown> =>
      view.route(`**/api/trpc/*${procedure}*`, (route) => route.fulfill({ status }), { times: 1 })
    await view.goto(at('/secrets/dev'))
    await button('New secret').click()
    const add = view.getByRole('form', { name: 'Add a secret' })
    await add.getByLabel('Key').fill('REFUSED')
    await add.getByRole('textbox', { name: 'Value' }).fill('typed')
    for (const [status, words] of REFUSALS) {
      await refuse('secrets.create', status)
      await add.getByRole('button', { name: 'Add secret' }).click()
      await see(add.getByText(words))
      expect(await add.getByLabel('Key').inputValue()).toBe('REFUSED')
      expect(await add.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('typed')
    }

    // What can't be fetched again stays, with what is being typed among it.
    const rows = /\/api\/trpc\/secrets\.rows/
    await view.route(rows, (route) => route.fulfill({ status: 429 }))
    await tree().put('dev', '/', { NEWER: CANARY })
    await see(view.getByText('couldn’t refresh this page'))
    await keep('behind')
    await see(row('REGION'))
    expect(await add.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('typed')
    await view.unroute(rows)
    await button('Refresh now').click()
    await see(row('NEWER'))
    await gone(view.getByText('couldn’t refresh this page'))

    // A server that takes long is asked once, however often Enter is pressed.
    const slowly = async (procedure: string, field: Locator): Promise<void> => {
      const held = Promise.withResolvers<void>()
      let asked = 0
      const slow = new RegExp(`/api/trpc/[^?]*${procedure}`)
      await view.route(slow, async (route) => {
        asked += 1
        await held.promise
        await route.continue()
      })
      const sent = view.waitForRequest(slow)
      await field.press('Enter')
      await sent
      await field.press('Enter')
      const answered = view.waitForResponse(slow)
      held.resolve()
      await answered
      await view.unroute(slow)
      expect(asked).toBe(1)
    }
    await slowly('secrets.create', add.getByRole('textbox', { name: 'Value' }))
    await see(row('REFUSED'))
    expect(await add.getByLabel('Key').inputValue()).toBe('')
    await button('Edit REFUSED').click()
    await view.getByLabel('New value of REFUSED').fill('typed again')
    await slowly('secrets.update', view.getByLabel('New value of REFUSED'))
    await gone(view.getByLabel('New value of REFUSED'))

    await button('Edit REGION').click()
    await view.getByLabel('New value of REGION').fill('typed')
    await refuse('secrets.update', 500)
    await view.getByLabel('New value of REGION').press('Enter')
    await see(alert('the server answered 500'))
    expect(await view.getByLabel('New value of REGION').inputValue()).toBe('typed')
    await view.getByLabel('New value of REGION').press('Escape')

    await button('New folder').click()
    await dialog().getByLabel('Folder name').fill('typed')
    await refuse('folders.create', 429)
    await dialog().getByLabel('Folder name').press('Enter')
    await see(dialog().getByText('Too many requests'))
    expect(await dialog().getByLabel('Folder name').inputValue()).toBe('typed')
    await view.keyboard.press('Escape')
    await gone(dialog())

    await button('More for NEWER').click()
    await view.getByRole('menuitem', { name: 'Delete' }).click()
    await refuse('secrets.deleteMany', 403)
    await dialog()
      .getByRole('button', { name: /^Delete/ })
      .click()
    await see(dialog().getByText('A proxy in front of Keyferry refused this'))
    await keep('refused-in-dialog')
    await view.keyboard.press('Escape')

    // A session that ends takes neither the page nor what was typed with it, and another one is enough to go on.
    await add.getByLabel('Key').fill('LATER')
    await add.getByRole('textbox', { name: 'Value' }).fill('typed')
    await other.clearCookies()
    await add.getByRole('textbox', { name: 'Value' }).press('Enter')
    await see(view.getByText('Your session ended. What you typed is kept'))
    await see(add.getByText('Your session ended. Sign in again.'))
    await keep('session-ended')
    await tree().put('dev', '/', { NEWEST: CANARY })
    // A dialog covers the page, and what it says.
    await button('New folder').click()
    const signInAgain = dialog().getByRole('link', { name: 'Sign in' })
    await see(signInAgain)
    await keep('session-ended-in-dialog')
    const [tab] = await Promise.all([other.waitForEvent('page'), signInAgain.click()])
    await signIn(tab, tree().account)
    await gone(signInAgain)
    await view.keyboard.press('Escape')
    await gone(view.getByText('Your session ended. What you typed is kept'))
    await see(row('NEWEST'))
    expect(await add.getByLabel('Key').inputValue()).toBe('LATER')
    await add.getByRole('textbox', { name: 'Value' }).press('Enter')
    await see(row('LATER'))
    // Without anything typed, it leads to the sign-in page.
    expect(await add.getByLabel('Key').inputValue()).toBe('')
    await other.clearCookies()
    // What the page asks for in the background may have led there before.
    await view.evaluate(`document.querySelector('nav a[href$="/syncs"]')?.click()`)
    await see(view.getByRole('heading', { name: 'Sign in' }))
    await close()
  })

  it('has a page to go on with when every request is refused', async () => {
    const { close, view, main, keep } = await open()
    await view.goto('/account')
    await see(main.getByRole('heading').first())
    let refusal: (typeof REFUSALS)[number] = REFUSALS[1]
    let isJson = false
    await view.route('**/api/trpc/**', (route) =>
      route.fulfill({ status: refusal[0], ...(isJson && { json: { message: 'refused' } }) }),
    )
    const inProject = ['', '/secrets/dev', '/compare', '/trash', '/syncs', '/connections', '/activity', '/access']
    const screens = [...[...inProject, '/alerts', '/settings'].map(at), '/projects', '/connections']
    for (const [index, path] of screens.entries()) {
      refusal = REFUSALS[1 + (index % 3)] ?? refusal
      isJson = index % 2 === 1
      await visit(view, path)
      await see(main.getByText(refusal[1]).first())
      await see(main.getByRole('button', { name: 'Try again' }).first())
      if (index < 2) await keep(`refused-${index}`)
    }
    await view.unroute('**/api/trpc/**')
    await main.getByRole('button', { name: 'Try again' }).click()
    await gone(main.getByText(refusal[1]))
    await close()
  })
})

/** A page pauses between two parts that it loads while it is idle: half a minute for all of them. */
const NO_PAUSES = `{
  const wait = self.setTimeout
  self.setTimeout = (work, ms, ...rest) => wait(work, ms === 200 ? 0 : ms, ...rest)
}`

/** Pages without the frame of those behind the sign-in. */
const OUTSIDE = new Set(['first-run-page', 'pages-ways-in', 'page-factor-required'])

interface Asked {
  path: string
  input: Record<string, unknown>
}

/** The queries of a request of the console, which sends several in one. */
function askedBy(address: string): Asked[] {
  const { pathname, searchParams } = new URL(address)
  if (!pathname.startsWith('/api/trpc/')) return []
  const sent: Record<string, Record<string, unknown>> = JSON.parse(searchParams.get('input') ?? '{}')
  return pathname
    .slice('/api/trpc/'.length)
    .split(',')
    .map((path, index) => ({ path, input: searchParams.has('batch') ? (sent[index] ?? {}) : sent }))
}

/** Whether the server is reached from the page. */
const ANSWERS = "fetch('/api/status', { cache: 'no-store' }).then(() => true, () => false)"

/**
 * Answers that are not Keyferry's own, and what is said of them. A reading that gets the first is requested again; the
 * last leads a reader to the sign-in page.
 */
const REFUSALS = [
  [500, 'the server answered 500'],
  [403, 'A proxy in front of Keyferry refused this'],
  [413, 'This is too large for the server'],
  [429, 'Too many requests'],
  [401, 'Your session ended'],
] as const
