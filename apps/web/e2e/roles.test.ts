/** The console of people who are not admins: what they can't access is not requested, not offered, or says why. */
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrap, clientOf, createSync, type SyncRef } from '@keyferry/server/demo/setup'
import { settled } from '@keyferry/server/demo'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, anotherWindow, signInByApi, oneConsole } from './console.ts'
import { gone, pageObject, see, visit, type PageObject } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'
import type { Window } from './windows.ts'

const LIMIT_MS = 60_000
const TIMEOUT = { timeout: 300_000 }
const CANARY = 'canary-of-roles'
const PASSWORD = 'a sentence of somebody else'
const INSIDE = [{ environment: 'dev', secretPath: '/api/**' }]

/** Somebody with a browser of their own. */
interface Person extends Window {
  screens: Screens
  ui: PageObject
  /** Calls that went together, of which some were refused: the monitor sees only those that were refused as a whole. */
  partly: string[]
}

describe.skipIf(whyNoBrowser !== null)(suiteName('roles'), { ...IN_ORDER, ...TIMEOUT }, () => {
  const all = oneConsole()
  let client: KeyferryClient
  let projectId: string
  /** A project that nobody but the admin is a member of. */
  let beyond: string
  /** Of `dev:/api`, and of `prod:/`. */
  let inside: SyncRef
  let outside: SyncRef
  let viewer: Person
  let narrow: Person
  const at = (path: string): string => `/p/${projectId}${path}`
  const pageOf = ({ destination, syncId }: SyncRef, tab = ''): string => at(`/syncs/${destination}/${syncId}${tab}`)
  const heading = ({ page }: Person, name: string | RegExp): Promise<void> =>
    see(page.getByRole('heading', { name }).first())

  beforeAll(async () => {
    const { url, vendors } = all()
    client = clientOf(url, await bootstrap(url))
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    projectId = project.id
    const put = async (environment: string, secretPath: string, ...keys: string[]): Promise<void> => {
      const secrets = keys.map((key) => ({ key, value: `${CANARY}-${key}` }))
      await client.secrets.updateMany.mutate({ projectId, environment, secretPath, mode: 'upsert', secrets })
    }
    for (const name of ['api', 'billing'])
      await client.folders.create.mutate({ projectId, environment: 'dev', path: '/', name })
    await client.folders.create.mutate({ projectId, environment: 'dev', path: '/api', name: 'deep' })
    await put('dev', '/', 'ROOT_KEY', 'GONE_FROM_ROOT')
    await put('dev', '/api', 'API_KEY', 'API_URL', 'GONE_FROM_API')
    await put('dev', '/billing', 'BILLING_KEY')
    await put('prod', '/', 'PROD_KEY')
    for (const [secretPath, key] of [
      ['/', 'GONE_FROM_ROOT'],
      ['/api', 'GONE_FROM_API'],
    ] as const)
      await client.secrets.delete.mutate({ projectId, environment: 'dev', secretPath, key })
    const [first, second] = [...vendors]
    if (!first || !second) throw new Error('two destinations are needed')
    inside = await createSync(client, { projectId, environment: 'dev', secretPath: '/api' }, ...first)
    outside = await createSync(client, { projectId, environment: 'prod', secretPath: '/' }, ...second)
    await settled(client, projectId, [inside, outside], LIMIT_MS)
    viewer = await join(all(), 'vera@example.com', 'viewer', null)
    narrow = await join(await anotherWindow(all()), 'dev@example.com', 'developer', INSIDE)
  }, 300_000)
  afterAll(() => narrow?.close())

  /** A member of the project, who is signed in. */
  async function join(
    window: Window,
    email: string,
    role: 'viewer' | 'developer',
    scopes: typeof INSIDE | null,
  ): Promise<Person> {
    const { context, page, seen } = window
    const { link } = await client.members.invite.mutate({ projectId, email, role, scopes })
    const token = new URL(link ?? '').searchParams.get('token') ?? ''
    const nobody = createKeyferryClient({ url: all().url, token: '' })
    await nobody.people.accept.mutate({ token, name: role, password: PASSWORD })
    seen.keepSecret(CANARY, PASSWORD, token)
    const partly: string[] = []
    context.on('response', (response) => {
      if (response.status() === 207) partly.push(response.url())
    })
    await signInByApi(context, { email, password: PASSWORD })
    await page.goto(at(''))
    await see(page.getByRole('heading', { name: 'Checkout' }))
    const screens = await openScreens(page, `screens-${role}`)
    return { ...window, screens, ui: pageObject(() => page), partly }
  }

  const texts = async (what: Locator): Promise<string[]> => (await what.allTextContents()).map((text) => text.trim())
  const actions = async ({ page }: Person): Promise<string[]> => {
    await see(page.getByRole('menuitem').first())
    return texts(page.getByRole('menuitem'))
  }
  const sections = ({ page }: Person): Promise<string[]> =>
    texts(page.getByRole('navigation', { name: 'Main' }).getByRole('link'))

  /** The button is there, and says on focus why it does nothing. */
  async function denied({ page, ui }: Person, name: string, reason: string | RegExp): Promise<void> {
    const button = ui.button(name).first()
    await see(button)
    expect(await button.getAttribute('aria-disabled'), name).toBe('true')
    // By the keyboard: a focus that comes from a click proves nothing.
    await page.keyboard.press('Tab')
    await button.scrollIntoViewIfNeeded()
    const tooltip = page.getByRole('tooltip').filter({ hasText: reason })
    const opens = async (): Promise<boolean> => {
      await button.blur()
      await button.focus()
      return tooltip.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      )
    }
    // A tooltip closes when its page moves, as it does when a part of it comes late.
    await expect.poll(opens).toBe(true)
    await button.blur()
  }
  const offered = async ({ ui }: Person, name: string): Promise<void> => {
    await see(ui.button(name).first())
    expect(await ui.button(name).first().getAttribute('aria-disabled'), name).toBeNull()
  }

  it('show a viewer what there is, and no value', async () => {
    const { page, ui, screens } = viewer
    expect(await sections(viewer)).toEqual(['Overview', 'Secrets', 'Syncs', 'Access', 'Trash', 'Settings'])
    await see(page.getByText('2 syncs, all healthy.'))
    await screens.keep('overview')
    await see(page.getByRole('link', { name: /^prod:\/ ?1 secret/ }))
    await ui.button('Open secrets').click()
    await see(ui.row('ROOT_KEY'))
    await denied(viewer, 'Paste .env', 'Only developers and admins of this project can change secrets')
    await denied(viewer, 'Compare', 'can read values')
    await denied(viewer, 'New folder', 'can change secrets')
    await denied(viewer, 'Add import', 'can change secrets')
    await denied(viewer, 'Reveal ROOT_KEY', 'can read values')
    for (const name of ['Copy ROOT_KEY', 'Edit ROOT_KEY', 'New secret'])
      expect(await ui.button(name).count(), name).toBe(0)
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await screens.look('secrets')
    await ui.button('More for ROOT_KEY').click()
    expect(await actions(viewer)).toEqual(['History', 'Delivery', 'Find usages'])
    await page.getByRole('menuitem', { name: 'History' }).click()
    await denied(viewer, 'Reveal', 'can read values')
    await screens.keep('history')
    expect(await isInDocument(page, CANARY)).toBe(false)
  })

  it('let a viewer follow a sync, and not touch it', async () => {
    const { page, ui, screens } = viewer
    await visit(page, at('/syncs'))
    await denied(viewer, 'Add sync', 'Only admins of this project')
    await denied(viewer, `Sync now: to-${inside.destination}`, 'Only developers and admins of this project can run')
    await visit(page, pageOf(inside))
    await see(ui.row('API_KEY'))
    await denied(viewer, 'Sync now', 'can run a sync')
    await ui.button('More actions').click()
    expect(await actions(viewer)).toEqual(['Copy sync ID'])
    await page.keyboard.press('Escape')
    await ui.tab('Settings').click()
    await see(page.getByText('You can see the settings but not change them'))
    await see(page.getByRole('definition').filter({ hasText: 'dev:/api' }))
    await screens.look('sync-settings')
    await ui.tab('Danger').click()
    await denied(viewer, 'Delete sync', 'Only admins of this project')
    await screens.keep('sync-danger')
  })

  it('tell a viewer why a page is closed', async () => {
    const { page, screens } = viewer
    for (const [path, title] of [
      ['/activity', 'Only admins of the whole project see its activity'],
      ['/connections', 'Only admins can see connections'],
      ['/connections/new', 'Only admins can create connections'],
      ['/syncs/new', 'Only admins can create syncs'],
      ['/secrets/dev/paste', 'You can’t add secrets to dev:/'],
      ['/compare', 'Comparing needs access to values'],
    ] as const) {
      await visit(page, at(path))
      await heading(viewer, title)
      await see(viewer.ui.button('Go to the secrets'))
    }
    await screens.look('closed')
    await visit(page, '/projects/new')
    await heading(viewer, 'New projects are for instance admins')
    await visit(page, at('/access'))
    await see(page.getByText('Only project admins can see this'))
    await visit(page, at('/trash'))
    await denied(viewer, 'Restore GONE_FROM_ROOT', 'can change secrets')
    await screens.keep('trash')
    await visit(page, at('/settings'))
    await denied(viewer, 'Add environment', 'Only admins of this project can change')
    await denied(viewer, 'Delete project', 'Only admins of this project can change')
    await denied(viewer, 'Save project', 'Only admins of this project can change')
    await screens.keep('settings')
  })

  it('lead somebody narrowed to their first folder, and let them work there', async () => {
    const { page, ui } = narrow
    await see(page.getByRole('link', { name: /^dev:\/api ?2 secrets/ }))
    await see(page.getByText('1 sync, all healthy.'))
    await ui.go('Secrets')
    await see(ui.row('API_KEY'))
    expect(page.url()).toContain('/secrets/dev?path=%2Fapi')
    for (const name of ['Paste .env', 'Compare', 'New folder', 'Add import', 'New secret', 'Reveal API_KEY'])
      await offered(narrow, name)
    await ui.button('Edit API_URL').click()
    await page.getByLabel('New value of API_URL').fill(`${CANARY}-new`)
    await ui.button('Save').click()
    await gone(page.getByLabel('New value of API_URL'))
    await page.getByRole('link', { name: 'deep' }).click()
    await heading(narrow, 'No secrets in this folder yet')
    await visit(page, pageOf(inside))
    await offered(narrow, 'Sync now')
    await ui.tab('Settings').click()
    await see(page.getByText('You can see the settings but not change them'))
  })

  it('show somebody narrowed the way, and nothing beside it', async () => {
    const { page, ui, screens } = narrow
    await visit(page, at('/secrets/dev'))
    await heading(narrow, 'You don’t have access to the secrets of dev:/')
    await screens.look('way')
    expect(await texts(page.getByRole('tab'))).toEqual(['Development'])
    expect(await page.getByRole('link', { name: 'billing' }).count()).toBe(0)
    await ui.button('/api').click()
    await see(ui.row('API_KEY'))
    for (const path of ['/secrets/dev?path=%2Fbilling', '/secrets/prod', '/secrets/dev/history?path=%2Fbilling']) {
      await visit(page, at(path))
      await heading(narrow, 'You don’t have access')
    }
    await visit(page, at('/compare'))
    await heading(narrow, 'Nothing to compare')
    await screens.keep('nothing-to-compare')
    await visit(page, at('/syncs'))
    await see(ui.row(`to-${inside.destination}`))
    expect(await ui.row(`to-${outside.destination}`).count()).toBe(0)
    narrow.seen.mayBeRefused('syncs.get')
    await visit(page, pageOf(outside))
    await heading(narrow, 'This sync doesn’t exist')
    expect(await isInDocument(page, `to-${outside.destination}`)).toBe(false)
    await screens.look('sync-closed')
    // Also for a project that exists.
    const { id: hidden } = await client.projects.create.mutate({ name: 'Hidden from them' })
    beyond = hidden
    narrow.seen.mayBeRefused(hidden)
    await visit(page, `/p/${hidden}/secrets`)
    await heading(narrow, 'This project doesn’t exist, or you don’t have access to it')
    await screens.keep('project-unknown')
    expect(await isInDocument(page, 'Hidden from them')).toBe(false)
    await see(page.getByRole('main').getByRole('button', { name: 'Checkout' }))
    await visit(page, at('/activity'))
    await heading(narrow, 'Only admins of the whole project')
    await visit(page, at('/access'))
    await see(page.getByText('dev /api/**').first())
    await visit(page, at('/settings'))
    await denied(narrow, 'Add environment', 'Only admins of this project can change')
    await visit(page, at('/trash'))
    await offered(narrow, 'Restore GONE_FROM_API')
    expect(await ui.row('GONE_FROM_ROOT').count()).toBe(0)
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to a secret').fill('key')
    await see(page.getByRole('option', { name: 'API_KEY' }).first())
    expect(await page.getByRole('option', { name: /ROOT_KEY|BILLING_KEY|PROD_KEY/ }).count()).toBe(0)
  })

  it('ask for nothing that is refused, and are clean for axe and on a phone', async () => {
    for (const { seen, screens, partly } of [viewer, narrow]) {
      expect(seen.problems()).toEqual([])
      // The pages of what is closed ask for it.
      expect(partly.filter((url) => !url.includes('syncs.get') && !url.includes(beyond))).toEqual([])
      expect(await seen.leaks()).toEqual([])
      expect(screens.violations).toEqual([])
      expect(screens.tooWide).toEqual([])
    }
  })
})
