/** The links of Markdown files. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const LINK = /(?<=\]\()([^)\s]+)(?=\))/g

/** The text with every link replaced by what `replace` returns for it. Code stays as it is. */
export const withLinks = (markdown: string, replace: (link: string) => string): string =>
  markdown
    .split(/(^```[^]*?^```|^ {4}.*$|`[^`\n]*`)/m)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(LINK, replace) : part))
    .join('')

export const linksOf = (markdown: string): string[] => {
  const links: string[] = []
  withLinks(markdown, (link) => {
    links.push(link)
    return link
  })
  return links
}

export const isExternal = (link: string): boolean => /^[a-z][a-z+.-]*:/i.test(link)

/** One message per link below `root` that leads to no file, or to no heading of its file. */
export function deadLinks(root: string, patterns: readonly string[]): string[] {
  const files = globSync([...patterns], { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) })
  return files.flatMap((file) => {
    const links = linksOf(readFileSync(join(root, file), 'utf8')).filter((link) => !isExternal(link))
    return links.flatMap((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? join(root, file) : resolve(join(root, dirname(file)), path)
      if (!existsSync(target)) return [`${file}: ${link} leads to no file`]
      if (anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor)) return []
      return [`${file}: ${link}: ${relative(root, target)} has no heading #${anchor}`]
    })
  })
}

/** The anchors that a document names, and those of its headings, as they are made of their text. */
const anchorsOf = (markdown: string): Set<string> =>
  new Set([
    ...[...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
    ...[...markdown.matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/\]\([^)]*\)/g, ']')
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  ])
