import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, openSqlite } from '@keyferry/db'
import { NotFound } from '@keyferry/kernel'
import { destination as schema } from '@keyferry/schemas'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { testContext } from '../testing/test-context.ts'
import { emulators } from './emulators.ts'
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

test.each(['nowhere', '', '__proto__', 'constructor', '../destinations/devin'])(
  '"%s" is unknown, and the known ones are named',
  (name) => {
    expect(() => destination(name)).toThrow(NotFound)
    expect(() => destination(name)).toThrow(/known are .*devin/)
  },
)

test('the list has what its schema promises, by title', async () => {
  const { ctx, actor, close } = await testContext(openStore)
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
    target: { fields: [{ name: 'orgId', kind: 'text', required: true }] },
    options: { fields: [] },
    canImportSecrets: false,
  })
  await close()
})

async function openStore() {
  const db = openSqlite(':memory:')
  await migrate(db)
  return { db, databaseUrl: null, close: () => db.destroy() }
}
