/** Everything one run, plan or preview needs of a sync, opened: definition, client, key schema, project key. */
import type { Selectable } from 'kysely'
import type { SyncTable } from '@keyferry/db'
import { openSession } from '../connections/open-session.ts'
import type { Context } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import type { Client, DestinationDefinition } from '../destinations/destination.ts'
import { projectKey } from '../vault/project-key.ts'
import { digestOf, parseTarget, readDesired, type Desired } from './desired.ts'
import { keySchema, type KeySchema } from './key-schema.ts'
import { claimedByOthers, readLedger, type LedgerEntry } from './ledger.ts'
import type { StoredOptions } from './options.ts'
import { makePlan, type ObservedKey, type Plan } from './plan.ts'

/** The part of a sync that decides what goes where: a stored row, or the body of a preview. */
export type SyncSpec = Pick<
  Selectable<SyncTable>,
  'projectId' | 'connectionId' | 'folderId' | 'target' | 'targetKey' | 'options'
> & { id: string | null }

export interface OpenTarget {
  spec: SyncSpec
  definition: DestinationDefinition
  options: StoredOptions
  schema: KeySchema
  key: DataKey
  client: Client
  /** Requests sent to the vendor so far. */
  calls(): number
  close(): Promise<void>
}

export interface OpenLimits {
  signal: AbortSignal
  /** Awaited before every vendor call; throws when the run may no longer make any. */
  guard?: () => Promise<void>
}

export async function openTarget(ctx: Context, spec: SyncSpec, limits: OpenLimits): Promise<OpenTarget> {
  const { definition, session, close } = await openSession(ctx, spec.connectionId, limits)
  const options: StoredOptions = JSON.parse(spec.options)
  const environment = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', spec.folderId)
    .select('environments.slug')
    .executeTakeFirstOrThrow()
  return {
    spec,
    definition,
    options,
    schema: keySchema(options.keySchema, environment.slug),
    key: await projectKey(ctx, ctx.db, spec.projectId),
    client: definition.open(session, parseTarget(definition, spec.target), options.own),
    calls: () => session.http.calls,
    close,
  }
}

export interface Difference {
  plan: Plan
  desired: Desired
  observed: readonly ObservedKey[]
  ledger: ReadonlyMap<string, LedgerEntry>
}

/** Steps 3 to 5: desired, observe, plan. Throws `Unresolvable` before any vendor call. */
export async function difference(ctx: Context, target: OpenTarget): Promise<Difference> {
  const { spec, definition, options, schema, key } = target
  const desired = await readDesired(ctx, { folderId: spec.folderId, definition, options: options.own, schema, key })
  return compare(ctx, target, desired, options.deletionPolicy)
}

/** The difference when nothing is wanted any more: what this sync wrote goes, whatever its policy says; the rest stays. */
export function removal(ctx: Context, target: OpenTarget): Promise<Difference> {
  return compare(ctx, target, { entries: new Map(), refused: new Map() }, 'owned')
}

async function compare(ctx: Context, target: OpenTarget, desired: Desired, policy: StoredOptions['deletionPolicy']): Promise<Difference> {
  const { spec, schema, key, client } = target
  const [listed, ledger, claimed] = await Promise.all([
    client.list(),
    spec.id === null ? new Map<string, LedgerEntry>() : readLedger(ctx.db, spec.id),
    claimedByOthers(ctx.db, spec.targetKey, spec.id),
  ])
  const observed = listed.map((entry) =>
    entry.value === undefined ? entry : { ...entry, digest: digestOf(key, entry.key, entry.value, entry.flags) },
  )
  const plan = makePlan({ desired, observed, ledger, policy, covers: (name) => schema.covers(name), claimed })
  return { plan, desired, observed, ledger }
}
