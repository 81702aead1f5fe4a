/** Words that nobody in the field writes, in comments, strings and documents, and comment lines that are too long. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

const MAX_COLUMNS = 120

/** What to write instead is in the message: one word per thing, plain sentences. */
const TELLS: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\bwhoever\b/i, instead: 'name them: the caller, the owner, a reader' },
  { pattern: /\bwho may\b/i, instead: '"who can", or the permission' },
  { pattern: /\bwhat goes\b/i, instead: '"what is written", "what is deleted"' },
  { pattern: /\b(?:is|are|was|were|been) told\b/i, instead: '"gets", "is notified", "learns"' },
  { pattern: /\btold (?:apart|of)\b/i, instead: '"distinguished", "reported"' },
  { pattern: /\blooked at\b/i, instead: '"checked", "reviewed", "read"' },
  { pattern: /\bst(?:ands?|ood) behind\b/i, instead: '"owns"' },
  { pattern: /\bin the way\b/i, instead: 'what it prevents' },
  { pattern: /\banew\b/i, instead: '"again"' },
  { pattern: /\bof ours\b/i, instead: '"our", or whose it is' },
  { pattern: /\bgo(?:es)? by\b/i, instead: '"uses"' },
  { pattern: /\b(?:cannot|can't|could not) be held\b/i, instead: '"can\'t be stored"' },
  { pattern: /\bby (?:itself|themselves)\b/i, instead: '"automatically", "on its own"' },
  { pattern: /\bfor good\b/i, instead: '"permanently"' },
  { pattern: /\basked for\b/i, instead: '"requested"' },
  { pattern: /\bnothing of\b/i, instead: '"nothing about", "no part of"' },
  { pattern: /\bt(?:ake|akes|ook|aken) back\b/i, instead: '"remove", "revoke", "undo"' },
  { pattern: /\btried too often\b/i, instead: '"too many attempts"' },
]

interface Text {
  value: string
  /** Offset in the file. */
  start: number
}

/** One message per finding, `file:line: …`, in all sources and documents below `root`. */
export function writingProblems(root: string): string[] {
  const sources = globSync('{packages,apps,tooling}/**/*.{ts,tsx}', { cwd: root, exclude: isSkipped })
  const documents = globSync('{*.md,docs/**/*.md,packages/**/*.md}', { cwd: root, exclude: isSkipped })
  return [
    ...sources.flatMap((file) => problemsOfSource(file, readFileSync(join(root, file), 'utf8'))),
    ...documents.flatMap((file) => problemsOfDocument(file, readFileSync(join(root, file), 'utf8'))),
  ].sort()
}

/** Generated or installed files, and the samples of this check's own test. */
const isSkipped = (path: string): boolean => /(^|\/)(node_modules|dist)$|^tooling\/lint\/test$/.test(path)

export function problemsOfSource(file: string, source: string): string[] {
  const { comments, program } = parseSync(file, source)
  const texts: Text[] = [...comments]
  new Visitor({
    Literal: ({ value, start }) => void (typeof value === 'string' && texts.push({ value, start })),
    TemplateElement: ({ value, start }) => void texts.push({ value: value.raw, start }),
    JSXText: ({ value, start }) => void texts.push({ value, start }),
  }).visit(program)
  const lineOf = (start: number): number => source.slice(0, start).split('\n').length
  const lines = source.split('\n')
  const long = comments.flatMap(({ value, start }) => {
    const first = lineOf(start)
    return value.split('\n').flatMap((_, index) => {
      const line = first + index
      return (lines[line - 1] ?? '').length > MAX_COLUMNS
        ? [`${file}:${line}: a comment past column ${MAX_COLUMNS}`]
        : []
    })
  })
  const told = texts.flatMap(({ value, start }) => tellsIn(value).map((tell) => `${file}:${lineOf(start)}: ${tell}`))
  return [...long, ...told]
}

export const problemsOfDocument = (file: string, text: string): string[] =>
  text.split('\n').flatMap((line, index) => tellsIn(line).map((tell) => `${file}:${index + 1}: ${tell}`))

/** Names in backquotes are code, and a sentence may be wrapped. */
function tellsIn(text: string): string[] {
  const prose = text.replaceAll(/`[^`\n]*`/g, '`').replaceAll(/\s*\n[\s*/]*/g, ' ')
  return TELLS.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(prose)
    return found ? [`"${found[0]}": write ${instead}`] : []
  })
}
