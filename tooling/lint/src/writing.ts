/** Words that nobody in the field writes, in comments, strings and documents, and comment lines that are too long. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

const MAX_COLUMNS = 120

/** What to write instead is in the message: one word per thing, plain sentences. */
interface Tell {
  pattern: RegExp
  instead: string
  /** Not in documents. */
  only?: 'string'
}

const TELLS: readonly Tell[] = [
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
  { pattern: /\be-mails?\b/i, instead: '"email"' },
]

/** Correct as well, but a riddle to a person who reads it in a message, a command's help or a document. */
const SAID: readonly Tell[] = [
  { pattern: /\bvendors?\b/i, instead: '"provider", or its name' },
  { pattern: /\b(?:some|any)body\b/i, instead: '"someone", "anyone", or name the person' },
  { pattern: /\bat the target\b/i, instead: '"at the destination"' },
  { pattern: /\b(?:appeared|removed|changed|written|stored|deleted|kept|stays?) there\b/i, instead: 'where' },
  { pattern: /\bwhat is there\b|\bnot there\b/i, instead: 'what exists, "missing"' },
  { pattern: /\bwhat (?:\w+ ){1,3}would (?:do|change)\b/i, instead: '"the plan of …", "preview"' },
  { pattern: /\bwhat (?:drifted|syncs send|they may)\b/i, instead: 'the noun: "drift", "value", "permissions"' },
  { pattern: /\bwho uses\b/i, instead: '"usages"' },
  { pattern: /\blook(?:s|ing)? (?:at|into|for)\b/i, instead: '"check", "review", "open", "search"', only: 'string' },
  { pattern: /\bin trouble\b|\bha(?:s|d|ve) a problem\b/i, instead: 'what is wrong: "failed", "returned 503"' },
  { pattern: /\b(?:go|goes|going|went) back\b|\bback to how\b/i, instead: '"restore", "roll back"', only: 'string' },
  { pattern: /\b(?:brought|brings?|bringing) (?:\w+ ){0,3}back\b/i, instead: '"restored"' },
  { pattern: /\bt(?:akes?|ook|aken) (?:\w+ ){1,3}back\b/i, instead: '"removes", "revokes"' },
  { pattern: /\bg(?:ives?|ave|iven) up\b/i, instead: '"cancelled", "stops"' },
  { pattern: /\bg(?:ives?|ave|iven) out\b/i, instead: '"issued", "returned"' },
  { pattern: /\bnever may\b|\bmay (?:no )?more than\b/i, instead: '"has at most the permissions of"' },
  { pattern: /\bnarrowed\b/i, instead: '"limited"' },
  { pattern: /\bon its way\b/i, instead: '"started", "sent"' },
  { pattern: /\bany more\b/i, instead: '"no longer"' },
  { pattern: /\b(?:can|cannot|can't|can’t) hold\b/i, instead: '"can store", "can contain"' },
  { pattern: /\bsays? [“"]sync now/i, instead: '"runs syncs"' },
  { pattern: /\bstands? here\b/i, instead: '"appears here"' },
  { pattern: /\bhears? of\b/i, instead: '"is alerted"' },
  {
    pattern: /\b(?:pointed elsewhere|opposite holds|nothing listens|all there is|worth nothing|riddle)\b/i,
    instead: 'it plainly',
  },
  {
    pattern: /\b(?:when (?:asked|someone asks)|could not be made|leaves? (?:it|them) as|keeps? only a digest)\b/i,
    instead: 'it plainly',
  },
  {
    pattern: /\b(?:imports nothing|loses? them|chain (?:is )?intact|is (?:succeeded|partial))\b/i,
    instead: 'it plainly',
  },
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
  const texts: Text[] = []
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
  const shown = IS_SHOWN.test(file) && !IS_OF_TESTS.test(file) ? texts.filter((text) => isProse(text.value)) : []
  const told = [
    ...[...comments, ...texts].flatMap(({ value, start }) => tellsIn(value, TELLS).map((tell) => ({ start, tell }))),
    ...shown.flatMap(({ value, start }) => tellsIn(value, SAID).map((tell) => ({ start, tell }))),
  ].map(({ start, tell }) => `${file}:${lineOf(start)}: ${tell}`)
  return [...long, ...told]
}

const IN_DOCUMENTS = [...TELLS, ...SAID.filter(({ only }) => only === undefined)]

export const problemsOfDocument = (file: string, text: string): string[] =>
  withoutBlocks(text)
    .split('\n')
    .flatMap((line, index) => tellsIn(line, IN_DOCUMENTS).map((tell) => `${file}:${index + 1}: ${tell}`))

/** Blocks of code as empty lines. */
const withoutBlocks = (text: string): string =>
  text.replaceAll(/^```[^]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''))

/** Sources whose strings people read, and those of tests and emulators, which nobody does. */
const IS_SHOWN = /^(?:apps|packages)\//
const IS_OF_TESTS = /\.test\.|\/(?:test|testing|e2e|emulator|conformance)\//

const isProse = (text: string): boolean => /[a-z] [a-z]/i.test(text) && !/[a-z]-[a-z0-9[]\S* [a-z]+-/.test(text)

/** Names in backquotes are code, and a sentence may be wrapped. */
function tellsIn(text: string, tells: readonly Tell[]): string[] {
  const prose = text.replaceAll(/`[^`\n]*`/g, '`').replaceAll(/\s*\n[\s*/]*/g, ' ')
  return tells.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(prose)
    return found ? [`"${found[0]}": write ${instead}`] : []
  })
}
