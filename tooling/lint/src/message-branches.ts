/**
 * Places where a program decides by the words of a message, which are for people and change: it has to branch on a
 * code.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

/**
 * Where a library gives nothing but words: the driver of Postgres for some broken connections, and browsers for a part
 * that can't be loaded.
 */
const ONLY_WORDS = new Set(['packages/db/src/errors.ts', 'apps/web/src/app/route-states.tsx'])

/** The suites that each destination passes are tests too. */
const IS_TEST = /(\.test|\/conformance\/[\w-]+)\.tsx?$/

const NAMES = new Set(['message', 'reason', 'problem'])
const LOOKS = new Set(['startsWith', 'endsWith', 'includes', 'indexOf', 'match', 'matchAll', 'search'])

type Node = Record<string, unknown> & { type: string; start: number }

const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && 'type' in value && 'start' in value && typeof value.start === 'number'

/** As `path:line`, sorted by path. Tests are left out: they check what people read. */
export function messageBranches(root: string): string[] {
  return globSync('{packages,apps,tooling}/*/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !IS_TEST.test(file) && !ONLY_WORDS.has(file))
    .sort()
    .flatMap((file) => branchesIn(file, readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`))
}

/** The lines. */
export function branchesIn(file: string, text: string): number[] {
  // Few files have one of the names, and parsing takes the time.
  if (!/\b(message|reason|problem)\b/.test(text)) return []
  const found: number[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (value !== null && typeof value === 'object') {
      if (isNode(value) && isBranch(value)) found.push(text.slice(0, value.start).split('\n').length)
      Object.values(value).forEach(visit)
    }
  }
  visit(parseSync(file, text).program.body)
  return found
}

function isBranch(at: Node): boolean {
  if (at.type === 'BinaryExpression') {
    const isEquality = ['===', '!==', '==', '!='].includes(String(at.operator))
    return isEquality && ((isMessage(at.left) && isText(at.right)) || (isText(at.left) && isMessage(at.right)))
  }
  if (at.type === 'SwitchStatement') return isMessage(at.discriminant)
  if (at.type !== 'CallExpression' || !isNode(at.callee) || at.callee.type !== 'MemberExpression') return false
  const name = nameOf(at.callee.property) ?? ''
  if (LOOKS.has(name)) return isMessage(at.callee.object)
  return (name === 'test' || name === 'exec') && Array.isArray(at.arguments) && at.arguments.some(isMessage)
}

/** A variable or a field of one of the names. */
function isMessage(value: unknown): boolean {
  if (!isNode(value)) return false
  if (value.type === 'ChainExpression') return isMessage(value.expression)
  return NAMES.has(nameOf(value.type === 'MemberExpression' ? value.property : value) ?? '')
}

const nameOf = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Identifier' && typeof value.name === 'string' ? value.name : undefined

/** Of several words: one is a code. */
const isText = (value: unknown): boolean =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string' && value.value.includes(' ')
