import { timeSlice } from '@keyferry/db'
import { BadRequest, hasReference, MAX_NAME_BYTES, shortened } from '@keyferry/kernel'
import { secretKey, secretValue, type dotenvNote, type pastedDotenv } from '@keyferry/schemas'
import type { z } from 'zod'
import { parseDotenv, type Assignment, type RefusedLines } from './parse-dotenv.ts'
import { whyNotStorable } from '../write/next-secret.ts'

export type Note = z.output<typeof dotenvNote>
type Refused = z.output<typeof pastedDotenv>['refused'][number]

/** What a file says of one key. */
export interface Entry {
  /** As it is written. */
  value: string
  /** `${…}` in it is text. */
  isLiteral: boolean
  /** Number, from 1, of the line that it begins in. */
  line: number
  notes: readonly Note[]
}

const MAX_KEYS = 10_000
/** Refusals that an answer lists; of more it gives the number. */
const MAX_REFUSED = 1000
/** Lines that a note names. */
const MAX_LINES = 5

/**
 * The keys of a `.env` file, a later line winning over an earlier one, and what is not taken with the reason: never
 * with content. Throws `BadRequest` for too many keys.
 */
export async function readDotenv(content: string): Promise<{ entries: Map<string, Entry>; refused: Refused[] }> {
  const { assignments, refused: lines, moreRefused } = await parseDotenv(content)
  const byKey = new Map<string, { last: Assignment; before: number[]; count: number }>()
  const slice = timeSlice()
  for (const assignment of assignments) {
    if (slice.isOver()) await slice.rest()
    const { last, before = [], count = 0 } = byKey.get(assignment.key) ?? {}
    if (last && before.length < MAX_LINES) before.push(last.line)
    byKey.set(assignment.key, { last: assignment, before, count: count + 1 })
  }
  if (byKey.size > MAX_KEYS)
    throw new BadRequest(
      `The file has ${byKey.size} keys; at most ${MAX_KEYS} can be imported at once. Split the file.`,
    )
  const entries = new Map<string, Entry>()
  const refused: Refused[] = []
  for (const [key, { last, before, count }] of byKey) {
    if (slice.isOver()) await slice.rest()
    const { line, value } = last
    const isLiteral = last.isLiteral && hasReference(value)
    const problem =
      issueOf(secretKey.safeParse(key)) ??
      issueOf(secretValue.safeParse(value)) ??
      prefixed('Secret value ', whyNotStorable(value))
    if (problem) refused.push({ key: shortened(key, MAX_NAME_BYTES), line, reason: problem })
    else entries.set(key, { value, isLiteral, line, notes: notesOf(last, before, count - 1) })
  }
  // The last line of a key counts, also when it is refused.
  for (const { from, key } of lines) if (key !== null && (entries.get(key)?.line ?? from) < from) entries.delete(key)
  refused.push(...lines.map(refusedLines))
  refused.sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  const shown = refused.slice(0, MAX_REFUSED)
  const more = refused.length - shown.length + moreRefused
  if (more > 0) shown.push({ key: `${more} more`, line: null, reason: 'are refused too, and not listed' })
  return { entries, refused: shown }
}

function refusedLines({ from, to, problem, key }: RefusedLines): Refused {
  const lines = from === to ? `Line ${from}` : `Lines ${from} to ${to}`
  if (problem === 'no-assignment')
    return { key: lines, line: from, reason: 'not a KEY=value pair (a key has letters, digits, _, - and .)' }
  const reason = 'a PEM block of several lines needs quotes around it, KEY="-----BEGIN …"'
  if (key === null) return { key: lines, line: from, reason }
  return { key: shortened(key, MAX_NAME_BYTES), line: from, reason: `${lines.toLowerCase()}: ${reason}` }
}

function notesOf(
  { value, isCut, isReadAlike, isLiteral }: Assignment,
  before: readonly number[],
  repeats: number,
): Note[] {
  const notes: Note[] = []
  if (isCut)
    notes.push({
      code: 'cut-at-hash',
      message: 'the value is cut at #, where dotenv and Node begin a comment; put it in quotes if # belongs to it',
    })
  else if (!isReadAlike)
    notes.push({
      code: 'read-differently',
      message:
        'is stored as dotenv reads it; Node or python-dotenv read this line otherwise. Single quotes around the value help',
    })
  if (repeats > 0) {
    const more = repeats > before.length ? ` and ${repeats - before.length} more` : ''
    notes.push({
      code: 'repeated',
      message: `is set in line ${before.join(', ')}${more} too; the last line wins`,
    })
  }
  if (value.trim() === '') notes.push({ code: 'blank', message: 'is blank' })
  if (value.includes('\uFFFD'))
    notes.push({
      code: 'lost-bytes',
      message: 'has the character U+FFFD, which stands for bytes that were lost earlier',
    })
  if (!isLiteral && DEFAULTED.test(value))
    notes.push({
      code: 'not-filled-in',
      message: 'has a ${NAME:-default}, which stays text: only ${NAME} is filled in',
    })
  return notes
}

const DEFAULTED = /\$\{[A-Za-z_]\w*:?[-+?=]/

const issueOf = (result: z.ZodSafeParseResult<string>): string | null => result.error?.issues[0]?.message ?? null
const prefixed = (prefix: string, text: string | null): string | null => (text === null ? null : prefix + text)
