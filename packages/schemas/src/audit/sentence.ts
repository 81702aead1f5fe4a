/**
 * A sentence of the audit log in parts, so that what it names can lead there. Details are names and ids, of any version
 * of Keyferry.
 */

export type Part =
  | string
  /** A name that somebody gave. */
  | { name: string }
  /** A folder. */
  | { environment: string; path: string }
  /** A secret; without a place it cannot be gone to. */
  | { key: string; in: { environment: string; path: string } | null }
  | { sync: string; id: string }

export type Sentence = readonly Part[]
export type Details = Readonly<Record<string, unknown>>

/** Joins texts and parts: say`changed ${keys(d)} in ${place(d)}`. */
export const say = (texts: TemplateStringsArray, ...parts: (Part | Sentence)[]): Sentence =>
  texts.flatMap((text, index) => [text, parts[index] ?? ''].flat()).filter((part) => part !== '')

/** The same for a screen reader, a search or a test. */
export const plain = (sentence: Sentence): string => sentence.map(plainPart).join('')

/** One part of it as text. */
export function plainPart(part: Part): string {
  if (typeof part === 'string') return part
  if ('name' in part) return part.name
  if ('key' in part) return part.key
  if ('sync' in part) return part.sync
  return `${part.environment}:${part.path}`
}

const isRecord = (value: unknown): value is Details => typeof value === 'object' && value !== null

/** The text in a field; empty when there is none. */
export const text = (details: Details, field: string): string => {
  const value = details[field]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Whether a field is true. */
export const flag = (details: Details, field: string): boolean => details[field] === true

/** The texts in a field; none where it is no list. */
export const list = (details: Details, field: string): string[] => {
  const value = details[field]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** The objects in a field; none where it is no list. */
export const records = (details: Details, field: string): Details[] => {
  const value = details[field]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** The object in a field; an empty one where there is none. */
export const inside = (details: Details, field: string): Details => {
  const value = details[field]
  return isRecord(value) ? value : {}
}

/** What is in quotes elsewhere: a name, or what stands for it when the entry has none. */
export const name = (details: Details, field = 'name', otherwise = 'one without a name'): Part => {
  const found = text(details, field)
  return found === '' ? otherwise : { name: found }
}

/** The sync that the details name. */
export const sync = (details: Details): Part => {
  const [called, id] = [text(details, 'name'), text(details, 'syncId')]
  return id === '' ? name(details) : { sync: called, id }
}

const placed = (details: Details): { environment: string; path: string } | null => {
  const environment = text(details, 'environment')
  if (environment === '') return null
  return { environment, path: text(details, 'secretPath') || text(details, 'path') || '/' }
}

/** The folder that the details name. */
export const place = (details: Details): Part => placed(details) ?? 'a folder'

/** Secrets named at once; more are counted. */
const NAMED = 3

/** "A", "A and B", "A, B, C and 4 more". */
export function keys(details: Details, field = 'keys'): Sentence {
  const where = placed(details)
  const found = list(details, field)
  const shown = found.slice(0, NAMED)
  const more = found.length - shown.length
  if (found.length === 0) return ['nothing']
  return shown
    .flatMap((key, index): Part[] => {
      const last = index === shown.length - 1 && more === 0
      return [index === 0 ? '' : last ? ' and ' : ', ', { key, in: where }]
    })
    .concat(more > 0 ? [` and ${more} more`] : [])
}

/** The secret that the details name. */
export const key = (details: Details, field = 'key'): Part => {
  const found = text(details, field)
  return found === '' ? 'a secret' : { key: found, in: placed(details) }
}

/** ", and 3 references followed" when values were rewritten for it. */
export const followed = (details: Details): string => {
  const { length } = list(details, 'rewritten')
  return length === 0 ? '' : length === 1 ? '; one reference followed' : `; ${length} references followed`
}
