/** A place, or a secret in it, that a sentence of the server names. */
export interface Mention {
  /** As it stands in the sentence. */
  text: string
  environment: string
  path: string
  key: string | undefined
}

/** `dev:/api`, perhaps with the key of a secret after it, or `"/api" in environment "dev"`. */
const PLACE =
  /\b(?<at>[a-z0-9]+(?:-[a-z0-9]+)*):(?<path>\/(?!\/)[\w/-]*)(?: (?<key>[A-Z][A-Z0-9_]*)\b)?|"(?<quoted>\/[\w/-]*)" in environment "(?<named>[a-z0-9-]+)"/g

/** A sentence, cut where it names a place. */
export function linkifyPaths(sentence: string): (string | Mention)[] {
  const parts: (string | Mention)[] = []
  let from = 0
  for (const match of sentence.matchAll(PLACE)) {
    const [text] = match
    const { at, path, key, quoted, named } = match.groups ?? {}
    if (match.index > from) parts.push(sentence.slice(from, match.index))
    parts.push({ text, environment: at ?? named ?? '', path: path ?? quoted ?? '/', key })
    from = match.index + text.length
  }
  if (from < sentence.length) parts.push(sentence.slice(from))
  return parts
}
