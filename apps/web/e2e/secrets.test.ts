/** The secrets of a folder, by hand: typed, pasted, renamed, their versions, their usages. */
import type { KeyferryClient } from '@keyferry/client'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { CANARY, projectTree, to, type ProjectTree } from './project-tree.ts'
import type { Screens } from './screens.ts'

/** Screens are checked on the way, on cores that other suites use too. */
const TEST_MS = 120_000

describe.skipIf(whyNoBrowser !== null)(suiteName('secrets'), { ...IN_ORDER, timeout: TEST_MS }, () => {
  const all = oneConsole()
  const tree = projectTree(all, 'screens-secrets')
  let page: Page
  let screens: Screens
  let client: KeyferryClient
  let projectId: string
  let syncs: SyncRef[]
  let at: ProjectTree['at']
  let put: ProjectTree['put']
  let value: ProjectTree['value']
  let atRest: ProjectTree['atRest']
  const { button, row, dialog, alert } = pageObject(() => page)
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name, exact: true }))
  const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true })

  beforeAll(() => {
    ;({ page, screens, client, projectId, syncs, at, put, value, atRest } = tree())
  })

  it('renames a secret with its comment and tags; references follow', async () => {
    await visit(page, at('/secrets/dev?path=/api'))
    await button('More for HOST').click()
    await item('Edit details').click()
    await dialog().getByLabel('Key').fill('HOSTNAME')
    await dialog().getByLabel('Comment').fill('Without the port.')
    // A click beside it does not take away what is typed.
    await page.mouse.click(5, 5)
    await dialog().getByLabel('New tag').fill('Network')
    await dialog().getByLabel('New tag').press('Enter')
    await see(dialog().getByRole('button', { name: 'network', pressed: true }))
    await dialog().getByRole('button', { name: 'Add metadata' }).click()
    await dialog().getByLabel('Value 1').fill('ada')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await see(dialog().getByText('Metadata key must not be empty'))
    await dialog().getByLabel('Key 1').fill('owner')
    await screens.look('secret-details')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await see(row('HOSTNAME').getByText('network'))
    expect(await value('prod', '/', 'FAR')).toBe(to('dev.api.HOSTNAME'))
    await page.getByLabel('Search secrets').fill('network')
    await gone(row('PORT'))
    await see(row('HOSTNAME'))
    await page.getByLabel('Search secrets').fill('')
  })

  it('shows what stood beside each version, and restores one from before a rename', async () => {
    const api = { projectId, environment: 'dev', secretPath: '/api' }
    const version = (n: number): Locator => dialog().getByRole('listitem', { name: `Version ${n}`, exact: true })
    await button('More for HOSTNAME').click()
    await item('History').click()
    await see(version(2).getByText('Without the port.'))
    await see(version(2).getByText('network'))
    await see(version(2).getByText('owner'))
    await see(version(1).getByText('Former key: HOST.'))
    expect(await version(1).getByText('network').count()).toBe(0)
    await screens.look('secret-versions')
    await version(1).getByRole('button', { name: 'Reveal' }).click()
    await see(version(1).getByText(`${CANARY}-host`))
    await version(1).getByRole('button', { name: 'Compare with current' }).click()
    await see(version(1).getByText('The values are the same.'))
    await version(1).getByRole('button', { name: 'Restore' }).click()
    await see(version(3))
    // Somebody else saves it meanwhile.
    await client.secrets.update.mutate({ ...api, key: 'HOSTNAME', value: `${CANARY}-newer` })
    all().seen.expectRefusal('history.restoreVersion')
    await button('Undo').click()
    await see(page.getByText('HOSTNAME was changed by'))
    await screens.keep('undo-changed')
    expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({ tags: [], version: 4 })
    await button('Undo anyway').click()
    await see(version(5))
    expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({
      tags: [{ name: 'network' }],
      value: `${CANARY}-host`,
    })
    await version(1).getByRole('button', { name: 'Restore' }).click()
    await see(version(6))
    expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({ tags: [], version: 6 })
    await version(2).getByRole('button', { name: 'Restore' }).click()
    await see(version(7))
    expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({
      comment: 'Without the port.',
      metadata: [{ key: 'owner', value: 'ada' }],
      tags: [{ name: 'network' }],
    })
    await page.keyboard.press('Escape')
    await gone(dialog())
  })

  it('shows who uses a secret, with a link to each', async () => {
    await button('More for HOSTNAME').click()
    await item('Find usages').click()
    await see(dialog().getByRole('heading', { name: 'Referenced by 2 secrets' }))
    await see(dialog().getByRole('heading', { name: `Read by ${syncs.length} syncs` }))
    await screens.look('who-uses-this')
    await dialog().getByRole('link', { name: 'dev:/api URL' }).click()
    await see(page.getByText('1 of 3 secrets'))
    await page.goBack()
    await button('More for HOSTNAME').click()
    await item('Find usages').click()
    await dialog().getByRole('link', { name: 'prod:/ FAR' }).click()
    await see(row('FAR'))
    expect(page.url()).toContain('q=FAR')
  })

  it('stores what was typed and pasted, and overwrites no edit of somebody else unseen', async () => {
    await visit(page, at('/secrets/dev?path=/api'))
    const form = page.getByRole('form', { name: 'Add a secret' })
    await button('New secret').click()
    await form.getByRole('textbox', { name: 'Key' }).fill('BAD KEY')
    await see(form.getByText(/^BAD KEY is refused by .+ \(sync /))
    await screens.keep('new-secret-refused')
    await form.getByRole('textbox', { name: 'Key' }).fill('TOKEN')
    await page.keyboard.press('Enter')
    await form.getByRole('textbox', { name: 'Value' }).fill(` ${CANARY}-one`)
    await see(form.getByText('The value starts with a space.'))
    await screens.keep('white-space')
    await form.getByRole('button', { name: 'Trim' }).click()
    await form.getByRole('textbox', { name: 'Value' }).press('End')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('two')
    await page.keyboard.press('Enter')
    await see(row('TOKEN'))
    expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-one\ntwo`)

    const lines = `PASTED_A=${CANARY}-a\nexport PASTED_B='${CANARY} b'\nTOKEN=${CANARY}-one`
    await all().context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(lines)})`)
    await form.getByRole('textbox', { name: 'Key' }).press('Control+V')
    await see(row('PASTED_B').getByText('Add', { exact: true }))
    await see(page.getByRole('region', { name: 'Pasted secrets' }).and(page.locator(':focus')))
    // The table has moved below the pointer, which may show a tooltip by now.
    await page.mouse.move(0, 0)
    await gone(page.getByRole('tooltip'))
    await screens.look('secrets-pasted-as-lines')
    await page.getByRole('checkbox', { name: 'Save PASTED_A' }).click()
    await button('Save 2 secrets').click()
    await gone(page.getByRole('heading', { name: 'Preview changes' }))
    expect(await row('PASTED_A').count()).toBe(0)
    expect(await value('dev', '/api', 'PASTED_B')).toBe(`${CANARY} b`)
    await put('dev', '/api', { PASTED_A: `${CANARY}-a` })

    const files = await page.evaluateHandle(
      `(() => {
        const files = new DataTransfer()
        files.items.add(new File(['DROPPED=${CANARY}-d'], 'some.env'))
        return files
      })()`,
    )
    await page.getByRole('table', { name: 'Secrets' }).dispatchEvent('drop', { dataTransfer: files })
    await see(row('DROPPED').getByText('Add', { exact: true }))
    await button('Save 1 secret').click()
    await gone(page.getByRole('heading', { name: 'Preview changes' }))
    expect(await value('dev', '/api', 'DROPPED')).toBe(`${CANARY}-d`)

    const edit = page.getByLabel('New value of TOKEN')
    await put('dev', '/api', { TOKEN: `${CANARY}-1\r\n2\r\n` })
    await button('Edit TOKEN').click()
    await edit.fill(`${CANARY}-0\n2\n`)
    await edit.press('Enter')
    await gone(edit)
    expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-0\r\n2\r\n`)

    await button('Edit TOKEN').click()
    // An edit begins with the value that was read for it.
    await expect.poll(() => edit.inputValue()).toBe(`${CANARY}-0\n2\n`)
    await edit.fill(`${CANARY}-mine`)
    await put('dev', '/api', { TOKEN: `${CANARY}-theirs` })
    await see(alert('TOKEN was changed while you edited it').getByText(`${CANARY}-theirs`))
    await screens.look('secret-changed-while-edited')
    await edit.press('Enter')
    expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-theirs`)
    await button('Keep my edit').click()
    await button('Save').click()
    await gone(edit)
    expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-mine`)

    // What is typed before the value has come is meant for the version on the screen.
    const held = Promise.withResolvers<void>()
    await page.route(
      /\/api\/trpc\/[^?]*secrets\.get/,
      async (route) => {
        await held.promise
        await route.continue()
      },
      { times: 1 },
    )
    await button('Edit TOKEN').click()
    await edit.fill(`${CANARY}-early`)
    await put('dev', '/api', { TOKEN: `${CANARY}-later` })
    await edit.press('Enter')
    held.resolve()
    await see(alert('TOKEN was changed while you edited it').getByText(`${CANARY}-later`))
    expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-later`)
    await edit.press('Escape')
    await gone(edit)

    await button('Edit TOKEN').click()
    await edit.fill('x'.repeat(65_537))
    all().seen.expectRefusal('secrets.update')
    await edit.press('Enter')
    await see(row('TOKEN').getByText('Secret value must be at most 65536 bytes', { exact: true }))
    await edit.press('Escape')

    // What is typed stays, and is not saved in silence, when somebody else deletes the secret.
    await button('Edit DROPPED').click()
    const dropped = page.getByLabel('New value of DROPPED')
    await dropped.fill(`${CANARY}-for-nobody`)
    const count = page.getByText(/^\d+ secrets$/)
    const before = await count.innerText()
    await client.secrets.delete.mutate({ projectId, environment: 'dev', secretPath: '/api', key: 'DROPPED' })
    await expect.poll(() => count.innerText()).not.toBe(before)
    all().seen.expectRefusal('secrets.update')
    await dropped.press('Enter')
    await see(row('DROPPED').getByRole('alert'))
    expect(await dropped.inputValue()).toBe(`${CANARY}-for-nobody`)
    await dropped.press('Escape')
    await gone(row('DROPPED'))

    // Nobody sees these characters in a value: a sign stands for each.
    await put('dev', '/api', { TOKEN: `${CANARY}\u200b-unseen ` })
    await button('Reveal TOKEN').click()
    await see(row('TOKEN').getByText('U+200B'))
    await see(row('TOKEN').getByText('·', { exact: true }))
    await screens.keep('unseen-characters')
    await button('Hide TOKEN').click()
    const secrets = ['TOKEN', 'PASTED_A', 'PASTED_B'].map((key) => ({ key }))
    await client.secrets.deleteMany.mutate({ projectId, environment: 'dev', secretPath: '/api', secrets })
  })

  it('completes references, generates values, and loses no key that is typed while a value loads', async () => {
    await button('New secret').click()
    const form = page.getByRole('form', { name: 'Add a secret' })
    const typed = form.getByRole('textbox', { name: 'Value' })
    await form.getByRole('button', { name: 'Generate a value' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Generate' }).click()
    await page.keyboard.press('Escape')
    expect(await typed.inputValue()).toMatch(/^[A-Za-z0-9]{32}$/)
    await form.getByRole('button', { name: 'Generate a value' }).click()
    const generator = page.getByRole('dialog', { name: 'Generate a value' })
    await generator.getByLabel('Kind').selectOption('Key pair')
    await generator.getByRole('button', { name: 'Generate' }).click()
    await see(generator.getByText('-----BEGIN PUBLIC KEY-----'))
    expect(await page.getByText('ends with a line break').count()).toBe(0)
    await screens.keep('generator')
    expect(await typed.inputValue()).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n$/)
    await generator.getByRole('button', { name: 'Close' }).click()
    await form.getByRole('button', { name: 'Open the editor' }).click()
    await dialog().getByRole('textbox', { name: 'Value' }).fill('ab')
    await see(dialog().getByText('2 bytes, 1 line', { exact: true }))
    await dialog().getByRole('textbox', { name: 'Value' }).fill(`${CANARY}-1\n${CANARY}-2`)
    await screens.keep('editor')
    await dialog().getByRole('button', { name: 'Use this text' }).click()
    expect(await typed.inputValue()).toBe(`${CANARY}-1\n${CANARY}-2`)
    await typed.fill('')
    await form.getByRole('textbox', { name: 'Key' }).fill('REFERRING')
    await typed.focus()
    await page.keyboard.type(`${CANARY}-\${PO`)
    await see(page.getByRole('option', { name: 'PORT' }))
    await screens.keep('reference-completion')
    await page.keyboard.press('Enter')
    await expect.poll(() => typed.inputValue()).toBe(`${CANARY}-${to('PORT')}`)
    await typed.press('Enter')
    await see(row('REFERRING'))
    await see(form.getByRole('status').getByText('Added REFERRING.'))
    expect(await value('dev', '/api', 'REFERRING')).toBe(`${CANARY}-${to('PORT')}`)
    const secrets = [{ key: 'REFERRING' }]
    await client.secrets.deleteMany.mutate({ projectId, environment: 'dev', secretPath: '/api', secrets })
    await gone(row('REFERRING'))

    const loads = Promise.withResolvers<void>()
    await page.route(
      /secrets\.get/,
      async (route) => {
        await loads.promise
        await route.continue()
      },
      { times: 1 },
    )
    await button('Edit PORT').click()
    await page.keyboard.type(`${CANARY}-typed`)
    loads.resolve()
    await page.keyboard.press('Enter')
    await gone(page.getByLabel('New value of PORT'))
    expect(await value('dev', '/api', 'PORT')).toBe(`${CANARY}-typed`)
    await put('dev', '/api', { PORT: `${CANARY}-1` })
  })

  it('is used with single keys, and leaves selected secrets out of a sync', async () => {
    await visit(page, at('/syncs'))
    await heading('Syncs')
    // The second pair of keys comes before the page of the first is there.
    for (const key of ['g', 's', 'n']) await page.keyboard.press(key)
    await see(page.getByRole('form', { name: 'Add a secret' }))
    await button('Close the new secret').click()
    await visit(page, at('/secrets/dev?path=/api'))
    await see(row('HOSTNAME'))
    for (const key of ['j', 'j', 'k', 'x']) await page.keyboard.press(key)
    await see(page.getByText('1 selected'))
    expect(await page.getByRole('checkbox', { name: 'Select HOSTNAME' }).isChecked()).toBe(true)
    // A range, its actions, and back to the row.
    for (const key of ['j', 'Shift+X']) await page.keyboard.press(key)
    await see(page.getByText('2 selected'))
    await screens.keep('selection')
    await page.keyboard.press('b')
    await see(page.getByRole('toolbar', { name: 'Selected secrets' }).and(page.locator(':focus')))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    await see(row('PORT').and(page.locator(':focus')))
    for (const key of ['x', 'e']) await page.keyboard.press(key)
    await see(page.getByLabel('New value of PORT'))
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('host')
    await gone(row('PORT'))
    await button('New secret').click()
    await page.getByRole('textbox', { name: 'Key' }).fill('LATER')
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('added')
    await button('Add secret').click()
    await see(page.getByText('Added LATER, hidden by the search.'))
    await screens.keep('hidden-by-search')
    await button('Clear search').click()
    await see(row('LATER'))

    const [first] = syncs
    if (!first) throw new Error('no destination')
    const excluded = async () =>
      (await client.syncs.list.query({ projectId }))
        .find(({ id }) => id === first.syncId)
        ?.excludedKeys.map(({ key, reason }) => `${key}: ${reason}`)
    await button('Exclude').click()
    const names = dialog().getByRole('list', { name: 'Syncs' }).getByRole('checkbox')
    await see(names.first())
    for (const box of await names.all())
      if ((await box.getAttribute('aria-label')) !== `to-${first.destination}`) await box.uncheck()
    await dialog().getByLabel('Reason').fill('Set by hand there')
    await screens.look('exclude-secrets')
    await button('Exclude from 1 sync').click()
    await gone(dialog())
    expect(await excluded()).toEqual(['HOSTNAME: Set by hand there'])
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Excluded HOSTNAME' })
      .getByRole('button', { name: 'Undo' })
      .click()
    await expect.poll(excluded).toEqual([])
    await atRest()
  })
})
