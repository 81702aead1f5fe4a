import { randomBytes } from 'node:crypto'
import { secretKey, secretValue, type pastedDotenv, type pasteDotenv as pasteDotenvInput } from '@keyferry/schemas'
import { parse } from 'dotenv'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { change } from '../change.ts'
import type { Actor, Context, Tx } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { checkReferences } from './check-references.ts'
import {
  openForWriting,
  openSecret,
  presentSecrets,
  putSecrets,
  whyNotStorable,
  type Put,
  type Target,
} from './write.ts'

type Pasted = z.output<typeof pastedDotenv>

const MAX_KEYS = 10_000

/**
 * Takes in a `.env` file: keys that are new are added, others changed; nothing is deleted. What cannot be taken is named with the
 * reason and the rest goes in, in one transaction. With `dryRun` nothing is written. Throws `NotFound` naming the missing place.
 */
export function pasteDotenv(ctx: Context, actor: Actor, input: z.output<typeof pasteDotenvInput>): Promise<Pasted> {
  const { entries, refused } = readDotenv(input.content)
  if (entries.size > MAX_KEYS)
    throw new BadRequest(`The file has ${entries.size} keys; at most ${MAX_KEYS} can be taken in at once. Split it.`)
  return change(ctx, actor, async (tx, touched) => {
    const target = await openForWriting(ctx, tx, input)
    const { puts, ...sorted } = await compare(tx, target, entries)
    const pasted = { ...sorted, refused }
    if (input.dryRun || puts.length === 0) return pasted
    const { secrets } = await putSecrets(ctx, tx, actor, target, puts)
    await checkReferences(tx, target, secrets)
    touched(target.folder.id)
    await audit(ctx, tx, actor, 'secret.paste', input.projectId, {
      environment: input.environment,
      secretPath: input.secretPath,
      added: pasted.added,
      changed: pasted.changed,
    })
    return pasted
  })
}

async function compare(tx: Tx, target: Target, entries: ReadonlyMap<string, string>) {
  const present = await presentSecrets(tx, target.folder.id, [...entries.keys()])
  const puts: Put[] = []
  const [added, changed, unchanged]: [string[], string[], string[]] = [[], [], []]
  for (const [key, value] of entries) {
    const row = present.get(key)
    if (row && openSecret(target, row).value === value) {
      unchanged.push(key)
      continue
    }
    puts.push({ present: row, key, value })
    ;(row ? changed : added).push(key)
  }
  return { puts, added, changed, unchanged }
}

/** The keys and values of a `.env` file, a later line winning over an earlier one, and what is not taken with the reason: never with content. */
export function readDotenv(content: string): { entries: Map<string, string>; refused: Pasted['refused'] } {
  // dotenv fills a plain object, where an assignment to `__proto__` is lost.
  const token = `PROTO_${randomBytes(16).toString('hex')}`
  const restore = (text: string) => text.replaceAll(token, '__proto__')
  const entries = new Map<string, string>()
  const refused: Pasted['refused'] = []
  for (const [rawKey, rawValue] of Object.entries(parse(content.replaceAll('__proto__', token)))) {
    const [key, value] = [restore(rawKey), restore(rawValue)]
    const problem =
      issueOf(secretKey.safeParse(key)) ??
      issueOf(secretValue.safeParse(value)) ??
      prefixed('Secret value ', whyNotStorable(value))
    if (problem) refused.push({ key, reason: problem })
    else entries.set(key, value)
  }
  return { entries, refused: [...refused, ...strayLines(content)] }
}

const issueOf = (result: z.ZodSafeParseResult<string>): string | null => result.error?.issues[0]?.message ?? null
const prefixed = (prefix: string, text: string | null): string | null => (text === null ? null : prefix + text)

/** What dotenv takes as one assignment (its own pattern, 18.0.10); it says nothing of lines that are none. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

/** Lines that are neither an assignment nor a comment. Only their number is told: they may be a piece of a secret. */
function strayLines(content: string): Pasted['refused'] {
  const rest = content.replaceAll(/\r\n?/g, '\n').replaceAll(ASSIGNMENT, (match) => match.replaceAll(/[^\n]/g, ''))
  return rest.split('\n').flatMap((line, index) => {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) return []
    return [{ key: `line ${index + 1}`, reason: 'is not KEY=value with a key of letters, digits, _, - and .' }]
  })
}
