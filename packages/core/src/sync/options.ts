/** The options of a sync as they are stored, made from what a person or an API call sends. */
import { Invalid } from '@keyferry/kernel'
import type { driftCheck, syncOptions } from '@keyferry/schemas'
import type { z } from 'zod'
import type { DestinationDefinition } from '../destinations/destination.ts'
import type { DeletionPolicy } from '../plan/plan.ts'

export interface StoredOptions {
  /** The only one there is; versions before 2026-12 read it. */
  initialSyncBehavior: 'overwrite-destination'
  keySchema?: string
  deletionPolicy: DeletionPolicy
  /** Absent, with the two below it, in rows older than they are: see `driftOptions`. */
  driftCheck?: DriftCheck
  driftRepair?: boolean
  driftReadsValues?: boolean
  /** The destination's own options, complete: parsed by its schema. */
  own: Record<string, unknown>
}

type SentOptions = z.output<typeof syncOptions>
type DriftCheck = z.output<typeof driftCheck>

const COMMON = new Set(['keySchema', 'deletionPolicy', 'driftCheck', 'driftRepair', 'driftReadsValues'])

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

/** Throws `Invalid` for a wrong option of the destination. */
export function parseOptions(definition: DestinationDefinition, sent: SentOptions): StoredOptions {
  const own = Object.fromEntries(Object.entries(sent).filter(([name]) => !COMMON.has(name)))
  const parsed = definition.options.safeParse(own)
  if (!parsed.success)
    throw new Invalid(parsed.error.issues.map((issue) => ({ ...issue, path: ['options', ...issue.path] })))
  return {
    initialSyncBehavior: 'overwrite-destination',
    ...(sent.keySchema === undefined ? {} : { keySchema: sent.keySchema }),
    deletionPolicy: sent.deletionPolicy ?? 'mirror',
    ...driftOptions(sent),
    own: parsed.data,
  }
}

/** A patch over what is stored: fields left out stay. */
export function patchOptions(
  definition: DestinationDefinition,
  stored: StoredOptions,
  sent: SentOptions,
): StoredOptions {
  const { own, initialSyncBehavior: _, ...common } = stored
  return parseOptions(definition, { ...own, ...common, ...sent })
}
