/** Characters of a value that nobody sees, and that a token or a URL seldom means to have. */

/** Control characters but line ends and tabs, and those that take no room or change the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00A0\u2000-\u200A\u202F\u3000]/gu
const MEANT = /[\r\n\t]/

export interface Finding {
  /** A sentence without its end. */
  text: string
  /** The value without them. */
  cleaned: string
  /** What the button that cleans it says. */
  action: 'Trim' | 'Remove'
}

/** What a person should know of a value before it is saved; a blank one is its own matter. */
export function findWhiteSpace(value: string): Finding[] {
  const trimmed = value.trim()
  if (trimmed === '') return []
  const findings: Finding[] = []
  if (trimmed !== value) {
    const start = value.slice(0, value.length - value.trimStart().length)
    const end = value.slice(value.trimEnd().length)
    const places = [start === '' ? [] : ['begins'], end === '' ? [] : ['ends']].flat()
    const what = /[\r\n]/.test(start + end) ? 'a line break' : /\t/.test(start + end) ? 'a tab' : 'a space'
    findings.push({ text: `The value ${places.join(' and ')} with ${what}`, cleaned: trimmed, action: 'Trim' })
  }
  const unseen = new Set([...trimmed.matchAll(INVISIBLE)].map(([char]) => char).filter((char) => !MEANT.test(char)))
  if (unseen.size > 0) {
    const names = [...unseen].slice(0, 3).map(nameOf)
    const more = unseen.size > names.length ? ` and ${unseen.size - names.length} more` : ''
    findings.push({
      text: `The value contains invisible characters (${names.join(', ')}${more})`,
      cleaned: value.replaceAll(INVISIBLE, (char) => (MEANT.test(char) ? char : '')),
      action: 'Remove',
    })
  }
  return findings
}

const nameOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** A value on one line, with a sign for each line end and tab. */
export const onOneLine = (value: string): string => value.replaceAll(/\r\n|\r|\n/g, ' ↵ ').replaceAll('\t', ' ⇥ ')
