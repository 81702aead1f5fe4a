import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NotFound } from '@keyferry/kernel'
import { destination as schema } from '@keyferry/schemas'
import { openSqliteStore } from '@keyferry/db/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { testContext } from '../testing/test-context.ts'
import { emulators } from './emulators.ts'
import { fieldNames } from './forms.ts'
import { listDestinations } from './list-destinations.ts'
import { destination, destinationIcon, destinations } from './registry.ts'

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter(({ name }) => name !== '_template' && existsSync(join(import.meta.dirname, name, 'index.ts')))
  .map((entry) => entry.name)
  .sort()

test('every folder with an index is a destination with an emulator, by its own name', async () => {
  expect(destinations().map((one) => one.name)).toEqual(folders)
  expect([...(await emulators()).keys()]).toEqual(folders)
  for (const name of folders) {
    expect(destination(name).name).toBe(name)
    expect(destinationIcon(name)).toMatch(/^<svg /)
    expect(
      existsSync(join(import.meta.dirname, name, 'conformance.test.ts')),
      `${name} runs the conformance suite`,
    ).toBe(true)
    expect(destination(name).limits.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  }
})

test('no target has half a surrogate pair, of which no address can be made', async () => {
  const half = 'a\ud800b'
  for (const [name, start] of await emulators()) {
    const emulator = await start()
    const { target } = destination(name)
    const fields = fieldNames(target)
    expect(fields.length).toBeGreaterThan(0)
    const taken = fields.filter((field) => {
      const { success, data } = target.safeParse({ ...emulator.target, [field]: half })
      return success && Object.values(data).includes(half)
    })
    expect([name, ...taken]).toEqual([name])
    await emulator.close()
  }
})

test.each(['nowhere', '', '__proto__', 'constructor', '../destinations/devin'])(
  '"%s" is unknown, and the known ones are named',
  (name) => {
    expect(() => destination(name)).toThrow(NotFound)
    expect(() => destination(name)).toThrow(/known are .*devin/)
  },
)

test('the list has what its schema promises, by title', async () => {
  const { ctx, actor, close } = await testContext(openSqliteStore)
  const listed = await listDestinations(ctx, actor, {})
  expect(z.array(schema).parse(JSON.parse(JSON.stringify(listed)))).toEqual(listed)
  const titles = listed.map((one) => one.title)
  expect(titles).toEqual(titles.toSorted((a, b) => a.localeCompare(b)))
  expect(listed.find((one) => one.name === 'devin')).toMatchObject({
    connection: {
      app: 'devin',
      methods: [
        {
          name: 'api-key',
          fields: [
            { name: 'apiKey', kind: 'password', secret: true, required: true, defaultValue: null },
            { name: 'instanceUrl', kind: 'url', secret: false, required: false, defaultValue: 'https://api.devin.ai' },
          ],
        },
      ],
    },
    target: { fields: [{ name: 'orgId', kind: 'choice', required: true }] },
    options: { fields: [] },
    canImportSecrets: false,
  })
  await close()
})

test.each([
  [
    'trigger-dev',
    { projectRef: 'proj_1' },
    { instanceUrl: 'https://api.trigger.dev' },
    'https://cloud.trigger.dev/projects/v3/proj_1',
  ],
  [
    'trigger-dev',
    { projectRef: 'proj_1' },
    { instanceUrl: 'https://t.example' },
    'https://t.example/projects/v3/proj_1',
  ],
  ['devin', { orgId: 'org-1' }, { instanceUrl: 'https://api.devin.ai' }, 'https://app.devin.ai/secrets'],
  ['devin', { orgId: 'org-1' }, { instanceUrl: 'https://api.acme.example' }, null],
  [
    'cloudflare-workers',
    { scriptId: 'shop' },
    { accountId: 'a1' },
    'https://dash.cloudflare.com/a1/workers/services/view/shop/production/settings',
  ],
  [
    'hashicorp-vault',
    { mount: 'kv/app', path: 'x' },
    { instanceUrl: 'https://v.example', namespace: 'team/a' },
    'https://v.example/ui/vault/secrets/kv%2Fapp/list?namespace=team%2Fa',
  ],
  [
    'github',
    { scope: 'repository', owner: 'o', repo: 'r', kind: 'secrets' },
    { host: '' },
    'https://github.com/o/r/settings/secrets/actions',
  ],
])('the page of a target at %s %j', (name, target, settings, url) => {
  expect(destination(name).targetUrl?.(target, { ...settings, method: 'any', account: null })).toBe(url)
})
