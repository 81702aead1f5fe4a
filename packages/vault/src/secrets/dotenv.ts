import { timeSlice } from '@keyferry/db'
import { audit, budget, Conflict, type Actor, type Context } from '@keyferry/kernel'
import type { pastedDotenv, pasteDotenv as pasteDotenvInput } from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import type { z } from 'zod'
import { checkProposed, type Checked } from '../references/check-proposed.ts'
import { checkReferences } from '../references/check-references.ts'
import { settleUse } from '../tree/quotas.ts'
import type { SecretRow } from '../tree/tree.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { refusedByTargets } from './refused-by-targets.ts'
import { readDotenv, type Entry, type Note } from './dotenv/read-dotenv.ts'
import { openForWriting, type Target } from './write/folder-for-writing.ts'
import { openSecret } from './write/next-secret.ts'
import { presentSecrets, putSecrets } from './write/write.ts'

type Pasted = z.output<typeof pastedDotenv>
type Line = Pasted['lines'][number]

/**
 * Takes in a `.env` file: keys that are new are added, others changed; nothing is deleted. What cannot be taken is
 * named with the reason and the rest is written, in one transaction; with `keys` only these of the file. With `dryRun`
 * that transaction is rolled back at its end, so that a preview is what the import does. Throws `NotFound` naming the
 * missing place, `Conflict` naming the keys that have another version than `ifVersions` says, `QuotaExceeded`, and
 * `TooLarge` for an answer that is too large.
 */
export async function pasteDotenv(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof pasteDotenvInput>,
): Promise<Pasted> {
  const { entries, refused } = await readDotenv(input.content)
  const wanted = input.keys && new Set(input.keys)
  for (const key of entries.keys()) if (wanted?.has(key) === false) entries.delete(key)
  const taken = withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const target = await openForWriting(ctx, tx, input)
    const present = await presentSecrets(tx, target.folder.id, [...entries.keys()])
    const isLiteral = (key: string): boolean =>
      entries.get(key)?.isLiteral === true || present.get(key)?.isLiteral === 1
    const values = new Map(
      [...entries].map(([key, { value }]) => [key, isLiteral(key) ? escapeReferences(value) : value]),
    )
    const checked = await checkProposed(ctx, tx, target, values)
    const unsendable = await refusedByTargets(ctx, tx, target.folder.id, checked.shownIn, expandedValues(checked))
    const { showValues = false } = input
    const lines = await linesOf(target, { present, entries, values, ...checked, unsendable, showValues })
    const keysOf = (action: Line['action']): string[] =>
      lines.filter((line) => line.action === action).map(({ key }) => key)
    const pasted: Pasted = {
      added: keysOf('add'),
      changed: keysOf('change'),
      unchanged: keysOf('keep'),
      refused: [...refused, ...refusedKeys(entries, checked)].sort(
        (a, b) => (a.line ?? Infinity) - (b.line ?? Infinity),
      ),
      lines,
    }
    refuseChanged(lines, input.ifVersions)
    // After the commit it would be refused, too, and the caller would not know that the file was imported.
    budget(ctx.limits)(Buffer.byteLength(JSON.stringify(pasted)))
    const written = lines.filter(({ action }) => action !== 'keep')
    if (written.length > 0) {
      const puts = written.map(({ key }) => ({
        present: present.get(key),
        key,
        value: values.get(key) ?? '',
        isLiteral: isLiteral(key),
      }))
      const { secrets } = await putSecrets(ctx, tx, actor, target, puts)
      await checkReferences(ctx, tx, target, secrets)
      markChanged(target.folder.id)
    }
    if (input.dryRun) {
      await settleUse(ctx, tx)
      throw new Previewed(pasted)
    }
    if (written.length > 0)
      await audit(ctx, tx, actor, 'secret.paste', input.projectId, {
        environment: input.environment,
        secretPath: input.secretPath,
        added: pasted.added,
        changed: pasted.changed,
      })
    return pasted
  })
  return taken.catch((error: unknown) => {
    if (error instanceof Previewed) return error.pasted
    throw error
  })
}

function refuseChanged(lines: readonly Line[], seen: Readonly<Record<string, number>> = {}): void {
  const versions = new Map(Object.entries(seen))
  const changed = lines.filter(({ key, version }) => (versions.get(key) ?? version) !== version).map(({ key }) => key)
  if (changed.length > 0)
    throw new Conflict(`Changed since the preview: ${changed.join(', ')}. Review the changes again.`)
}

/** Rolls the transaction of a preview back. */
class Previewed extends Error {
  readonly pasted: Pasted

  constructor(pasted: Pasted) {
    super('This was a preview')
    this.pasted = pasted
  }
}

/** Values that do not resolve yet are judged by their keys only. */
const expandedValues = ({ expanded }: Checked): Map<string, string | null> =>
  new Map([...expanded].map(([key, result]) => [key, 'value' in result ? result.value : null]))

const refusedKeys = (entries: ReadonlyMap<string, Entry>, { refused }: Checked): Pasted['refused'] =>
  [...refused].map(([key, reason]) => ({ key, line: entries.get(key)?.line ?? null, reason }))

/** A file that is taken in; its maps are by key. */
interface File extends Checked {
  present: ReadonlyMap<string, SecretRow>
  entries: ReadonlyMap<string, Entry>
  /** As they are stored. */
  values: ReadonlyMap<string, string>
  /** Why a target of the folder can't store it. */
  unsendable: ReadonlyMap<string, string>
  showValues: boolean
}

/** What becomes of each key that is not refused, in the order of the file. */
async function linesOf(target: Target, file: File): Promise<Line[]> {
  const { present, entries, values, refused, expanded, unsendable, showValues } = file
  const lines: Line[] = []
  const slice = timeSlice()
  for (const [key, { line, notes, value: written }] of entries) {
    if (slice.isOver()) await slice.rest()
    if (refused.has(key)) continue
    const row = present.get(key)
    const value = values.get(key) ?? ''
    const result = expanded.get(key)
    const more: Note[] = [...notes]
    if (result && 'problem' in result)
      more.push({ code: 'unresolved', message: `${result.problem}, so syncs of this folder wait` })
    const reason = unsendable.get(key)
    if (reason !== undefined) more.push({ code: 'unsendable', message: reason })
    const action = row === undefined ? 'add' : openSecret(target, row).value === value ? 'keep' : 'change'
    lines.push({
      line,
      key,
      action,
      version: row?.version ?? 0,
      bytes: Buffer.byteLength(value),
      notes: more,
      ...(showValues ? { value: written } : {}),
    })
  }
  return lines.sort((a, b) => a.line - b.line)
}
