/** API keys and machines, through the console of an instance admin, and what somebody else sees of them. */
import { generateKeyPairSync } from 'node:crypto'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { setUpByApi, anotherWindow, signInByApi, oneConsole } from './console.ts'
import { gone, pageObject, see } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'
import type { Window } from './windows.ts'

const CANARY = 'canary-of-machines'
const VERA = { email: 'vera@example.com', password: 'vera has a sentence too' }
const LIMIT = { timeout: 60_000 }

describe.skipIf(whyNoBrowser !== null)(suiteName('machines'), { timeout: 300_000 }, () => {
  const all = oneConsole()
  let page: Page
  let client: KeyferryClient
  let projectId: string
  let screens: Screens
  /** Of a viewer of the project. */
  let theirs: Window
  const admin = pageObject(() => page)
  const at = (path: string): string => `/p/${projectId}${path}`
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name }).first())
  /** A secret that is shown once, on the open page. */
  const shownOnce = async (label: string): Promise<string> =>
    (await page.getByLabel(label, { exact: true }).textContent()) ?? ''
  const rest = (path: string, token: string) =>
    fetch(`${all().url}${path}`, { headers: { authorization: `Bearer ${token}` } })

  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens-machines')
    all().seen.keepSecret(CANARY, VERA.password)
    client = (await setUpByApi(all())).client
    projectId = (await client.projects.create.mutate({ name: 'Checkout' })).id
    const secret = { projectId, environment: 'dev', secretPath: '/', key: 'DATABASE_URL', value: CANARY }
    await client.secrets.create.mutate(secret)
    const { link } = await client.members.invite.mutate({ projectId, email: VERA.email, role: 'viewer' })
    const token = new URL(link ?? '').searchParams.get('token') ?? ''
    await createKeyferryClient({ url: all().url }).people.accept.mutate({
      token,
      name: 'Vera',
      password: VERA.password,
    })
    theirs = await anotherWindow(all())
    theirs.seen.keepSecret(CANARY, VERA.password)
    await signInByApi(theirs.context, VERA)
  }, 300_000)
  afterAll(async () => {
    if (!theirs) return
    expect(theirs.seen.problems()).toEqual([])
    expect(await theirs.seen.leaks()).toEqual([])
    expect(screens.violations).toEqual([])
    expect(screens.tooWide).toEqual([])
    await theirs.close()
  })

  it('narrows a long list of machines to what is typed', async () => {
    const name = (index: number): string => `runner-${String(index).padStart(2, '0')}`
    const ids = await Promise.all(
      Array.from({ length: 11 }, async (_, index) => {
        const { id } = await client.identities.create.mutate({ name: name(index), role: 'no-access' })
        await client.members.addIdentity.mutate({ projectId, identityId: id, role: 'viewer' })
        return id
      }),
    )
    await page.goto(at('/access?tab=machines&q=runner-1'))
    await see(page.getByText('1 of 11', { exact: true }))
    await page.getByLabel('Search machines').fill('')
    await see(page.getByText('11 machines.'))
    // Added and deleted elsewhere.
    const { id: passing } = await client.identities.create.mutate({ name: 'passing', role: 'no-access' })
    await client.members.addIdentity.mutate({ projectId, identityId: passing, role: 'viewer' })
    await see(page.getByText('12 machines.'))
    await client.identities.delete.mutate({ identityId: passing })
    await see(page.getByText('11 machines.'))
    await see(admin.row(name(3)))
    await screens.keep('machines')
    await page.getByLabel('Search machines').fill('nobody')
    await see(page.getByText('Nothing matches “nobody”.'))
    await screens.keep('machines-no-match')
    await Promise.all(ids.map((identityId) => client.identities.delete.mutate({ identityId })))
  })

  it('makes an API key that works at the REST API until it is revoked', async () => {
    const path = `/api/v3/secrets/raw/DATABASE_URL?workspaceId=${projectId}&environment=dev&secretPath=/`
    const billing = await client.projects.create.mutate({ name: 'Billing' })
    await page.goto(at('/access?tab=keys'))
    await see(page.getByText('A bootstrap token is still active'))
    await admin.button('Create API key').click()
    await page.getByLabel('Name').fill('nightly report')
    await page.getByLabel('Expires after').selectOption('30')
    await page.getByRole('radio', { name: 'Developer' }).click()
    await page.getByLabel('Another project').selectOption('Billing')
    const there = page.getByRole('group', { name: 'Billing' })
    await there.getByRole('radio', { name: 'Viewer' }).click()
    await screens.look('new-api-key')
    await admin.button('Create API key').last().click()
    const key = await shownOnce('API key')
    await screens.keep('api-key-created')
    all().seen.keepSecret(key)
    await admin.button('Done').click()
    expect(await isInDocument(page, key)).toBe(false)
    const answer = await rest(path, key)
    expect(await answer.json()).toMatchObject({ secret: { secretValue: CANARY } })
    expect((await rest(`/api/v1/projects/${billing.id}`, key)).status).toBe(200)
    await see(admin.row('nightly report').getByText('and 1 other project').last())
    await page.reload()
    await see(
      admin
        .row('nightly report')
        .getByText(/^just now$| ago$/)
        .last(),
    )
    await screens.look('api-keys')
    await admin.button('Revoke nightly report').click()
    await see(admin.button('Revoke API key'))
    await screens.keep('api-key-revoke')
    await admin.button('Revoke API key').click()
    // What lies under a dialog is not there for roles.
    await gone(admin.dialog())
    await gone(admin.row('nightly report'))
    expect((await rest(path, key)).status).toBe(401)
    await client.projects.delete.mutate({ projectId: billing.id })
  })

  it('makes a machine, gives it a secret, shows that it is locked out, and ends it', async () => {
    await page.goto(at('/access?tab=machines'))
    await admin.button('Add machine').click()
    await page.getByLabel('Name').fill('deploy-pipeline')
    await page.goBack()
    await admin.button('Stay on this page').click()
    await page.getByRole('radio', { name: 'Developer' }).click()
    await screens.look('add-machine')
    // On a phone, what is said about it does not cover the title.
    await page.setViewportSize({ width: 390, height: 844 })
    await admin.button('Add machine').last().click()
    await heading('deploy-pipeline')
    const topOf = async (what: Locator) => (await what.boundingBox())?.y ?? 0
    const said = page.getByRole('listitem').filter({ hasText: 'Added deploy-pipeline' })
    expect(await topOf(said)).toBeGreaterThan(await topOf(page.getByText('No client secrets')))
    await screens.keep('toast-on-phone')
    await page.setViewportSize({ width: 1280, height: 800 })
    await see(page.getByText('No client secrets, so it can’t sign in'))
    await screens.keep('machine-new')
    await admin.button('Create client secret').click()
    await page.getByLabel('Description').fill('in the pipeline')
    await page.getByLabel('Sign-ins').fill('5')
    await admin.button('Create client secret').last().click()
    const clientSecret = await shownOnce('client secret')
    await screens.keep('client-secret')
    all().seen.keepSecret(clientSecret)
    await admin.button('Done').click()
    await see(admin.row('in the pipeline').getByText('0 of 5'))

    const [machine] = await client.identities.list.query()
    const { clientId } = await client.universalAuth.get.query({ identityId: machine?.id ?? '' })
    await see(page.getByText(clientId))
    const login = async (secret: string): Promise<Response> =>
      fetch(`${all().url}/api/v1/auth/universal-auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ clientId, clientSecret: secret }),
      })
    const guess = async (): Promise<void> => {
      for (let wrong = 0; wrong < 3; wrong++) expect((await login('wrong')).ok).toBe(false)
    }
    // The lock-out is off until an admin switches it on.
    await guess()
    expect((await login(clientSecret)).status).toBe(200)
    await admin.button('Change tokens and lockout').click()
    await page.getByLabel('Token lifetime', { exact: true }).fill('2')
    await screens.keep('machine-tokens')
    await page.getByLabel('Token lifetime, unit').selectOption('hours')
    await page.getByRole('switch', { name: 'Lock sign-in after wrong secrets' }).click()
    await admin.button('Save tokens and lockout').click()
    await expect
      .poll(async () => await client.universalAuth.get.query({ identityId: machine?.id ?? '' }), LIMIT)
      .toMatchObject({ accessTokenTTL: 7200, lockoutEnabled: true })
    await guess()
    expect((await login(clientSecret)).ok).toBe(false)
    await page.reload()
    await see(page.getByText('Locked after wrong client secrets'))
    await see(admin.row('in the pipeline').getByText('1 of 5'))

    await admin.button('Set up').click()
    await page.getByLabel('Claims').fill('')
    await admin.button('Set up OIDC auth').click()
    await see(page.getByText('Name a subject or a claim'))
    await screens.keep('machine-oidc')
    await page.getByLabel('Claims').fill('repository = acme/shop\nref = refs/heads/*')
    await admin.button('Set up OIDC auth').click()
    await see(page.getByText('ref = refs/heads/*'))
    await admin.button('Change OIDC auth').click()
    await page.getByLabel('Audience').fill('keyferry')
    await page.getByLabel('Uses of one token').fill('3')
    await admin.button('Save OIDC auth').click()
    await expect
      .poll(() => client.oidcAuth.get.query({ identityId: machine?.id ?? '' }), LIMIT)
      .toMatchObject({
        oidcDiscoveryUrl: 'https://token.actions.githubusercontent.com',
        boundAudiences: 'keyferry',
        boundClaims: { repository: 'acme/shop', ref: 'refs/heads/*' },
        accessTokenNumUsesLimit: 3,
      })
    await screens.look('machine')
    await admin.button('Remove OIDC auth').click()
    await see(admin.dialog().getByRole('button', { name: 'Remove OIDC auth' }))
    await screens.keep('oidc-remove')
    await admin.dialog().getByRole('button', { name: 'Remove OIDC auth' }).click()
    await expect
      .poll(async () => (await client.identities.list.query())[0]?.authMethods, LIMIT)
      .toEqual(['universal-auth'])

    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await admin.button('Set up').click()
    await page.getByLabel('Platform').selectOption('A Kubernetes cluster')
    await page.getByLabel('Namespaces').fill('shop')
    await page.getByLabel('Audience').fill('keyferry')
    await page.getByLabel('Tokens are verified').selectOption('With the cluster’s keys')
    await page.getByLabel('Issuer').fill('https://kubernetes.default.svc')
    await page.getByLabel('Cluster keys').fill(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }))
    await admin.button('Set up Kubernetes auth').click()
    await see(page.getByText('With the cluster’s keys'))
    expect(await client.kubernetesAuth.get.query({ identityId: machine?.id ?? '' })).toMatchObject({
      tokenReviewMode: 'jwks',
      clusterIssuer: 'https://kubernetes.default.svc',
      kubernetesHost: null,
    })

    await admin.button('Revoke in the pipeline').click()
    await see(admin.button('Revoke client secret'))
    await screens.keep('client-secret-revoke')
    await admin.button('Revoke client secret').click()
    await see(admin.row('in the pipeline').getByText('Revoked'))
    await theirs.page.goto(page.url())
    await see(theirs.page.getByText('Only instance admins can see and change how a machine signs in'))
    await page.getByRole('link', { name: 'Access', exact: true }).first().click()
    await admin.tab('Machines').click()
    await see(admin.row('deploy-pipeline'))
    await page.getByRole('link', { name: 'deploy-pipeline' }).click()
    await admin.button('Delete machine').click()
    await page.getByLabel('Type deploy-pipeline').fill('deploy-pipeline')
    await screens.keep('machine-delete')
    await admin.button('Delete machine').last().click()
    await heading('No machines yet')
    expect(await client.identities.list.query()).toEqual([])
  })
})
