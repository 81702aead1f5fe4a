/**
 * Expectations of tests that luck decides: that a text is absent which an ID or a sealed value may contain, and a wait
 * of one second, the default of `vi.waitFor`, which a busy machine exceeds.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor, type CallExpression, type Node } from 'oxc-parser'

const IS_TEST = /\.test\.tsx?$|\/(?:test|e2e|testing|conformance)\//
/** What contains it fails the expectation. */
const ABSENT = new Set(['toContain', 'toMatch', 'stringContaining', 'stringMatching'])
const WAITS = new Set(['waitFor', 'waitUntil'])

/** IDs and hashes; longer than this they contain no given text. */
const HEX = /^[0-9a-f-]{1,9}$/i
/** Tokens and what is sealed. */
const BASE64 = /^[\w+/=-]{1,5}$/

/** One message per finding, `file:line: …`, sorted by path. */
export function luckyTests(root: string): string[] {
  return globSync('{packages,apps,tooling}/*/{src,test,e2e}/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => IS_TEST.test(file))
    .sort()
    .flatMap((file) => luckIn(file, readFileSync(join(root, file), 'utf8')))
}

export function luckIn(file: string, text: string): string[] {
  // Few files have one, and parsing takes the time.
  if (!/\bnot\b|waitFor|waitUntil|includes/.test(text)) return []
  const found: string[] = []
  const note = (node: Node, problem: string): void =>
    void found.push(`${file}:${text.slice(0, node.start).split('\n').length}: ${problem}`)
  new Visitor({
    CallExpression: (call) => {
      if (isHasty(call)) note(call, 'waits for one second. Use expect.poll, or give a timeout.')
      for (const part of lookedFor(call)) note(call, `random text may contain "${part}". Look for a longer text.`)
    },
  }).visit(parseSync(file, text).program)
  return found
}

const isHasty = ({ callee, arguments: given }: CallExpression): boolean =>
  callee.type === 'MemberExpression' &&
  WAITS.has(nameOf(callee.property)) &&
  nameOf(callee.object) === 'vi' &&
  given.length < 2

/** The texts that the call looks for and random text may contain. */
function lookedFor({ callee, arguments: [first] }: CallExpression): string[] {
  if (callee.type !== 'MemberExpression' || first?.type !== 'Literal') return []
  const method = nameOf(callee.property)
  const isAbsent =
    ABSENT.has(method) && callee.object.type === 'MemberExpression' && nameOf(callee.object.property) === 'not'
  if (isAbsent) return textsOf(first).filter((part) => HEX.test(part) || BASE64.test(part))
  // Without knowing what is expected of it, and whether that is a list of names.
  return method === 'includes' ? textsOf(first).filter((part) => HEX.test(part) && /\d/.test(part)) : []
}

/** The text itself; of an expression, its alternatives. Those that are more than a text are in no other. */
function textsOf(literal: Node & { type: 'Literal' }): string[] {
  if ('regex' in literal) return literal.regex.pattern.replaceAll(/\((?:[^()\\]|\\.)*\)/g, '()').split('|')
  return typeof literal.value === 'string' ? [literal.value] : []
}

const nameOf = (node: Node): string => (node.type === 'Identifier' ? node.name : '')
