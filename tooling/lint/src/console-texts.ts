/** Texts of the console: their words, and that the texts of a feature stand in its catalogue. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

const FEATURES = 'apps/web/src/features'
const CATALOGUE = 'words.ts'
/** Features whose texts were all moved there. Add one when it was. */
const CATALOGUED = ['activity', 'invitation', 'overview', 'projects', 'settings', 'sign-in', 'trash']

/** Correct, but not what a person in the field would say. Only in what the console shows. */
const TELLS: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\bnot yours\b/i, instead: '"You don\'t have access to …"' },
  { pattern: /\bsomebody\b/i, instead: '"someone", or name the person' },
  { pattern: /\bswitch(?:ed)? (?:it )?(?:on|off)\b/i, instead: '"turn on", "turn off"' },
  { pattern: /\bmakes? (?:an?|another|new|the first)\b/i, instead: '"create"' },
  { pattern: /\btakes? (?:its|the) place\b/i, instead: '"replaces"' },
  { pattern: /\bcould not be found out\b/i, instead: '"could not be loaded"' },
  { pattern: /\bcomes? back\b/i, instead: '"is restored"' },
  { pattern: /\bpresent (?:password|value|plan)\b/i, instead: '"current"' },
]

/** Attributes that a person reads. */
const SHOWN = new Set(['title', 'text', 'label', 'aria-label', 'placeholder', 'help', 'alt', 'what'])

interface Text {
  value: string
  /** Offset in the file. */
  start: number
  /** In markup rather than in an expression. */
  isMarkup: boolean
}

/** One message per finding, `file:line: …`, in the console below `root`. */
export function consoleTextProblems(root: string): string[] {
  return globSync('apps/web/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !file.includes('.test.'))
    .flatMap((file) =>
      problemsOfConsoleSource(file, readFileSync(join(root, file), 'utf8'), {
        hasCatalogue: CATALOGUED.some((feature) => file.startsWith(`${FEATURES}/${feature}/`)),
      }),
    )
    .sort()
}

export function problemsOfConsoleSource(
  file: string,
  source: string,
  { hasCatalogue }: { hasCatalogue: boolean },
): string[] {
  const lineOf = (start: number): number => source.slice(0, start).split('\n').length
  return textsOf(file, source).flatMap(({ value, start, isMarkup }) => {
    const told = TELLS.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(value)
      return found ? [`${file}:${lineOf(start)}: "${found[0]}": write ${instead}`] : []
    })
    const misplaced = hasCatalogue && isMarkup && /[A-Za-z]{2}/.test(value)
    return misplaced ? [...told, `${file}:${lineOf(start)}: "${value}" belongs into ${CATALOGUE} of its feature`] : told
  })
}

function textsOf(file: string, source: string): Text[] {
  const texts: Text[] = []
  const add = (value: string, start: number, isMarkup: boolean): void => {
    const text = value.replaceAll(/\s+/g, ' ').trim()
    if (text !== '') texts.push({ value: text, start, isMarkup })
  }
  new Visitor({
    Literal: ({ value, start }) => {
      if (typeof value === 'string') add(value, start, false)
    },
    TemplateElement: ({ value, start }) => add(value.raw, start, false),
    JSXText: ({ value, start }) => add(value, start, true),
    JSXAttribute({ name, value }) {
      if (value?.type === 'Literal' && typeof value.value === 'string' && SHOWN.has(String(name.name)))
        add(value.value, value.start, true)
    },
  }).visit(parseSync(file, source).program)
  // A literal of an attribute is visited as a literal too.
  const markup = new Set(texts.filter(({ isMarkup }) => isMarkup).map(({ start }) => start))
  return texts.filter(({ start, isMarkup }) => isMarkup || !markup.has(start))
}
