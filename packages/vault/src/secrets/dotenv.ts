import { timeSlice } from '@keyferry/db'
import { audit, BadRequest, MAX_NAME_BYTES, shortened, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { secretKey, secretValue, type pastedDotenv, type pasteDotenv as pasteDotenvInput } from '@keyferry/schemas'
import type { z } from 'zod'
import { checkReferences } from '../references/check-references.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { parseDotenv } from './parse-dotenv.ts'
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
export async function pasteDotenv(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof pasteDotenvInput>,
): Promise<Pasted> {
  const { entries, refused } = await readDotenv(input.content)
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const target = await openForWriting(ctx, tx, input)
    const { puts, ...sorted } = await compare(tx, target, entries)
    const pasted = { ...sorted, refused }
    if (input.dryRun || puts.length === 0) return pasted
    const { secrets } = await putSecrets(ctx, tx, actor, target, puts)
    await checkReferences(ctx, tx, target, secrets)
    markChanged(target.folder.id)
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
  const slice = timeSlice()
  for (const [key, value] of entries) {
    if (slice.isOver()) await slice.rest()
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

/** Refusals that an answer lists; of more it tells the number. */
const MAX_REFUSED = 1000

/**
 * The keys and values of a `.env` file, a later line winning over an earlier one, and what is not taken with the reason: never with content.
 * Throws `BadRequest` for too many keys.
 */
export async function readDotenv(
  content: string,
): Promise<{ entries: Map<string, string>; refused: Pasted['refused'] }> {
  const parsed = await parseDotenv(content)
  if (parsed.entries.size > MAX_KEYS)
    throw new BadRequest(
      `The file has ${parsed.entries.size} keys; at most ${MAX_KEYS} can be taken in at once. Split it.`,
    )
  const entries = new Map<string, string>()
  const refused: Pasted['refused'] = []
  const slice = timeSlice()
  for (const [key, value] of parsed.entries) {
    if (slice.isOver()) await slice.rest()
    const problem =
      issueOf(secretKey.safeParse(key)) ??
      issueOf(secretValue.safeParse(value)) ??
      prefixed('Secret value ', whyNotStorable(value))
    if (problem) refused.push({ key: shortened(key, MAX_NAME_BYTES), reason: problem })
    else entries.set(key, value)
  }
  refused.push(...parsed.strayLines.map((line) => ({ key: `line ${line}`, reason: STRAY })))
  const shown = refused.slice(0, MAX_REFUSED)
  const more = refused.length - shown.length + parsed.stray - parsed.strayLines.length
  if (more > 0) shown.push({ key: `${more} more`, reason: 'are refused too, and not listed' })
  return { entries, refused: shown }
}

const STRAY = 'is not KEY=value with a key of letters, digits, _, - and .'

const issueOf = (result: z.ZodSafeParseResult<string>): string | null => result.error?.issues[0]?.message ?? null
const prefixed = (prefix: string, text: string | null): string | null => (text === null ? null : prefix + text)
