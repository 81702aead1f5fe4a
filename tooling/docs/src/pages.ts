/** The pages of the site: the documents of the repository, with links that lead within the site, and generated ones. */
import { globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { commandPage } from './command-page.ts'
import { isExternal, withLinks } from './links.ts'
import { routePage } from './route-page.ts'

const ROOT = join(import.meta.dirname, '../../..')

export interface Page {
  /** Within the site, such as `adr/index.md`. */
  file: string
  markdown: string
}

/** Every page. Throws, naming it, when a document links to what is no part of the site. */
export async function sitePages(): Promise<Page[]> {
  const documents = globSync(['docs/**/*.md', 'SECURITY.md', 'packages/core/src/destinations/[!_]*/README.md'], {
    cwd: ROOT,
  })
  const places = new Map(documents.map((path) => [path, placeOf(path)]))
  const pages = documents.map(async (path) => ({
    file: placeOf(path),
    markdown: linked(path, await readFile(join(ROOT, path), 'utf8'), places),
  }))
  return [
    ...(await Promise.all(pages)),
    { file: 'commands.md', markdown: commandPage() },
    { file: 'routes.md', markdown: routePage() },
  ].toSorted((one, other) => one.file.localeCompare(other.file))
}

export async function writePages(folder: string, pages: readonly Page[]): Promise<void> {
  for (const { file, markdown } of pages) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), markdown)
  }
}

function placeOf(path: string): string {
  const destination = /^packages\/core\/src\/destinations\/([^/]+)\/README\.md$/.exec(path)?.[1]
  if (destination !== undefined) return `destinations/${destination}.md`
  if (path === 'SECURITY.md') return 'security-policy.md'
  return path.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md')
}

/** `markdown` of the document at `path`, with links that lead to pages and files of the site. */
function linked(path: string, markdown: string, places: ReadonlyMap<string, string>): string {
  const from = placeOf(path)
  return withLinks(markdown, (link) => {
    const [file = '', anchor] = link.split('#')
    if (isExternal(link) || file === '') return link
    const target = posix.join(posix.dirname(path), file)
    if (target.startsWith('docs/') && !target.endsWith('.md')) return `/${target.slice('docs/'.length)}`
    const place = places.get(target)
    if (place === undefined) throw new Error(`${path} links to ${target}, which is no page of the site`)
    return `${relativeTo(from, place)}${anchor === undefined ? '' : `#${anchor}`}`
  })
}

const relativeTo = (from: string, to: string): string => {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}
