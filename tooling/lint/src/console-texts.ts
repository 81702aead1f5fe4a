/** Texts of the console: that each stands in a catalogue, `words.ts`, and uses the console's words. */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseSync, Visitor, type Expression, type Node } from 'oxc-parser'

const CATALOGUE = 'words.ts'

/** Correct, but not what the console says. */
const TELLS: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\bvendors?\b/i, instead: '"provider", or its name' },
  { pattern: /\btargets?\b/i, instead: '"destination"' },
  { pattern: /\bplaces?\b/i, instead: '"folder", "environment", "scope"' },
  { pattern: /\bholds?\b/i, instead: '"has", "contains"' },
  { pattern: /(?<=\w )there\b(?! (?:is|are|was|were)\b)/, instead: '"at the destination", or the name' },
]

/** Attributes and properties that a person reads. */
const SHOWN = new Set(
  'title text label aria-label placeholder help alt what description heading warning page why word words means hint empty'.split(
    ' ',
  ),
)

/** Calls whose arguments a person reads. */
const SHOWS = /^(?:toast\.\w+|usePageTitle)$/

interface Text {
  value: string
  /** Offset in the file. */
  start: number
}

/** One message per finding, `file:line: …`, in the console below `root`. */
export function consoleTextProblems(root: string): string[] {
  return globSync('apps/web/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !file.includes('.test.'))
    .flatMap((file) => problemsOfConsoleSource(file, readFileSync(join(root, file), 'utf8')))
    .sort()
}

export function problemsOfConsoleSource(file: string, source: string): string[] {
  const { program } = parseSync(file, source)
  const at = (start: number): string => `${file}:${source.slice(0, start).split('\n').length}`
  return basename(file) === CATALOGUE
    ? allTexts(program).flatMap(({ value, start }) =>
        TELLS.flatMap(({ pattern, instead }) => {
          const found = pattern.exec(value)
          return found ? [`${at(start)}: "${found[0]}": write ${instead}`] : []
        }),
      )
    : shownTexts(program, source).map(({ value, start }) => `${at(start)}: "${value}" belongs into a ${CATALOGUE}`)
}

function allTexts(program: Parameters<Visitor['visit']>[0]): Text[] {
  const texts: Text[] = []
  new Visitor({
    Literal: ({ value, start }) => void (typeof value === 'string' && texts.push({ value, start })),
    TemplateElement: ({ value, start }) => void texts.push({ value: value.raw, start }),
  }).visit(program)
  return texts
}

/** What a person reads of a file, by where it stands; and sentences, wherever they stand but in errors of the code. */
function shownTexts(program: Parameters<Visitor['visit']>[0], source: string): Text[] {
  const texts = new Map<number, Text>()
  const silent: Node[] = []
  const nameOf = ({ start, end }: Node): string => source.slice(start, end).replaceAll(/^['"]|['"]$/g, '')
  const add = (value: string, start: number): void => {
    const text = value.replaceAll(/\s+/g, ' ').trim()
    if (/[A-Za-z]{2}/.test(text)) texts.set(start, { value: text, start })
  }
  const addAll = (node: Expression | Node): void => {
    if (node.type === 'Literal' && typeof node.value === 'string') add(node.value, node.start)
    if (node.type === 'TemplateLiteral') for (const { value, start } of node.quasis) add(value.raw, start)
    if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(addAll)
    if (node.type === 'LogicalExpression') addAll(node.right)
    if (node.type === 'ParenthesizedExpression' || node.type === 'JSXExpressionContainer') addAll(node.expression)
  }
  new Visitor({
    JSXText: ({ value, start }) => add(value, start),
    JSXAttribute: ({ name, value }) => {
      if (value !== null && SHOWN.has(nameOf(name))) addAll(value)
    },
    JSXElement: ({ openingElement, children }) => {
      if (/^(?:code|kbd)$/.test(nameOf(openingElement.name))) silent.push(...children)
      else children.filter(({ type }) => type === 'JSXExpressionContainer').forEach(addAll)
    },
    JSXFragment: ({ children }) => children.filter(({ type }) => type === 'JSXExpressionContainer').forEach(addAll),
    Property: ({ key, value }) => {
      if (SHOWN.has(nameOf(key)) && value.type === 'Literal' && /^[A-Z“]/.test(String(value.value))) addAll(value)
    },
    CallExpression: ({ callee, arguments: given }) => {
      if (SHOWS.test(nameOf(callee))) given.forEach(addAll)
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (nameOf(callee) === 'Error') silent.push(...given)
    },
    Literal: ({ value, start }) => {
      if (typeof value === 'string' && /^[A-Z“][^]*[a-z][^]* [a-z]/.test(value)) add(value, start)
    },
  }).visit(program)
  return [...texts.values()].filter(({ start }) => !silent.some((node) => node.start <= start && start < node.end))
}
