/** The options of a sync as they are stored, made from what a person or an API call sends. */
import { BadRequest, Invalid } from '@keyferry/kernel'
import {
  KEY_PLACEHOLDER,
  type driftCheck,
  type changedSyncOptions,
  type excludedKey,
  type ImportPriority,
  type InitialSyncBehavior,
  type syncOptions,
} from '@keyferry/schemas'
import type { z } from 'zod'
import type { DestinationDefinition } from '../destinations/destination.ts'
import type { DeletionPolicy } from '../plan/plan.ts'

export interface StoredOptions {
  initialSyncBehavior: InitialSyncBehavior
  keySchema?: string
  deletionPolicy: DeletionPolicy
  /** Absent, with the two below it, in rows older than they are: see `driftOptions`. */
  driftCheck?: DriftCheck
  driftRepair?: boolean
  driftReadsValues?: boolean
  /** Keys of secrets that it leaves alone, oldest first; absent in rows older than this. */
  excluded?: ExcludedKey[]
  /** The import that the sync begins with was carried out: under its seal, so that nobody has it begin again. */
  hasImported?: true
  /** The destination's own options, complete: parsed by its schema. */
  own: Record<string, unknown>
}

export type ExcludedKey = z.output<typeof excludedKey>
type SentOptions = z.output<typeof syncOptions>
type ChangedOptions = z.output<typeof changedSyncOptions>
type DriftCheck = z.output<typeof driftCheck>

const COMMON = new Set([
  'initialSyncBehavior',
  'keySchema',
  'deletionPolicy',
  'driftCheck',
  'driftRepair',
  'driftReadsValues',
])

/**
 * What is to be done about drift, defaults filled in: a look every hour (one listing) that only shows what it finds.
 */
export const driftOptions = ({
  driftCheck = '1h',
  driftRepair = false,
  driftReadsValues = false,
}: Pick<StoredOptions, 'driftCheck' | 'driftRepair' | 'driftReadsValues'>) => ({
  driftCheck,
  driftRepair,
  driftReadsValues,
})

const PRIORITIES: Record<InitialSyncBehavior, ImportPriority | null> = {
  'overwrite-destination': null,
  'import-prioritize-source': 'prioritize-source',
  'import-prioritize-destination': 'prioritize-destination',
}

/** What the first run imports before it writes; null: nothing. */
export const firstImportOf = ({ initialSyncBehavior }: Pick<StoredOptions, 'initialSyncBehavior'>) =>
  PRIORITIES[initialSyncBehavior]

/** Whether the first run has yet to import what the target holds. */
export function importsFirst(sync: { options: string; importedAt: string | null; syncedAt: string | null }): boolean {
  const options: StoredOptions = JSON.parse(sync.options)
  const isBegun = options.hasImported ?? (sync.importedAt !== null || sync.syncedAt !== null)
  return firstImportOf(options) !== null && !isBegun
}

/** Whether the next run is the first that writes after the import that the sync begins with. */
export const followsImport = (sync: { options: string; applied: number }): boolean =>
  firstImportOf(JSON.parse(sync.options)) !== null && sync.applied === 0

/** Throws `BadRequest` where the vendor never shows values: nothing can be imported from it. */
export function refuseHiddenValues(
  { title, values, hidesValues }: DestinationDefinition,
  target?: Record<string, unknown>,
): void {
  if (values === 'hidden' || (target !== undefined && hidesValues?.(target)))
    throw new BadRequest(`${title} does not support importing secrets: it never returns their values.`)
}

/**
 * Throws `Invalid` for an option of the destination that is wrong or not for this target, and for `mirror` without a
 * key schema at a place that is not the sync's own: it would delete what others keep there. Throws `BadRequest` for an
 * import from one that hides values.
 */
export function parseOptions(
  definition: DestinationDefinition,
  target: Record<string, unknown>,
  sent: SentOptions,
): StoredOptions {
  const own = Object.fromEntries(Object.entries(sent).filter(([name, value]) => !COMMON.has(name) && value !== null))
  const parsed = definition.options.safeParse(own)
  if (!parsed.success)
    throw new Invalid(parsed.error.issues.map((issue) => ({ ...issue, path: ['options', ...issue.path] })))
  const refused = definition.refuseOption?.(parsed.data, target) ?? null
  if (refused) throw new Invalid([{ path: ['options', refused.option], message: refused.reason }])
  const { initialSyncBehavior = 'overwrite-destination' } = sent
  if (initialSyncBehavior !== 'overwrite-destination') refuseHiddenValues(definition, target)
  const shared = definition.sharedPlace?.(target) ?? null
  const deletionPolicy = sent.deletionPolicy ?? (shared === null ? 'mirror' : 'owned')
  const coversAll = sent.keySchema === undefined || sent.keySchema.trim() === KEY_PLACEHOLDER
  if (shared !== null && deletionPolicy === 'mirror' && coversAll) {
    const message = `This destination is ${shared}: with the deletion policy "mirror" all its other keys would be deleted. Give the sync a key schema such as APP_{{secretKey}}, or use "owned"`
    throw new Invalid([{ path: ['options', 'deletionPolicy'], message }])
  }
  return {
    initialSyncBehavior,
    ...(sent.keySchema === undefined ? {} : { keySchema: sent.keySchema }),
    deletionPolicy,
    ...driftOptions(sent),
    own: parsed.data,
  }
}

/** A patch over what is stored: fields left out stay, and null takes off what has no default. */
export function patchOptions(
  definition: DestinationDefinition,
  target: Record<string, unknown>,
  stored: StoredOptions,
  sent: ChangedOptions,
): StoredOptions {
  const { own, excluded, hasImported, ...common } = stored
  const { keySchema, ...changed } = { ...own, ...common, ...sent }
  const next = parseOptions(definition, target, { ...changed, keySchema: keySchema ?? undefined })
  return { ...next, ...(excluded ? { excluded } : {}), ...(hasImported ? { hasImported } : {}) }
}
