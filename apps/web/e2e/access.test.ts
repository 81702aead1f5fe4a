/**
 * People, through the console: two browsers, of an admin and of somebody she invites. Each test continues
 * where the one before it ended.
 */
import type { KeyferryClient } from '@keyferry/client'
import type { Account } from '@keyferry/server/demo/setup'
import { totp } from '@keyferry/vitest/totp'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, setUpByApi, anotherWindow, oneConsole, signIn } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'
import { ELSEWHERE, type Window } from './windows.ts'

const CANARY = 'canary-of-people'
const VERA = { email: 'vera@example.com', password: 'vera has a sentence too' }
const LIMIT = { timeout: 60_000 }
/** Of one test: most look at several screens. */
const TIMEOUT = { timeout: 300_000 }

describe.skipIf(whyNoBrowser !== null)(suiteName('access'), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let account: Account
  let client: KeyferryClient
  let projectId: string
  let screens: Screens
  /** The invited person's own browser. */
  let hers: Window & { screens: Screens }
  const admin = pageObject(() => page)
  const vera = pageObject(() => hers.page)
  const at = (path: string): string => `/p/${projectId}${path}`
  const pathOf = (link: string): string => link.slice(new URL(link).origin.length)
  const heading = (on: Page, name: string | RegExp): Promise<void> => see(on.getByRole('heading', { name }).first())

  /** A secret that is shown once, on the open page. */
  const shownOnce = async (on: Page, label: string): Promise<string> =>
    (await on.getByLabel(label, { exact: true }).textContent()) ?? ''
  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens-access')
    const other = await anotherWindow(all())
    hers = { ...other, screens: await openScreens(other.page, 'screens-invited') }
    for (const seen of [all().seen, hers.seen]) seen.keepSecret(CANARY, VERA.password)
  })
  afterAll(() => hers.close())

  it('starts with nobody but the admin', TIMEOUT, async () => {
    ;({ account, client } = await setUpByApi(all()))
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    projectId = project.id
    await client.secrets.create.mutate({
      projectId,
      environment: 'dev',
      secretPath: '/',
      key: 'DATABASE_URL',
      value: CANARY,
    })
    await visit(page, at('/secrets/dev'))
    await admin.go('Access')
    await see(admin.row(account.email).getByText('You'))
    await see(admin.row(account.email).getByText('All projects'))
    await screens.look('members-empty')
    await admin.tab('Machines').click()
    await heading(page, 'No machines yet')
    expect(page.url()).toContain('tab=machines')
  })

  let link = ''
  it('invites somebody who has no account, with a link that is shown once', TIMEOUT, async () => {
    await visit(page, at('/access?open=add'))
    const add = admin.dialog().getByRole('button', { name: 'Add person' })
    await add.click()
    await see(page.getByText('Enter an email address'))
    await page.getByLabel('Email').fill('Vera@Example.com')
    await page.getByRole('radio', { name: 'Viewer' }).click()
    await page.getByRole('switch', { name: 'Only some environments and paths' }).click()
    await page.getByLabel('Path 1').fill('api')
    await add.click()
    await see(page.getByText('Path must look like'))
    await screens.look('add-person')
    await page.getByRole('switch', { name: 'Only some environments and paths' }).click()
    await add.click()
    link = await shownOnce(page, 'invitation link')
    expect(link).toContain('/accept-invitation?token=')
    await screens.look('invitation-link')
    await admin.button('Done').click()
    await see(page.getByRole('list', { name: 'Open invitations' }).getByText(VERA.email))

    await admin.button(`New link for ${VERA.email}`).click()
    const newer = await shownOnce(page, 'invitation link')
    expect(newer).not.toBe(link)
    // Nobody is signed in there, which is how the page finds out.
    hers.seen.expectRefusal('people.openInvitation')
    hers.seen.expectRefusal('instance.me')
    await hers.page.goto(link)
    await heading(hers.page, 'This invitation doesn’t work')
    await hers.screens.look('invitation-dead')
    link = newer
    await admin.button('Done').click()
  })

  it('lets the invited make an account, and shows a viewer no value', TIMEOUT, async () => {
    hers.seen.expectRefusal('instance.me')
    await hers.page.goto(link)
    await heading(hers.page, 'You are invited to Checkout')
    await vera.button('Create account and accept').click()
    await see(hers.page.getByText('Name must not be empty'))
    await hers.screens.look('invitation')
    const toTheInstance = await client.people.invite.mutate({ email: VERA.email })
    await hers.page.getByLabel('Your name').fill('Vera')
    await hers.page.keyboard.press('Tab')
    await hers.page.keyboard.type(VERA.password)
    await hers.page.keyboard.press('Enter')
    await hers.page.waitForURL(/\/p\//)

    // With an account, and signed in as its owner, there is nothing to choose any more.
    await visit(hers.page, pathOf(toTheInstance.link ?? ''))
    await vera.button('Accept invitation').click()
    await hers.page.waitForURL(/\/p\//)
    expect(await client.people.invitations.query()).toEqual([])

    await vera.go('Secrets')
    await see(vera.row('DATABASE_URL'))
    expect(await isInDocument(hers.page, CANARY)).toBe(false)
    await vera.go('Access')
    await see(hers.page.getByText('Only project admins can see this'))
    await see(hers.page.getByText('No values.'))
    await hers.screens.look('not-yours')
    await page.goto(at('/access'))
    await see(admin.row(VERA.email))
    await gone(page.getByRole('list', { name: 'Open invitations' }))
  })

  it('narrows a member to places, and holds them to it at once', TIMEOUT, async () => {
    const read = async (): Promise<number> => {
      const answer = await hers.context.request.get(
        `/api/v3/secrets/raw/DATABASE_URL?workspaceId=${projectId}&environment=dev&secretPath=/`,
      )
      return answer.status()
    }
    expect(await read()).toBe(200)
    await admin.button('Change Vera').click()
    await page.getByRole('radio', { name: 'Developer' }).click()
    await page.getByRole('switch', { name: 'Only some environments and paths' }).click()
    await page.getByLabel('Environment 1').selectOption('staging')
    await admin.button('Save').click()
    await see(admin.row(VERA.email).getByText('staging').last())
    await screens.look('members')
    await expect.poll(read, LIMIT).toBe(403)
    await hers.page.goto(at('/access'))
    await see(hers.page.getByText('staging').last())
  })

  let recovery = ''
  it('asks for a second factor once it is set up', TIMEOUT, async () => {
    await vera.button(VERA.email).click()
    await hers.page.getByRole('menuitem', { name: 'Your account' }).click()
    await heading(hers.page, 'Two-factor authentication')
    await see(hers.page.getByText('This device', { exact: true }))
    await hers.screens.look('account')
    await vera.button('Set up two-factor authentication').click()
    await hers.page.getByLabel('Confirm your password').fill(VERA.password)
    await hers.screens.keep('second-factor-password')
    await vera.button('Continue').click()
    await see(hers.page.getByRole('img', { name: 'QR code for the authenticator app' }))
    const secret = await shownOnce(hers.page, 'Secret')
    hers.seen.keepSecret(secret)
    hers.seen.expectRefusal('/two-factor/verify-totp')
    await hers.page.getByLabel('Six-digit code').fill('000000')
    await vera.button('Turn on').click()
    await see(vera.alert('wrong or expired'))
    await hers.screens.look('second-factor-setup')
    await hers.page.getByLabel('Six-digit code').fill(totp(secret))
    await vera.button('Turn on').click()
    const shown = hers.page.getByRole('list', { name: 'Recovery codes' })
    await see(shown)
    const codes = await shown.getByRole('listitem').allTextContents()
    expect(codes.length).toBeGreaterThanOrEqual(8)
    hers.seen.keepSecret(...codes)
    await hers.screens.look('recovery-codes')
    await vera.button('Done').click()
    await see(vera.button('Turn off'))

    const signOut = async (): Promise<void> => {
      await vera.button(VERA.email).click()
      await hers.page.getByRole('menuitem', { name: 'Sign out' }).click()
      await heading(hers.page, 'Sign in')
    }
    await signOut()
    await visit(hers.page, '/sign-in?next=/account')
    await signIn(hers.page, VERA)
    await heading(hers.page, 'Two-factor authentication')
    await hers.screens.look('second-step')
    await hers.page.reload()
    // Each code is good for one use; the server also takes the next one.
    await hers.page.getByLabel('Six-digit code').fill(totp(secret, 1))
    await vera.button('Sign in').click()
    await heading(hers.page, 'Your account')

    await signOut()
    await signIn(hers.page, VERA)
    await vera.button('Use a recovery code').click()
    await hers.screens.keep('recovery-code')
    recovery = codes[1] ?? ''
    await hers.page.getByLabel('Recovery code').fill(codes[0] ?? '')
    await vera.button('Sign in').click()
    await heading(hers.page, 'Checkout')
  })

  it('lists sessions and ends them, switches the second factor off, and changes the password', TIMEOUT, async () => {
    const third = await anotherWindow(all())
    await visit(hers.page, '/account')
    await vera.button('Turn off').click()
    await hers.page.getByLabel('Confirm your password').fill(VERA.password)
    await hers.page.getByLabel('Code from your authenticator app, or a recovery code').fill(recovery)
    await vera.button('Turn off').click()
    await see(vera.button('Set up two-factor authentication'))

    await third.page.goto('/sign-in')
    await signIn(third.page, VERA)
    await heading(third.page, 'Checkout')
    await hers.page.reload()
    const sessions = hers.page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
    await expect.poll(() => sessions.count(), LIMIT).toBe(2)
    await hers.screens.keep('account-sessions')
    await vera.button('Sign out 1 other').click()
    await expect.poll(() => sessions.count(), LIMIT).toBe(1)
    await third.page.goto('/account')
    await heading(third.page, 'Sign in')
    await third.close()

    hers.seen.expectRefusal('/change-password')
    await vera.button('Change password').click()
    await hers.page.getByLabel('Current password').fill('not my password')
    const next = `${VERA.password}, and another`
    hers.seen.keepSecret(next)
    await hers.page.getByLabel('New password').fill(next)
    await vera.button('Change password').click()
    await see(vera.alert('Wrong password'))
    await hers.screens.keep('password-refused')
    await hers.page.getByLabel('Current password').fill(VERA.password)
    await vera.button('Change password').click()
    await see(hers.page.getByText('Password changed.'))
  })

  it(
    'lets a person only set up a second factor where one is required, and shows and ends their sessions',
    TIMEOUT,
    async () => {
      const third = await anotherWindow(all())
      const her = pageObject(() => third.page)
      third.seen.keepSecret(`${VERA.password}, and another`)
      // Nobody here has one, so no other page may ask for anything meanwhile.
      for (const each of [page, hers.page]) await each.goto(ELSEWHERE)
      await client.instance.updateSignInPolicy.mutate({ requireSecondFactor: 'everybody' })
      await third.page.goto('/sign-in')
      await signIn(third.page, { ...VERA, password: `${VERA.password}, and another` })
      await heading(third.page, 'Set up two-factor authentication')
      const looks = await openScreens(third.page, 'screens-factor-required')
      await looks.look('factor-required')
      await her.button('Set up two-factor authentication').click()
      await third.page.getByLabel('Confirm your password').fill(`${VERA.password}, and another`)
      await her.button('Continue').click()
      const secret = await shownOnce(third.page, 'Secret')
      third.seen.keepSecret(secret)
      await third.page.getByLabel('Six-digit code').fill(totp(secret))
      await her.button('Turn on').click()
      await her.button('Done').click()
      await her.button('Continue').click()
      await heading(third.page, 'Checkout')
      await client.instance.updateSignInPolicy.mutate({ requireSecondFactor: 'nobody' })

      await visit(page, at('/access?tab=instance'))
      await admin.button(`More for ${VERA.email}`).click()
      await see(page.getByRole('menuitem', { name: 'Sessions' }))
      await screens.keep('person-menu')
      await page.getByRole('menuitem', { name: 'Sessions' }).click()
      await expect.poll(() => admin.dialog().getByRole('listitem').count(), LIMIT).toBeGreaterThan(0)
      await screens.look('sessions')
      await admin.dialog().getByRole('button', { name: 'Sign out everywhere' }).click()
      await gone(admin.dialog())
      await admin.button(`More for ${VERA.email}`).click()
      await page.getByRole('menuitem', { name: 'Turn off two-factor authentication' }).click()
      await screens.keep('second-factor-turn-off')
      await admin.dialog().getByRole('button', { name: 'Turn off' }).click()
      await gone(admin.dialog())
      await third.page.goto('/account')
      await heading(third.page, 'Sign in')
      expect([looks.violations, looks.tooWide]).toEqual([[], []])
      await third.close()
    },
  )

  it('sets a forgotten password by a link that an instance admin makes', TIMEOUT, async () => {
    await visit(page, at('/access?tab=instance'))
    await see(admin.row(VERA.email))
    await screens.look('instance')
    await admin.button(`More for ${VERA.email}`).click()
    await page.getByRole('menuitem', { name: 'Create password link' }).click()
    const reset = await shownOnce(page, 'password link')
    await screens.keep('password-link')
    await admin.button('Done').click()

    await hers.context.clearCookies()
    await hers.page.goto('/sign-in')
    await hers.page.getByRole('link', { name: 'Forgot your password?' }).click()
    await see(hers.page.getByText('Ask an admin for a reset link'))
    await hers.screens.look('forgot-password')
    await visit(hers.page, pathOf(reset))
    await heading(hers.page, 'Choose a new password')
    await hers.page.getByLabel('New password').fill('short')
    await vera.button('Set password').click()
    await see(hers.page.getByText('at least 10 characters').last())
    await hers.screens.look('reset-password')
    await hers.page.getByLabel('New password').fill(VERA.password)
    await vera.button('Set password').click()
    await heading(hers.page, 'Your new password is set')
    await hers.screens.keep('password-set')
    await hers.page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(hers.page, VERA)
    await heading(hers.page, 'Checkout')
  })

  it('removes a member, makes somebody an instance admin, and never takes the last one', TIMEOUT, async () => {
    hers.seen.mayBeRefused('projects.get')
    await visit(page, at('/access'))
    await admin.button('Remove Vera').click()
    await screens.keep('member-remove')
    await admin.dialog().getByRole('button', { name: 'Remove Vera' }).click()
    await gone(admin.dialog())
    await gone(admin.row(VERA.email))
    // Her page says so at once.
    await heading(hers.page, 'Project not found')

    await admin.tab('Instance').click()
    all().seen.expectRefusal('people.update')
    await admin.button(`More for ${account.email}`).click()
    await page.getByRole('menuitem', { name: 'Remove instance admin' }).click()
    await admin.button('Remove as admin').click()
    await see(admin.alert('only instance admin'))
    await screens.keep('last-admin')
    await admin.button('Cancel').click()
    await admin.button(`More for ${VERA.email}`).click()
    await page.getByRole('menuitem', { name: 'Make instance admin' }).click()
    await see(admin.button('Make instance admin'))
    await screens.keep('make-admin')
    await admin.button('Make instance admin').click()
    await see(admin.row(VERA.email).getByText('Instance admin').last())
    await hers.page.goto(at('/access'))
    await see(hers.page.getByRole('tab', { name: 'Instance' }))
  })

  it('shows what belongs to the invited to nobody, and fails at nothing', TIMEOUT, async () => {
    expect(hers.seen.problems()).toEqual([])
    expect(await hers.seen.leaks()).toEqual([])
  })

  it('has nothing that axe objects to, and fits a phone', () => {
    expect([...screens.violations, ...hers.screens.violations]).toEqual([])
    expect([...screens.tooWide, ...hers.screens.tooWide]).toEqual([])
  })
})
