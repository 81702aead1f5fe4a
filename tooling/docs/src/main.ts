/** `pnpm docs:build [folder]`: docs/ as a static site, with the Markdown of each page beside it and `llms.txt`. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from '@rspress/core'
import { contentsOf, type Section } from './contents.ts'
import { sitePages, writePages } from './pages.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DIST = join(import.meta.dirname, '../dist')
const PAGES = join(DIST, 'pages')

/** Pages made of the code, by the page that they follow. */
const GENERATED = new Map([
  ['cli.md', { title: 'Commands', file: 'commands.md', about: 'every command with its options' }],
  ['api.md', { title: 'Routes', file: 'routes.md', about: 'every route and what it does' }],
])

const out = resolve(process.argv[2] ?? join(DIST, 'site'))
await rm(PAGES, { recursive: true, force: true })
const pages = await sitePages()
await writePages(PAGES, pages)
await mkdir(join(PAGES, 'public'))
for (const file of ['examples', 'console.png'])
  await cp(join(ROOT, 'docs', file), join(PAGES, 'public', file), { recursive: true })

const index = await readFile(join(PAGES, 'index.md'), 'utf8')
const contents = contentsOf(index).map(({ title, pages: listed }) => ({
  title,
  pages: listed.flatMap((page) => {
    const own = { ...page, file: page.file.replace(/^\.\//, '') }
    const next = GENERATED.get(own.file)
    return next ? [own, next] : [own]
  }),
}))
// The generator keeps its temporary files where it runs.
process.chdir(DIST)
await build({
  docDirectory: PAGES,
  config: {
    root: PAGES,
    outDir: out,
    title: 'Keyferry',
    description: 'Self-hosted secret sync',
    themeConfig: { sidebar: { '/': contents.map(sidebarOf) } },
    markdown: { link: { checkDeadLinks: { excludes: (url) => url.startsWith('/examples/') } } },
  },
})
await writePages(out, pages)
await writeFile(join(out, 'llms.txt'), forModels(contents))

function sidebarOf({ title, pages: listed }: Section) {
  const items = listed.map((page) => ({ text: page.title, link: `/${page.file.replace(/(index)?\.md$/, '')}` }))
  return { text: title, items }
}

/** The table of contents for language models: https://llmstxt.org */
function forModels(sections: readonly Section[]): string {
  const lists = sections.map(
    ({ title, pages: listed }) =>
      `## ${title}\n\n${listed.map((page) => `- [${page.title}](/${page.file}): ${page.about}`).join('\n')}\n`,
  )
  return `# Keyferry\n\n> Self-hosted secret sync: one folder of secrets, kept equal at every provider that needs it.\n\n${lists.join('\n')}`
}
