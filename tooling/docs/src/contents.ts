import { linksOf } from './links.ts'

export interface Section {
  title: string
  pages: { title: string; file: string; about: string }[]
}

/** The table of contents that docs/README.md is: its headings with the pages below them, in order. */
export const contentsOf = (index: string): Section[] =>
  index
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...lines] = section.split('\n')
      const pages = lines.flatMap((line) => {
        const [file] = linksOf(line)
        const [, name = file, about = ''] = /\[([^\]]+)\]\([^)]+\)(?:: (.+))?$/.exec(line) ?? []
        return file === undefined || name === undefined ? [] : [{ title: name, file, about }]
      })
      return { title: title.trim(), pages }
    })
