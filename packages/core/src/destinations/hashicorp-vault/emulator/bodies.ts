/** Request bodies as Vault reads them: numbers keep their text. */
import { isExactNumber, parseExactly } from '../exact-json.ts'
import type { Members } from './documents.ts'

/** The members of a JSON object; none for an empty body; null for text that is not a JSON object. */
export function parseBody(text: string): Members | null {
  if (text === '') return new Map()
  try {
    return asObject(parseExactly(text))
  } catch {
    return null
  }
}

/** The members of a parsed value, or null where it is not an object. */
export const asObject = (value: unknown): Members | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !isExactNumber(value)
    ? new Map(Object.entries(value))
    : null
