const MASK = '•••'
/** A run of a secret shorter than this gives nothing away; a longer one is masked even when the text was cut inside it. */
const WINDOW = 8
const LONGEST_MESSAGE = 200
/** Vendor text is cut here before it is searched, so that a huge answer costs nothing. */
const LONGEST_SEARCHED = 600

/**
 * A vendor's text, safe to show: one line, at most 200 characters, and without any of the `secrets`, whole or in part, as they
 * are or as JSON or a URL would write them.
 */
export function scrub(text: string, secrets: Iterable<string>): string {
  const line = text.slice(0, LONGEST_SEARCHED)
  const hidden = new Array<boolean>(line.length).fill(false)
  for (const secret of spellings(secrets)) hide(line, secret, hidden)

  let shown = ''
  for (let at = 0; at < line.length; at += 1) {
    if (!hidden[at]) shown += line[at]
    else if (at === 0 || !hidden[at - 1]) shown += MASK
  }
  const clean = shown.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE - 1)}…` : clean
}

/** `text` with everything masked that is not a word as people write it: what has digits, signs or capitals inside may be a value. */
export const plainWords = (text: string): string =>
  text
    .slice(0, LONGEST_SEARCHED)
    .split(/(\s+)/u)
    .map((word) => (word === '' || PLAIN.test(word) ? word : MASK))
    .join('')

const PLAIN = /^\s+$|^\p{P}*(?:(?:\p{Lu}?\p{Ll}+|\p{Lu}{1,4})(?:[-'’]\p{Ll}+)*|\d{1,3})?\p{P}*$/u

/** Every string inside a JSON value, property names left out. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}

function spellings(secrets: Iterable<string>): Set<string> {
  const all = new Set<string>()
  for (const secret of secrets) {
    if (secret.trim() === '') continue
    all.add(secret)
    all.add(JSON.stringify(secret).slice(1, -1))
    all.add(encodeURIComponent(secret.toWellFormed()))
    for (const part of secret.split(/\s+/u)) if (part.length >= WINDOW) all.add(part)
  }
  return all
}

function hide(line: string, secret: string, hidden: boolean[]): void {
  if (secret.length < WINDOW) {
    // A value such as `1` or `on` is hidden where it stands alone; hiding every `1` would leave no message.
    for (let at = line.indexOf(secret); at !== -1; at = line.indexOf(secret, at + 1)) {
      const alone = !isWord(line[at - 1]) && !isWord(line[at + secret.length])
      if (alone || secret.length >= 4) hidden.fill(true, at, at + secret.length)
    }
    return
  }
  for (let at = 0; at + WINDOW <= line.length; at += 1) {
    if (secret.includes(line.slice(at, at + WINDOW))) hidden.fill(true, at, at + WINDOW)
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character)
