/** Files that documents, comments and lint rules name and that don't exist, as after a file was moved. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** With its folder: a name alone is also that of another program's file. */
const NAMED = /(?<![\w./$@*-])(?:[\w.-]+\/)+[\w.-]+\.tsx?\b/g
const COMMENT = /^\s*(?:\/\*|\*|\/\/)/

/** One message per finding, `file:line: …`. */
export function missingFiles(root: string): string[] {
  const options = { cwd: root, exclude: (path: string) => /(^|\/)(node_modules|dist)$|^CHANGELOG\.md$/.test(path) }
  const sources = globSync('{packages,apps,tooling,docs}/**/*.{ts,tsx}', options)
  const documents = globSync('{*.md,.oxlintrc.json,{docs,packages,apps}/**/*.md}', options)
  const known = namesOf(sources)
  return [...documents, ...sources]
    .flatMap((file) => missingIn(file, readFileSync(join(root, file), 'utf8'), known))
    .sort()
}

/** Every way to name one of these files: from any folder on, with `src` or without. */
export function namesOf(files: readonly string[]): ReadonlySet<string> {
  const paths = files.flatMap((file) => [file, file.replace('/src/', '/')])
  return new Set(paths.flatMap((path) => path.split('/').map((_, folders, parts) => parts.slice(folders).join('/'))))
}

export function missingIn(file: string, text: string, known: ReadonlySet<string>): string[] {
  const isSource = /\.tsx?$/.test(file)
  return text.split('\n').flatMap((line, index) => {
    if (isSource && !COMMENT.test(line)) return []
    const named = [...line.matchAll(NAMED)].map(([name]) => name.replace(/^(?:\.{1,2}\/)+/, ''))
    return named.filter((name) => !known.has(name)).map((name) => `${file}:${index + 1}: there is no file ${name}`)
  })
}
