/** Request bodies as Vault reads them: numbers keep their text. */
import { membersOf, parseExactly } from '../../shared/http/exact-json.ts'
import type { Members } from './documents.ts'

/** The members of a JSON object; none for an empty body; null for text that is not a JSON object. */
export function parseBody(text: string): Members | null {
  if (text === '') return new Map()
  try {
    return membersOf(parseExactly(text))
  } catch {
    return null
  }
}
