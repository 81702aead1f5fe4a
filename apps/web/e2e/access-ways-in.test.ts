/**
 * An instance that sends mail and knows an OpenID Connect provider: a forgotten password, a passkey, and the
 * organization's own sign-in.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OIDC_CLIENT, startProvider } from '@keyferry/api/testing-oidc'
import { receiveMail } from '@keyferry/core/testing'
import { copyEmptyQueue } from '@keyferry/queue/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bootstrap } from '@keyferry/server/demo/setup'
import { newHome } from '@keyferry/server/testing-cli'
import { environmentOf, startInProcess } from '@keyferry/server/testing'
import { openBrowser, openContext, suiteName, whyNoBrowser } from './chromium.ts'
import { signIn } from './console.ts'
import { pageObject, see } from './page-object.ts'
import { openScreens } from './screens.ts'

const LIMIT = { timeout: 60_000 }

describe.skipIf(whyNoBrowser !== null)(suiteName('the ways in'), () => {
  it('are a link by mail, a passkey, and the organization', { timeout: 300_000 }, async () => {
    const provider = await startProvider()
    const mail = await receiveMail()
    const dataDir = await mkdtemp(join(tmpdir(), 'keyferry-test-'))
    await copyEmptyQueue(join(dataDir, 'queue'))
    const env = {
      ...environmentOf({ dataDir, databaseUrl: null }),
      // Passkeys are bound to a name.
      HOST: 'localhost',
      SMTP_URL: mail.url,
      MAIL_FROM: 'keyferry@example.com',
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: OIDC_CLIENT.clientId,
      OIDC_CLIENT_SECRET: OIDC_CLIENT.clientSecret,
    }
    const [running, browser] = await Promise.all([startInProcess(env), openBrowser()])
    const context = await openContext(browser, { baseURL: running.url })
    onTestFinished(async () => {
      await context.close()
      await running.stop()
      await provider.close()
      await rm(dataDir, { recursive: true, force: true })
    })
    const page = await context.newPage()
    const screens = await openScreens(page, 'screens-ways-in')
    const { button, alert } = pageObject(() => page)
    const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name }))
    const { email } = await bootstrap(running.url)

    await page.goto('/sign-in?next=/account')
    await see(button('Sign in with your organization'))
    await screens.look('sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    // The page before has such a field too.
    await heading('Forgot your password?')
    await page.getByLabel('Email').fill(email)
    await screens.look('forgot-password')
    await button('Send the link').click()
    await see(page.getByText('Check your email'))
    await screens.keep('password-mail-sent')
    await expect.poll(() => mail.got.length, LIMIT).toBe(1)
    // A mail's lines are folded with "=" at their end, and "=" itself is written as "=3D".
    const text = (mail.got[0]?.text ?? '').replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')
    await page.goto(/http\S+reset-password\S+/.exec(text)?.[0] ?? '')
    const password = 'a password from a mail'
    await page.getByLabel('New password').fill(password)
    await button('Set password').click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, { email, password })
    await heading('Create your first project')

    const devices = await page.context().newCDPSession(page)
    await devices.send('WebAuthn.enable')
    await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await page.goto('/account')
    await button('Add a passkey').click()
    await page.getByLabel('Confirm your password').fill(password)
    await button('Continue').click()
    await see(page.getByRole('list', { name: 'Passkeys' }))
    await screens.look('account-passkey')
    await page.context().clearCookies()
    await page.goto('/sign-in?next=/account')
    await button('Sign in with a passkey').click()
    await heading('Your account')
    await page.getByRole('list', { name: 'Passkeys' }).getByRole('button', { name: 'Remove' }).click()
    await page.getByLabel('Confirm your password').fill(password)
    await button('Remove passkey').click()
    await see(button('Set up two-factor authentication'))
    await expect.poll(() => page.getByRole('list', { name: 'Passkeys' }).count(), LIMIT).toBe(0)

    await page.context().clearCookies()
    provider.here = null
    await page.goto('/sign-in?next=/account')
    await button('Sign in with your organization').click()
    await see(alert('or you cancelled it'))
    provider.here = { email: 'stranger@example.com', email_verified: true, name: 'Stranger' }
    await button('Sign in with your organization').click()
    await see(alert('You aren’t invited'))
    await screens.look('sign-in-not-invited')
    provider.here = { email, email_verified: true, name: 'Ana' }
    await button('Sign in with your organization').click()
    await heading('Your account')
    await see(page.getByText('This device', { exact: true }))

    // When nobody can sign in otherwise, the operator makes a link on the command line.
    await page.context().clearCookies()
    const made = await (await newHome(env)).keyferry(['admin', 'sign-in-link', email])
    const { pathname, search } = new URL(made.stdout.trim())
    await page.goto(pathname + search)
    await see(page.getByText('It works once'))
    await screens.look('sign-in-link')
    await button('Sign in').click()
    await heading('Create your first project')
    await page.goto(pathname + search)
    await button('Sign in').click()
    await see(alert('was already used or is older than 15 minutes'))
    await screens.keep('sign-in-link-used')
    expect(screens.violations).toEqual([])
    expect(screens.tooWide).toEqual([])
  })
})
