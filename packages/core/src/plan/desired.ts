/** Step 3: the complete map the target should hold, or every key that failed. */
import { BadRequest, type Context, type DataKey } from '@keyferry/kernel'
import { resolveFolder, type MadeOf, type Reads, type Resolved } from '@keyferry/vault'
import type { DestinationDefinition, Flags, Metadata } from '../destinations/destination.ts'
import { refusalOf } from '../destinations/refusal.ts'
import type { KeySchema } from './key-schema.ts'
import { collisions } from './collisions.ts'

/** By name at the target. */
export interface Desired {
  entries: ReadonlyMap<string, DesiredEntry>
  /** What the vendor cannot hold. */
  refused: ReadonlyMap<string, RefusedEntry>
}

interface RefusedEntry {
  sourceKey: string
  reason: string
  /** What this sync wrote by that name before stays: the key is refused because of others, not of itself. */
  stays: boolean
}

export interface DesiredEntry {
  sourceKey: string
  /** Of the source folder's own secret; null when the value comes through an import. */
  version: number | null
  /** The versions of all secrets that went into the value; null when they are too many to be kept. */
  madeOf: MadeOf | null
  value: string
  flags: Flags
  /** Made when it is first read: by then a run has sent its first request. */
  readonly digest: string
}

export interface DesiredInput {
  folderId: string
  definition: DestinationDefinition
  target: Record<string, unknown>
  /** The destination's own options. */
  options: Record<string, unknown>
  schema: KeySchema
  key: DataKey
  /** Secrets that are left out, by key: one that cannot be resolved stops nothing. */
  excluded: ReadonlySet<string>
  /** The folders that the values may come from. */
  reads: Reads
}

/**
 * All or nothing: throws `Unresolvable` naming every key when any value of the folder cannot be had, `Forbidden` when
 * one comes from out of reach.
 */
export async function readDesired(ctx: Context, input: DesiredInput): Promise<Desired> {
  const { folderId, reads, excluded, definition, options } = input
  const metadata = definition.sendsMetadata?.(options) === true
  return desiredOf(await resolveFolder(ctx, folderId, reads, { excluded, metadata }), input)
}

/** The pure half: names, limits, collisions, digests. */
function desiredOf(
  secrets: ReadonlyMap<string, Pick<Resolved, 'value' | 'version' | 'madeOf' | 'metadata'>>,
  { definition, target, options, schema, key }: Omit<DesiredInput, 'folderId' | 'reads' | 'excluded'>,
): Desired {
  const entries = new Map<string, DesiredEntry>()
  const refused = new Map<string, RefusedEntry>()
  const colliding = collisions(secrets.keys(), schema, definition)

  for (const [sourceKey, { value, version, madeOf, metadata: all }] of secrets) {
    const metadata = plainMetadata(all)
    const name = schema.name(sourceKey)
    const reason = refusalOf(definition, name, value, { target, options, metadata })
    const collision = colliding.get(sourceKey)
    if (reason === null && !collision) {
      const flags = definition.flags(options, name, target, metadata)
      let digest: string | undefined
      entries.set(name, {
        sourceKey,
        version,
        madeOf,
        value,
        flags,
        get digest() {
          return (digest ??= digestOf(key, name, value, flags))
        },
      })
    } else {
      // Another key may have the stored name.
      const shown = collision && !(collision.isUndecided && !refused.has(name)) ? schema.sentName(sourceKey) : name
      const stays = collision?.isUndecided === true
      refused.set(shown, { sourceKey, reason: reason ?? collision?.reason ?? '', stays })
    }
  }
  return withinDocument({ entries, refused }, definition, target)
}

/** What may leave as it is. */
const plainMetadata = (metadata: Resolved['metadata']): Metadata =>
  Object.fromEntries(metadata.flatMap(({ key, value, isEncrypted }) => (isEncrypted ? [] : [[key, value]])))

/** A document that would be too large is not written at all: nobody could say which keys to leave out. */
function withinDocument(
  { entries, refused }: Desired,
  { title, limits }: DestinationDefinition,
  target: DesiredInput['target'],
): Desired {
  if (!limits.document) return { entries, refused }
  const { max } = limits.document
  const size = limits.document.size(new Map([...entries].map(([name, { value }]) => [name, value])), target)
  if (size <= max) return { entries, refused }
  const reason = `all secrets together take ${size.toLocaleString('en')} bytes at ${title}, which stores at most ${max.toLocaleString('en')} in one destination. Split the folder`
  const tooLarge = [...entries].map(([name, { sourceKey }]): [string, RefusedEntry] => [
    name,
    { sourceKey, reason, stays: true },
  ])
  return { entries: new Map(), refused: new Map([...refused, ...tooLarge]) }
}

/** The digest of a key as it stands at a target: name, value and flags, so that a changed flag is a change too. */
export function digestOf(key: DataKey, name: string, value: string, flags: Flags): string {
  const sorted = Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1))
  return key.digest('value', name, value, JSON.stringify(sorted))
}

/** What `definition` reads out of stored JSON; throws `BadRequest` when an older row no longer fits. */
export function parseTarget(definition: DestinationDefinition, target: string): Record<string, unknown> {
  const parsed = definition.target.safeParse(JSON.parse(target))
  if (parsed.success) return parsed.data
  throw new BadRequest(
    `The stored destination is no longer valid for ${definition.title}: ${parsed.error.issues[0]?.message ?? 'unknown'}. Edit the sync.`,
  )
}
