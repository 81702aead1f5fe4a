/** JSON whose numbers keep their text: 9007199254740993 and 1.0 are written as they were read. */

// TypeScript's library lacks both; Node has had them since 21 (V8 11.4).
interface WithSourceText {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
}
// A cast, because nothing else adds members to a global that the library declares without them.
const json = JSON as unknown as WithSourceText

/** Parses like `JSON.parse`; every number becomes an opaque object that `JSON.stringify` writes with the same text. */
export const parseExactly = (text: string): unknown =>
  json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? json.rawJSON(source) : value,
  )

/** True for a number that `parseExactly` read. */
const isExactNumber = (value: unknown): boolean => json.isRawJSON(value)

/** The members of an object that `parseExactly` read, in their order; null for anything else. */
export const membersOf = (value: unknown): Map<string, unknown> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !isExactNumber(value)
    ? new Map(Object.entries(value))
    : null

/** The JSON type of a value that `parseExactly` read: `string`, `number`, `boolean`, `null`, `array` or `object`. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (isExactNumber(value)) return 'number'
  return Array.isArray(value) ? 'array' : typeof value
}
