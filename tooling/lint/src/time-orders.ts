/**
 * Queries that order rows by a time alone. Rows of one moment then come in any order: a list changes between two
 * requests, and its next page repeats or skips rows.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor, type CallExpression, type Node } from 'oxc-parser'

const IS_TIME = /(?:At|Since|\bat)$/

/** As `path:line`, sorted by path. */
export function timeOrders(root: string): string[] {
  return globSync('{packages,apps,tooling}/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => timeOrdersIn(file, readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`))
}

/** The lines. */
export function timeOrdersIn(file: string, text: string): number[] {
  // Few files have one, and parsing takes the time.
  if (!text.includes('.orderBy(')) return []
  const found: number[] = []
  const visited = new Set<Node>()
  new Visitor({
    CallExpression: (call) => {
      if (visited.has(call)) return
      const calls = chainEndingWith(call)
      for (const { node } of calls) visited.add(node)
      const last = calls.findLast(({ method }) => method === 'orderBy')
      const column = last?.column
      if (column === undefined || !IS_TIME.test(column)) return
      const selected = calls.filter(({ method }) => method === 'select')
      // Of rows of one moment it reads the same, whichever it is.
      if (selected.length > 0 && selected.every((select) => select.column === column)) return
      found.push(text.slice(0, last?.node.end).split('\n').length)
    },
  }).visit(parseSync(file, text).program)
  return found
}

interface ChainedCall {
  node: CallExpression
  method: string
  /** The first argument, if it is a text. */
  column: string | undefined
}

/** The calls of `a.b().c()`, first to last. */
function chainEndingWith(node: CallExpression): ChainedCall[] {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return []
  const [first] = node.arguments
  const column = first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined
  const before = callee.object.type === 'CallExpression' ? chainEndingWith(callee.object) : []
  return [...before, { node, method: callee.property.name, column }]
}
