/** Characters of a value that nobody sees, and that a token or a URL seldom means to have. */
import { words } from '../words.ts'

/** Control characters but line ends and tabs, and those that take no room or change the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00A0\u2000-\u200A\u202F\u3000]/gu
const MEANT = /[\r\n\t]/
/** A line break belongs to the end of a PEM block. */
const PEM_END = /(?<=-----END [A-Z ]+-----)\r?\n$/

export interface Finding {
  /** A sentence without its end. */
  text: string
  /** The value without them. */
  cleaned: string
  /** What the button that cleans it says. */
  action: string
}

/** What a person should know of a value before it is saved; a blank one is its own matter. */
export function findWhiteSpace(value: string): Finding[] {
  const trimmed = value.trim()
  if (trimmed === '') return []
  const findings: Finding[] = []
  const start = value.slice(0, value.length - value.trimStart().length)
  const end = value.replace(PEM_END, '').slice(value.trimEnd().length)
  if (start + end !== '') {
    const { begins, both, ends, lineBreak, tab, space, edges, trim } = words.whiteSpace
    const where = start === '' ? ends : end === '' ? begins : both
    const what = /[\r\n]/.test(start + end) ? lineBreak : /\t/.test(start + end) ? tab : space
    findings.push({ text: edges(where, what), cleaned: trimmed, action: trim })
  }
  const unseen = new Set([...trimmed.matchAll(INVISIBLE)].map(([char]) => char).filter((char) => !MEANT.test(char)))
  if (unseen.size > 0) {
    const names = [...unseen].slice(0, 3).map(nameOf)
    const more = unseen.size > names.length ? words.whiteSpace.more(unseen.size - names.length) : ''
    findings.push({
      text: words.whiteSpace.invisible(names.join(', '), more),
      cleaned: value.replaceAll(INVISIBLE, (char) => (MEANT.test(char) ? char : '')),
      action: words.whiteSpace.remove,
    })
  }
  return findings
}

const nameOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

export interface Part {
  text: string
  /** It stands for characters that nobody sees. */
  isSign: boolean
}

const SIGNED = new RegExp(`\\r\\n|[\\r\\n\\t]|^ +| +$|${INVISIBLE.source}`, 'gu')

/** A value with signs for what nobody sees: line ends and tabs on one line only, spaces at the start and the end. */
export function visibleParts(value: string, isOneLine: boolean): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const { 0: found, index } of value.matchAll(SIGNED)) {
    const sign = signOf(found, isOneLine)
    if (sign === null) continue
    if (index > end) parts.push({ text: value.slice(end, index), isSign: false })
    parts.push({ text: sign, isSign: true })
    end = index + found.length
  }
  if (end < value.length) parts.push({ text: value.slice(end), isSign: false })
  return parts
}

function signOf(found: string, isOneLine: boolean): string | null {
  if (/^[\r\n]+$/.test(found)) return isOneLine ? ' ↵ ' : null
  if (found === '\t') return isOneLine ? ' ⇥ ' : null
  return found.startsWith(' ') ? '·'.repeat(found.length) : nameOf(found)
}
