import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createDestination } from '../src/create-destination.ts'

const TEMPLATE = join(import.meta.dirname, '..', '..', '..', 'packages', 'core', 'src', 'destinations', '_template')

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'keyferry-destinations-'))
  onTestFinished(() => rm(path, { recursive: true }))
  await cp(TEMPLATE, join(path, '_template'), { recursive: true })
  return path
}

const filesOf = (path: string) => readdir(path, { recursive: true })

test('a new destination has every file of the template and no trace of its name', async () => {
  const path = await folder()
  const created = await createDestination(path, 'acme-cloud-2')
  expect((await filesOf(created)).sort()).toEqual((await filesOf(join(path, '_template'))).sort())
  const files = (await filesOf(created)).filter((file) => /\.(ts|md|svg)$/.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(created, file), 'utf8')))
  expect(texts.filter((text) => /example.?vendor/i.test(text))).toEqual([])
  const index = await readFile(join(created, 'index.ts'), 'utf8')
  expect(index).toContain("name: 'acme-cloud-2'")
  expect(index).toContain("title: 'Acme Cloud 2'")
  expect(index).toContain('acmeCloud2Client({')
})

test.each(['', 'Acme', 'acme_cloud', 'acme--cloud', '-acme', '../acme', '_template', '1password', 'a/b'])(
  'the name "%s" is refused and leaves nothing',
  async (name) => {
    const path = await folder()
    await expect(createDestination(path, name)).rejects.toThrow(/is not a name/)
    expect(await readdir(path)).toEqual(['_template'])
  },
)

test('an existing destination is left as it is', async () => {
  const path = await folder()
  await createDestination(path, 'acme')
  await expect(createDestination(path, 'acme')).rejects.toThrow(/exists already/)
})
