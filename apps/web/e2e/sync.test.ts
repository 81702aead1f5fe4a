/** A sync's own page, in a real browser, for every destination there is: what it shows, and what can be done there. */
import type { KeyferryClient } from '@keyferry/client'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import { startEmulator as startVault } from '@keyferry/core/emulators/hashicorp-vault'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { settled } from '@keyferry/server/demo'
import { createSync, type Source, type SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, setUpByApi, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'

const LIMIT_MS = 60_000
const LIMIT = { timeout: LIMIT_MS }
/** More than the fuse lets go without a question, of a folder large enough for it. */
const MANY = Array.from({ length: 8 }, (_, index) => `MANY_${index}`)
const CANARY = 'canary'
const names = [...(await representatives()).keys()]
const FIRST = new Map(['ONE', 'TWO', 'THREE', 'FOUR'].map((key) => [key, `${CANARY}-${key}`]))

describe.skipIf(whyNoBrowser !== null)(suiteName("a sync's page"), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let client: KeyferryClient
  let screens: Screens
  const { button, tab, row, dialog, alert, fact, go } = pageObject(() => page)

  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens-sync')
    ;({ client } = await setUpByApi(all()))
    all().seen.keepSecret(CANARY)
  })

  describe.each(names)('%s', (name) => {
    // The page is the same for every vendor, but for what it read there and what the vendor refuses.
    const ofThePage = (title: string, step: () => Promise<void>): void => {
      if (name === names[0]) it(title, step)
    }
    const syncName = `to-${name}`
    let emulator: Emulator
    let source: Source
    let sync: SyncRef
    let home: string

    beforeAll(async () => {
      const started = all().vendors.get(name)
      if (!started) throw new Error(`no emulator of ${name}`)
      emulator = started
      const project = await client.projects.create.mutate({ name: name })
      source = { projectId: project.id, environment: 'dev', secretPath: '/' }
      await createMany([...FIRST])
      sync = await createSync(client, source, name, emulator)
      await atRest()
      home = `/p/${project.id}/syncs/${name}/${sync.syncId}`
      await visit(page, home)
    })

    const createMany = (pairs: readonly (readonly [string, string])[]): Promise<unknown> =>
      client.secrets.createMany.mutate({
        ...source,
        secrets: pairs.map(([key, value]) => ({ key, value })),
      })
    const atRest = (): Promise<void> => settled(client, source.projectId, [sync], LIMIT_MS)
    const reaches = (key: string, value: string | undefined): Promise<void> =>
      expect.poll(() => emulator.contents().get(key), { timeout: LIMIT_MS }).toBe(value)
    const open = async (title: string): Promise<void> => {
      await tab(title).click()
      await see(page.getByRole('tabpanel', { name: title }))
    }

    it('follows a change that is made elsewhere, without a reload', async () => {
      await see(fact(/^In sync/))
      await page.evaluate('window.neverLoadedAgain = true')
      // Held until the change was seen on its way.
      const release = emulator.hold()
      await client.secrets.update.mutate({ ...source, key: 'ONE', value: `${CANARY}-changed` })
      await see(fact(/^Syncing/))
      await see(page.getByRole('progressbar', { name: 'Sync progress' }))
      await screens.keep(`${name}-syncing`)
      release()
      await see(fact(/^In sync/))
      await reaches('ONE', `${CANARY}-changed`)
      expect(await page.evaluate('window.neverLoadedAgain')).toBe(true)
    })

    ofThePage('says where a value has arrived and when the old one can be revoked', async () => {
      await visit(page, `/p/${source.projectId}/secrets/dev`)
      await button('More for ONE').click()
      await page.getByRole('menuitem', { name: 'Delivery' }).click()
      await see(dialog().getByText('The old value can be revoked'))
      const release = emulator.hold()
      await client.secrets.update.mutate({ ...source, key: 'ONE', value: `${CANARY}-again` })
      await see(dialog().getByText('Don’t revoke the old value yet'))
      await screens.keep('delivery-under-way')
      release()
      await see(dialog().getByText('The old value can be revoked'))
      // A dialog takes the pointer from everything beside it, but not from the tooltips of what is in it.
      await dialog().locator('[data-tooltip]').first().hover()
      await page.getByRole('tooltip').click()
      await gone(page.getByRole('tooltip'))
      expect(await dialog().count()).toBe(1)
      await visit(page, home)
    })

    ofThePage('names the secret that blocks it, and leads there', async () => {
      await client.secrets.create.mutate({
        ...source,
        key: 'BROKEN',
        value: ['$', '{NOT_THERE}'].join(''),
      })
      await see(alert('1 secret can’t be resolved').getByText('NOT_THERE'))
      await see(fact(/^Needs attention/))
      await expect.poll(() => page.title(), LIMIT).toMatch(/^\(1\) /)
      const icon = page.locator('link[rel=icon]')
      expect(await icon.getAttribute('href')).toBe('/favicon-trouble.svg')
      await see(page.getByRole('link', { name: 'Syncs 1 need attention' }))
      await go('Overview')
      const waiting = page.getByRole('region', { name: 'Needs attention' })
      await see(waiting.getByRole('note').getByText('NOT_THERE'))
      await see(waiting.getByRole('link', { name: syncName }))
      await see(waiting.getByRole('button', { name: 'Exclude BROKEN' }))
      await screens.keep('overview-blocked')
      await waiting.getByRole('link', { name: 'Open secret BROKEN' }).click()
      await see(page.getByText('1 of 5 secrets'))
      await button('Edit BROKEN').click()
      await page.getByLabel('New value of BROKEN').fill(`${CANARY}-mended`)
      await button('Save').click()
      await gone(page.getByLabel('New value of BROKEN'))
      await see(page.getByText(`${syncName} is back in sync.`))
      expect(await page.title()).not.toMatch(/^\(/)
      expect(await icon.getAttribute('href')).toBe('/favicon.svg')
      await page.goBack()
      await see(page.getByText('Nothing needs your attention'))
      await screens.keep('overview-healthy')
      await visit(page, home)
      await see(fact(/^In sync/))
      await reaches('BROKEN', `${CANARY}-mended`)
    })

    ofThePage('waits for an approval before it deletes a lot', async () => {
      await createMany(MANY.map((key) => [key, `${CANARY}-${key}`]))
      await atRest()
      await client.secrets.deleteMany.mutate({ ...source, secrets: MANY.map((key) => ({ key })) })
      await see(alert('Deleting 8 keys waits for approval'))
      await page.getByRole('button', { name: /^Notifications, \d+ unread$/ }).click()
      await see(
        dialog()
          .getByRole('link', { name: /needs approval/ })
          .getByText('New'),
      )
      await see(
        dialog()
          .getByRole('link', { name: /is in sync again/ })
          .first(),
      )
      await dialog().getByRole('button', { name: 'Close' }).click()
      await see(button('Notifications'))
      expect([...emulator.contents().keys()]).toEqual(expect.arrayContaining(MANY))
      await button('Review the plan').click()
      await see(dialog().getByText('8 keys will be deleted'))
      await dialog().getByRole('button', { name: 'Approve and delete 8 keys' }).click()
      await gone(dialog())
      await see(fact(/^In sync/))
      await gone(alert('Deleting 8 keys'))
      await reaches('MANY_0', undefined)
      expect(emulator.contents().size).toBe(5)
    })

    it('shows in its plan what was removed at the vendor, and puts it back', async () => {
      emulator.remove('TWO')
      await open('Plan')
      const plan = page.getByRole('tabpanel', { name: 'Plan' })
      await see(plan.getByRole('listitem').filter({ hasText: 'drift: deleted outside Keyferry' }).getByText('TWO'))
      await screens.keep(`${name}-drifted`)
      await button('Sync now').click()
      await reaches('TWO', `${CANARY}-TWO`)
      await gone(plan.getByText('drift: deleted outside Keyferry'))
      await see(plan.getByText(`${emulator.contents().size} keys are unchanged`))
    })

    ofThePage('shows each key and each run, also after a reload', async () => {
      await open('Keys')
      for (const key of FIRST.keys()) await see(row(key).getByText('In sync'))
      await page.getByLabel('Show issues only').click()
      await see(page.getByText('Every key is in sync'))
      await screens.keep('keys-no-issues')

      await open('Runs')
      const runs = page.getByRole('tabpanel', { name: 'Runs' })
      await runs.getByRole('button').first().click()
      await see(runs.getByRole('listitem').filter({ hasText: 'TWO' }))
      await page.reload()
      await see(runs.getByRole('listitem').filter({ hasText: 'TWO' }))
      await see(runs.getByText('Plan approved').first())
      await screens.keep('runs')
    })

    ofThePage('leaves an excluded key alone until it is included again', async () => {
      await open('Keys')
      await row('FOUR').getByRole('button', { name: 'More for FOUR' }).click()
      await page.getByRole('menuitem', { name: 'Exclude from this sync…' }).click()
      expect(await dialog().getByRole('button', { name: 'Exclude key' }).isEnabled()).toBe(false)
      await dialog().getByLabel('Reason').fill('set by hand')
      await screens.keep('exclude-key')
      await dialog().getByRole('button', { name: 'Exclude key' }).click()
      await see(row('FOUR').getByText('Excluded'))
      await screens.keep('key-excluded')
      await see(fact(/^In sync/))
      await row('FOUR').getByRole('button', { name: 'More for FOUR' }).click()
      await page.getByRole('menuitem', { name: 'Include again' }).click()
      await see(row('FOUR').getByText('In sync'))
      await page.getByLabel('Search keys').fill('two')
      await gone(row('ONE'))
      await see(row('TWO'))
      await page.getByLabel('Search keys').fill('')
    })

    it('is in sync once the key that the destination refuses is excluded in the list of syncs', async () => {
      await createMany([['BLANK', '']])
      await page.goto(`/p/${source.projectId}/syncs`)
      await button(`Exclude key BLANK from ${syncName}`).click()
      await dialog().getByLabel('Reason').fill('not needed there')
      await dialog().getByRole('button', { name: 'Exclude key' }).click()
      await see(row(syncName).getByText('In sync'))
      await screens.keep(`${name}-syncs`)
      // Somebody else pauses them all: who and why, and the way to resume, come without a reload.
      await client.syncs.pauseProject.mutate({ projectId: source.projectId, reason: 'release 11' })
      const paused = page.getByRole('note').filter({ hasText: 'release 11' })
      await see(paused)
      await screens.keep(`${name}-all-paused`)
      await paused.getByRole('button', { name: 'Resume' }).click()
      await see(row(syncName).getByText('In sync'))
      await button(`More for ${syncName}`).click()
      await page.getByRole('menuitem', { name: 'Remove or delete…' }).click()
      await see(page.getByRole('tabpanel', { name: 'Danger' }))
      await open('Keys')
      await see(fact(/^In sync/))
    })

    ofThePage('is paused with a reason, and sends what waited when it is resumed', async () => {
      await button('More actions').click()
      await see(page.getByRole('menuitem', { name: 'Pause…' }))
      await screens.keep('sync-menu')
      await page.getByRole('menuitem', { name: 'Pause…' }).click()
      await dialog().getByLabel('Reason').fill('release 12')
      // Somebody else pauses it meanwhile.
      await client.syncs.pause.mutate({ ...sync, reason: 'release 11' })
      await see(dialog().getByText('Already paused'))
      await see(dialog().getByText('release 11'))
      await screens.keep('pause')
      await dialog().getByRole('button', { name: 'Pause' }).click()
      await see(fact(/^Paused/))
      await client.secrets.update.mutate({ ...source, key: 'TWO', value: `${CANARY}-waited` })
      const banner = page.getByRole('note').filter({ hasText: 'release 12' })
      await see(banner.getByText('1 key waits'))
      await screens.keep('paused')
      expect(emulator.contents().get('TWO')).toBe(`${CANARY}-TWO`)
      await banner.getByRole('button', { name: 'Resume' }).click()
      await see(fact(/^In sync/))
      await reaches('TWO', `${CANARY}-waited`)
    })

    ofThePage('saves what was changed of its settings at once, or discards it', async () => {
      await open('Settings')
      await page.getByLabel('Description').fill('never mind')
      await see(page.getByText('Changed: Details'))
      await button('Discard changes').click()
      await gone(button('Save settings'))
      expect(await page.getByLabel('Description').inputValue()).toBe('')
      await page.getByLabel('Description').fill('for the night shift')
      await page.getByLabel('Auto-sync enabled').click()
      await see(page.getByText('Changed: Details, Auto-sync'))
      await screens.keep('settings-changed')
      // What somebody else changes meanwhile is shown, and neither lost nor the end of what is typed.
      const renamed = `${syncName}-renamed`
      await client.syncs.update.mutate({ ...sync, name: renamed })
      await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe(renamed)
      await button('Save settings').click()
      await see(page.getByText('for the night shift').first())
      await gone(button('Save settings'))
      await see(fact(/^Off/))
      await see(page.getByRole('heading', { name: renamed, exact: true }))
      await client.syncs.update.mutate({ ...sync, name: syncName })
      await see(page.getByRole('heading', { name: syncName, exact: true }))
    })

    ofThePage('removes what it wrote, and is deleted, once its name is typed', async () => {
      emulator.put('SOMEONE_ELSE', 'theirs')
      await open('Danger')
      await screens.keep('danger')
      await button('Remove secrets').click()
      const remove = dialog().getByRole('button', { name: 'Remove secrets' })
      expect(await remove.isEnabled()).toBe(false)
      await dialog().getByLabel(`Type ${syncName} to confirm`).fill(syncName)
      await screens.keep('remove-secrets')
      await remove.click()
      await expect.poll(() => [...emulator.contents().keys()], { timeout: LIMIT_MS }).toEqual(['SOMEONE_ELSE'])
      await gone(dialog())
      // The end of the removal has the page fetch the sync again; a deleted one would be refused.
      await see(fact(/^Out of sync/))
      await screens.keep('secrets-removed')

      await button('Delete sync').click()
      const destroy = dialog().getByRole('button', { name: 'Delete sync' })
      await dialog().getByLabel(`Type ${syncName} to confirm`).fill('another name')
      await screens.keep('delete-sync')
      expect(await destroy.isEnabled()).toBe(false)
      await dialog().getByLabel(`Type ${syncName} to confirm`).fill(syncName)
      await destroy.click()
      await see(page.getByRole('heading', { name: 'No syncs yet' }))
      expect(await client.syncs.list.query({ projectId: source.projectId })).toEqual([])
    })
  })

  it('begins with an import of what the target holds, and imports again, after a preview', async () => {
    const destination = 'hashicorp-vault'
    const vault = await startVault()
    onTestFinished(vault.close)
    vault.put('THERE', `${CANARY}-there`)
    const { credentials, target } = vault
    all().seen.keepSecret(
      ...Object.values(credentials)
        .filter((text) => String(text).length > 20)
        .map(String),
    )
    const { id: projectId } = await client.projects.create.mutate({ name: 'imports' })
    const place = { projectId, environment: 'dev', secretPath: '/' }
    const connection = { destination, name: 'vault-import', method: vault.method, credentials, projectId }
    const { id: connectionId } = await client.connections.create.mutate(connection)
    const draft = JSON.stringify({
      ...place,
      destination,
      connectionId,
      target,
      own: {},
      initialSyncBehavior: 'overwrite-destination',
      keySchema: '',
      deletionPolicy: 'owned',
      isPolicyChosen: true,
      autoSync: true,
      name: 'to-vault',
      isNameTyped: true,
      description: '',
    })
    await page.evaluate(
      `sessionStorage.setItem(${JSON.stringify(`keyferry.sync-draft.${projectId}`)}, ${JSON.stringify(draft)})`,
    )
    await visit(page, `/p/${projectId}/syncs/new?destination=${destination}`)
    await page.getByRole('radio', { name: 'Import, keep the folder’s values' }).click()
    await see(page.getByRole('region', { name: 'Import' }).getByRole('listitem').filter({ hasText: 'THERE' }))
    await screens.keep('wizard-import')
    await button('Import and create sync').click()
    await see(fact(/^In sync/))
    const value = async (key: string) => (await client.secrets.get.query({ ...place, key })).value
    expect(await value('THERE')).toBe(`${CANARY}-there`)

    vault.put('LATER', `${CANARY}-later`)
    await button('More actions').click()
    await page.getByRole('menuitem', { name: 'Import secrets…' }).click()
    await see(dialog().getByRole('listitem').filter({ hasText: 'LATER' }))
    await screens.keep('import')
    await dialog().getByRole('button', { name: 'Import' }).click()
    await gone(dialog())
    expect(await value('LATER')).toBe(`${CANARY}-later`)
    await see(page.getByText('1 added, 0 changed'))
    await screens.keep('imported')
  })
})
