import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contentsOf } from '../src/contents.ts'
import { deadLinks } from '../src/links.ts'
import { sitePages } from '../src/pages.ts'

const ROOT = join(import.meta.dirname, '../../..')

it('every link of every document leads to a file and a heading', () => {
  expect(deadLinks(ROOT, ['*.md', 'docs/**/*.md', 'packages/**/*.md', '.github/**/*.md'])).toEqual([])
  expect(deadLinks(join(import.meta.dirname, 'fixture'), ['*.md'])).toEqual([
    'page.md: missing.md leads to no file',
    'page.md: #nowhere: page.md has no heading #nowhere',
  ])
})

it('the table of contents lists every page once and says what it is about, and the site has the pages that are made of the code', async () => {
  const contents = contentsOf(await readFile(join(ROOT, 'docs/README.md'), 'utf8')).flatMap((section) => section.pages)
  expect(contents.filter(({ about }) => about === '')).toEqual([])
  const listed = contents.map(({ file }) => file)
  const pages = await sitePages()
  const own = pages
    .map(({ file }) => file)
    .filter((file) => !/^(destinations|adr)\//.test(file) && !['index.md', 'security-policy.md'].includes(file))
  const generated = ['commands.md', 'routes.md']
  expect(listed.toSorted()).toEqual([...own.filter((file) => !generated.includes(file)), 'adr/README.md'].toSorted())
  const textOf = (name: string): string => pages.find(({ file }) => file === name)?.markdown ?? ''
  expect(textOf('commands.md')).toContain('## keyferry syncs plan')
  expect(textOf('routes.md')).toContain('`GET /api/v1/projects`')
})
