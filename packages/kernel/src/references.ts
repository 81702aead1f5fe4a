/**
 * References inside values, as text. `${KEY}` names a key of the folder the value is written in (its own, or one it
 * imports); `${env.KEY}` a key of that environment's root folder; `${env.folder.sub.KEY}` a key of `/folder/sub` there.
 *
 * Exactly the text `${…}` with one or more of `A-Z a-z 0-9 - _ . @` inside is a reference, and a value that holds one
 * is sent only when it resolves. With a `$` directly before it, it is text: `$${KEY}` is sent as `${KEY}`, `$$${KEY}`
 * as `$${KEY}`. Everything else is ordinary text and stays byte for byte: `${FOO:-default}`, `${}`, a lone `${`. Names
 * with a dot cannot be referenced, because the dot separates. The characters are Infisical's (its
 * secret-reference-fns.ts, 2026-08), which has no escape.
 */
const REFERENCE = /(?<!\$)\$\{([A-Za-z0-9\-_.@]+)\}/g
const ESCAPED = /\$(\$\{[A-Za-z0-9\-_.@]+\})/g

export type Reference = { text: string } & (
  | { kind: 'local'; key: string }
  | { kind: 'absolute'; environment: string; path: string; key: string }
  /** Matches the pattern but can never resolve. `problem` follows `references …` in a sentence. */
  | { kind: 'unsupported'; problem: string }
)

/** A value cut at its references, in order, its text as it is sent; at most one part is held at a time. */
export function* partsOf(value: string): Generator<string | Reference> {
  let from = 0
  for (const match of value.matchAll(REFERENCE)) {
    if (match.index > from) yield unescapeReferences(value.slice(from, match.index))
    yield parseReference(match[0], match[1] ?? '')
    from = match.index + match[0].length
  }
  if (from < value.length) yield unescapeReferences(value.slice(from))
}

/** The text of a value without references, as it is sent. */
export const unescapeReferences = (value: string): string => value.replaceAll(ESCAPED, '$1')

/** The value with each of its references written as `write` says. */
export const mapReferences = (value: string, write: (reference: Reference) => string): string =>
  value.replaceAll(REFERENCE, (text, name: string) => write(parseReference(text, name)))

/** The references of a value, each once, in order of appearance. */
export function referencesIn(value: string): Reference[] {
  const found = new Map<string, Reference>()
  for (const [text, name] of value.matchAll(REFERENCE))
    if (!found.has(text)) found.set(text, parseReference(text, name ?? ''))
  return [...found.values()]
}

export const hasReference = (value: string): boolean => value.search(REFERENCE) >= 0

/** Characters of the longest reference that can name anything: an environment, a path and a key. */
const MAX_NAME = 64 + 1024 + 255

function parseReference(text: string, name: string): Reference {
  if (name.length > MAX_NAME) return { text, kind: 'unsupported', problem: ', which is longer than any name' }
  if (name.startsWith('@')) {
    return { text, kind: 'unsupported', problem: ': cross-project references are not supported' }
  }
  const [first = '', ...rest] = name.split('.')
  const key = rest.pop()
  if (key === undefined) return { text, kind: 'local', key: first }
  if ([first, ...rest, key].includes('')) {
    return {
      text,
      kind: 'unsupported',
      problem: ', which is not of the form ${KEY} or ${environment.folder.KEY}',
    }
  }
  return { text, kind: 'absolute', environment: first, path: `/${rest.join('/')}`, key }
}
