/** What happened, in words, and who gets alerts. The tests continue where the one before them ended. */
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { receiveWebhooks } from '@keyferry/core/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Source } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, setUpByApi, oneConsole, signIn } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'

const CANARY = 'canary'
const LIMIT = { timeout: 60_000 }
const TIMEOUT = { timeout: 300_000 }
/** More than two pages of the log. */
const READINGS = 240

describe.skipIf(whyNoBrowser !== null)(suiteName('activity and alerts'), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let client: KeyferryClient
  let api: Source
  let screens: Screens
  const { button, dialog, alert, go } = pageObject(() => page)
  const entry = (words: string | RegExp) => page.getByRole('row', { name: words })
  const entries = () => page.getByRole('table', { name: 'Activity' }).locator('tbody tr[aria-label]')
  const param = (name: string): string | null => new URL(page.url()).searchParams.get(name)

  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens-activity')
    ;({ client } = await setUpByApi(all()))
    all().seen.keepSecret(CANARY)
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    await client.folders.create.mutate({ projectId: project.id, environment: 'dev', name: 'api', path: '/' })
    api = { projectId: project.id, environment: 'dev', secretPath: '/api' }
    await client.secrets.create.mutate({ ...api, key: 'DATABASE_URL', value: `${CANARY}-1` })
    await client.secrets.update.mutate({ ...api, key: 'DATABASE_URL', value: `${CANARY}-2` })
    await client.secrets.create.mutate({
      ...api,
      environment: 'staging',
      secretPath: '/',
      key: 'LOG_LEVEL',
      value: CANARY,
    })
    await visit(page, `/p/${project.id}/secrets/dev`)
  })
  afterAll(() => {
    if (!screens) return
    expect(screens.violations).toEqual([])
    expect(screens.tooWide).toEqual([])
  })

  it('says in words who did what, and leads there', TIMEOUT, async () => {
    await go('Activity')
    await see(entry(/changed DATABASE_URL in dev:\/api$/))
    await see(entry(/created the project Checkout$/))
    await button(`Details of entry ${await newest()}`).click()
    await see(page.getByText('"environment": "staging"'))
    await screens.look('activity')
    await page.reload()
    await see(page.getByText('"environment": "staging"'))
    await entry(/changed DATABASE_URL/)
      .getByRole('link', { name: 'DATABASE_URL' })
      .click()
    await see(page.getByRole('row', { name: 'DATABASE_URL', exact: true }))
    await page.goBack()
    await see(entry(/changed DATABASE_URL/))
  })
  const newest = async (): Promise<number> => {
    const { entries } = await client.audit.project.query({ projectId: api.projectId, limit: 1 })
    return entries[0]?.seq ?? 0
  }

  it('is narrowed by who, what, where, when and any text, in an address that can be shared', TIMEOUT, async () => {
    await page.getByLabel('Filter by what').selectOption('secrets')
    await gone(entry(/created the project/))
    await page.getByLabel('Filter by environment').selectOption('dev')
    await gone(entry(/LOG_LEVEL/))
    expect(await entries().count()).toBe(2)
    await page.getByLabel('Filter by when').selectOption('hour')
    await page.getByLabel('Search activity').fill('database')
    await expect.poll(() => param('q')).toBe('database')
    await page.reload()
    await see(entry(/changed DATABASE_URL/))
    expect(await entries().count()).toBe(2)
    await page.getByLabel('Filter by what').selectOption({ label: 'Secret changed' })
    await expect.poll(() => entries().count()).toBe(1)
    await page.getByLabel('Search activity').fill('nobody has this')
    await see(page.getByRole('heading', { name: 'No entry matches these filters' }))
    await screens.look('activity-nothing-matches')
    await button('Clear filters').first().click()
    await see(entry(/created the project/))
    expect(new URL(page.url()).search).toBe('')

    await client.secrets.delete.mutate({ ...api, environment: 'staging', secretPath: '/', key: 'LOG_LEVEL' })
    await see(entry(/deleted LOG_LEVEL in staging:\/$/))
    await page
      .getByTitle(/^Only what/)
      .first()
      .click()
    await expect.poll(() => param('actor')).not.toBeNull()
    await see(entry(/deleted LOG_LEVEL/))
    await button('Clear filters').click()
  })

  it('loads more for as long as one scrolls, and is exported whole', TIMEOUT, async () => {
    await Promise.all(Array.from({ length: READINGS }, () => client.secrets.get.query({ ...api, key: 'DATABASE_URL' })))
    await page.reload()
    await see(entry(/created the project Checkout$/))
    expect(await entry(/read the value/).count()).toBe(0)
    await page.getByLabel('Filter by what').selectOption('all')
    await see(entry(/read the value of DATABASE_URL in dev:\/api$/).first())
    expect(await entry(/created the project/).count()).toBe(0)
    await expect
      .poll(async () => {
        await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
        return entry(/created the project Checkout$/).count()
      }, LIMIT)
      .toBe(1)
    // Only what is near the screen is drawn.
    expect(await entries().count()).toBeLessThan(READINGS)
    await see(page.getByText('End of log'))
    await client.tags.create.mutate({ projectId: api.projectId, slug: 'later', name: 'Later' })
    await page.getByRole('status').getByRole('button', { name: 'Show newer entries' }).click()
    await see(entry(/created the tag Later$/))

    const exported = async (): Promise<{ action: string }[]> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export' }).click(),
      ])
      const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line))
    }
    const whole = await exported()
    expect(whole.length).toBeGreaterThan(READINGS + 5)
    expect(JSON.stringify(whole)).not.toContain(CANARY)
    await page.evaluate('scrollTo(0, 0)')
    await page.getByLabel('Filter by what').selectOption('secrets')
    await see(entry(/deleted LOG_LEVEL/))
    await expect.poll(() => entries().count()).toBe(4)
    expect((await exported()).map(({ action }) => action)).toEqual([
      'secret.delete',
      'secret.create',
      'secret.update',
      'secret.create',
    ])
  })

  it('can be proven to be whole', TIMEOUT, async () => {
    await button('Verify log').click()
    await see(page.getByText(/^Log verified up to entry \d+$/))
    await screens.look('activity-verified')
    await page.getByLabel('Filter by what').selectOption('all')
    await page.getByLabel('Filter by scope').selectOption('instance')
    await see(entry(/read the value of DATABASE_URL/).first())
  })

  it('has alerts sent by webhook, whose secret is shown once', TIMEOUT, async () => {
    const hook = await receiveWebhooks()
    await go('Alerts')
    await see(page.getByRole('heading', { name: 'No alert recipients' }))
    await see(page.getByLabel('Webhook URL'))
    await screens.look('alerts-empty')
    // A test arrives before anything is stored; PagerDuty needs a key.
    await page.getByLabel('Webhook URL').fill(hook.url)
    await button('Send a test').click()
    await see(page.getByRole('status').filter({ hasText: 'Test delivered.' }))
    expect(JSON.parse(hook.got.pop()?.text ?? '{}')).toMatchObject({ text: 'Test: alerts arrive here' })
    await page.getByRole('radio', { name: 'PagerDuty' }).click()
    await button('Send a test').click()
    await see(alert('Enter the integration key'))
    await screens.look('alerts-pagerduty')
    // It stays for the next kind.
    await page.getByLabel('Recipient name').fill('Night shift')
    await page.getByRole('radio', { name: 'Webhook' }).click()
    await button('Add webhook').click()
    await see(page.getByText('Address is required'))
    await page.getByLabel('URL', { exact: true }).fill('nonsense')
    all().seen.expectRefusal('notifications.create')
    await button('Add webhook').click()
    await see(alert('URL'))
    await page.getByLabel('URL', { exact: true }).fill(hook.url)
    await page.getByLabel('For the syncs of').selectOption('every')
    await button('Add webhook').click()
    const secret = (await page.getByLabel('Signing secret', { exact: true }).textContent()) ?? ''
    all().seen.keepSecret(secret, 's3cret-path')
    await screens.look('alerts-secret')
    await button('Done').click()
    expect(await isInDocument(page, secret)).toBe(false)
    expect(await isInDocument(page, 's3cret-path')).toBe(false)

    const shown = 'Night shift'
    await see(page.getByRole('heading', { name: shown }))
    await see(page.getByText(`${new URL(hook.url).origin}/…`))
    await see(page.getByText('Nothing sent yet'))
    await button(`Send a test to ${shown}`).click()
    await see(page.getByText('Delivers', { exact: true }))
    const [sent] = hook.got
    const text = sent?.text ?? '{}'
    expect(JSON.parse(text)).toMatchObject({ type: 'test' })
    const [, seconds, mac] = /^t=(\d+),v1=(\w+)$/.exec(String(sent?.headers['x-keyferry-signature'])) ?? []
    expect(mac).toBe(createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex'))

    hook.answer = 503
    await button(`Send a test to ${shown}`).click()
    await see(alert('answered 503'))
    await screens.look('alerts')

    await page.getByRole('radio', { name: 'Email' }).click()
    await page.getByLabel('Email address').fill('oncall@example.com')
    all().seen.expectRefusal('notifications.create')
    await button('Add email address').click()
    await see(alert('SMTP_URL'))
    await screens.keep('alerts-refused')
    await button(`Remove ${shown}`).click()
    await see(dialog().getByRole('button', { name: 'Remove recipient' }))
    await screens.keep('alert-remove')
    await dialog().getByRole('button', { name: 'Remove recipient' }).click()
    await see(page.getByRole('heading', { name: 'No alert recipients' }))
    // What is typed for the next one is not lost by a wrong click.
    await go('Activity')
    await dialog().getByRole('button', { name: 'Stay on this page' }).click()
    expect(await page.getByLabel('Email address').inputValue()).toBe('oncall@example.com')
    await go('Activity')
    await dialog().getByRole('button', { name: 'Discard and leave' }).click()
    await page.getByLabel('Filter by scope').selectOption('instance')
    await see(entry(/removed the alert recipient http:\/\/127\.0\.0\.1:\d+\/…$/))

    // What one person wants to hear of.
    await visit(page, '/account')
    await see(page.getByText('Email isn’t set up on this server'))
    await page.getByLabel('Drifted').selectOption('Off')
    await see(page.getByText('Saved.'))
    await screens.look('account-notifications')
    await page.getByLabel('Time zone').click()
    await page.keyboard.type('Tokyo')
    await page.keyboard.press('Enter')
    await see(page.getByText(/^It is \d+ \w+ \d{4}, \d\d:\d\d:\d\d GMT\+9\.$/))
    await page.getByLabel('Table density').selectOption('Comfortable')
    await page.getByLabel('Your name').fill('Ana Lovelace')
    await button('Save name').click()
    await see(page.getByText('Ana Lovelace, '))
    // Not in this browser only.
    await page.evaluate('localStorage.clear()')
    await page.reload()
    await expect.poll(() => page.getByLabel('Drifted').inputValue()).toBe('none')
    await expect.poll(() => page.evaluate('document.documentElement.dataset.density')).toBe('comfortable')
    expect(await page.locator('time').first().getAttribute('title')).toContain('GMT+9')
  })

  it('is kept from who is no admin, with the reason', TIMEOUT, async () => {
    const { link } = await client.members.invite.mutate({
      projectId: api.projectId,
      email: 'vera@example.com',
      role: 'developer',
    })
    const token = new URL(link ?? '').searchParams.get('token') ?? ''
    const password = 'vera has a sentence too'
    all().seen.keepSecret(password)
    await createKeyferryClient({ url: all().url }).people.accept.mutate({ token, name: 'Vera', password })
    await all().context.clearCookies()
    all().seen.expectRefusal('instance.me')
    await page.goto('/')
    await signIn(page, { email: 'vera@example.com', password })
    await see(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Secrets' }))
    for (const name of ['Activity', 'Alerts']) expect(await page.getByRole('link', { name }).count()).toBe(0)
    await visit(page, `/p/${api.projectId}/activity`)
    await see(page.getByText('Only admins of the whole project see its activity'))
    await visit(page, `/p/${api.projectId}/alerts`)
    await see(page.getByText('Only instance admins can manage alerts'))
    await screens.keep('alerts-closed')
  })
})
