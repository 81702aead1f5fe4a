/** Works out what the source folder must hold for the target to hold what it held after a run. Writes nothing. */
import { chunks, valuesTable } from '@keyferry/db'
import { budget, type Context, type DataKey, type Limits, type Tx } from '@keyferry/kernel'
import {
  createExpander,
  loadTree,
  outOfReach,
  readerOf,
  valueOpener,
  visible,
  type Reads,
  type SecretRow,
  type Tree,
  type TreeFolder,
} from '@keyferry/vault'
import { mentionOf, type Mention } from '@keyferry/schemas'
import { digestOf } from '../plan/desired.ts'
import type { Snapshot, SnapshotEntry } from './snapshot.ts'

export interface Rewound {
  /** Secrets to write, by key, sorted; `from` is the present version, null when there is none. */
  puts: ReadonlyMap<string, { value: string; isLiteral: boolean; from: number | null; to: number }>
  /** Secrets to delete, sorted. */
  drops: readonly string[]
  /** Keys at the target that are already as they were. */
  unchanged: number
  /** Secrets that will not be as they were, and why. */
  notRestorable: readonly ({ key: string } & Reason)[]
}

/** Why a secret will not be as it was, and the folder that the words name. */
interface Reason {
  reason: string
  mentions: Mention[]
}

const because = (reason: string, mentions: Mention[] = []): Reason => ({ reason, mentions })

/**
 * Takes each secret of the folder back to the version that was at the target, then resolves the whole folder as it
 * would be. What comes out differently, because it came from elsewhere, is named. A value that would not resolve at
 * all, or is made of something that the caller may not read, is not brought back.
 */
export async function rewind(
  ctx: Pick<Context, 'limits' | 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  key: DataKey,
  projectId: string,
  snapshot: Snapshot,
): Promise<Rewound> {
  const source = await openSource(ctx, tx, key, projectId, snapshot)
  const { present, open } = source
  const old = await versionsOf(tx, snapshot)
  const wanted = wantedRows(source, snapshot, old)
  const problems = new Map<string, Reason>()
  for (const { sourceKey, version } of snapshot.entries)
    if (version !== null && !old.has(`${version} ${sourceKey}`))
      problems.set(sourceKey, because(`version ${version} of it is no longer kept`))
  // Not restoring one may leave others without what they refer to, so the check repeats until nothing more is given up.
  for (;;) {
    const given = await unresolvable(source, wanted)
    if (given.length === 0) break
    for (const { sourceKey, reason } of given) {
      const now = present.get(sourceKey)
      if (now) wanted.set(sourceKey, now)
      else wanted.delete(sourceKey)
      problems.set(sourceKey, because(reason))
    }
  }

  const { differing, equal } = await compare(source, wanted, snapshot)
  for (const [sourceKey, reason] of differing) if (!problems.has(sourceKey)) problems.set(sourceKey, reason)
  const puts = new Map<string, { value: string; isLiteral: boolean; from: number | null; to: number }>()
  for (const [sourceKey, row] of sorted(wanted)) {
    const now = present.get(sourceKey)
    const value = row === now ? null : open(row)
    if (value !== null)
      puts.set(sourceKey, { value, isLiteral: row.isLiteral === 1, from: now?.version ?? null, to: row.version })
  }
  return {
    puts,
    drops: sorted(present)
      .map(([sourceKey]) => sourceKey)
      .filter((sourceKey) => !wanted.has(sourceKey)),
    unchanged: [...equal].filter((sourceKey) => !puts.has(sourceKey)).length,
    notRestorable: sorted(problems).map(([sourceKey, reason]) => ({ key: sourceKey, ...reason })),
  }
}

type Rows = ReadonlyMap<string, SecretRow>

/** The source folder, and what its values are opened and resolved with. */
interface Source {
  limits: Limits
  key: DataKey
  tree: Tree
  /** Its secrets are replaced by those to resolve. */
  folder: TreeFolder
  /** Its secrets as they are, by key. */
  present: Rows
  open: (row: SecretRow) => string | null
  reads: Reads
}

async function openSource(
  ctx: Parameters<typeof rewind>[0],
  tx: Tx,
  key: DataKey,
  projectId: string,
  { folderId }: Snapshot,
): Promise<Source> {
  const tree = await loadTree(ctx, tx, await foldersOf(tx, projectId))
  const folder = tree.folders.get(folderId)
  if (!folder) throw new Error(`the source folder ${folderId} is gone`)
  const present = new Map(folder.secrets)
  const [open, reads] = [valueOpener(key, projectId), readerOf(ctx, projectId)]
  return { limits: ctx.limits, key, tree, folder, present, open, reads }
}

/** The secrets that the folder is to have, by key; `old`: their kept versions. */
function wantedRows({ present, open }: Source, { entries, absent }: Snapshot, old: Rows): Map<string, SecretRow> {
  const wanted = new Map<string, SecretRow>()
  for (const { sourceKey, version } of entries) {
    if (version === null) continue
    const before = old.get(`${version} ${sourceKey}`)
    const now = present.get(sourceKey)
    const same = before && now && open(before) === open(now)
    const row = same ? now : (before ?? now)
    if (row) wanted.set(sourceKey, row)
  }
  // What never got to the target then is none of this run's business: it stays as it is.
  for (const sourceKey of absent) {
    const now = present.get(sourceKey)
    if (now) wanted.set(sourceKey, now)
  }
  return wanted
}

/** The secrets to bring back that would not resolve for the caller. */
async function unresolvable(
  { limits, tree, folder, present, open, reads }: Source,
  wanted: Map<string, SecretRow>,
): Promise<{ sourceKey: string; reason: string }[]> {
  folder.secrets = wanted
  const { expand } = createExpander(tree, open, budget(limits))
  const beyond = reads && outOfReach(tree, open, reads)
  const found: { sourceKey: string; reason: string }[] = []
  for (const [sourceKey, row] of wanted) {
    if (row === present.get(sourceKey)) continue
    // First: whether it resolves says something of what it is made of.
    if (await beyond?.(folder, sourceKey)) {
      found.push({ sourceKey, reason: 'it refers to a folder that you can’t read' })
      continue
    }
    const expanded = await expand(folder, sourceKey)
    if ('problem' in expanded) found.push({ sourceKey, reason: `it would not resolve: it ${expanded.problem}` })
  }
  return found
}

/** The folder as it would be, against the target as it was. */
async function compare(
  { limits, key, tree, folder, open }: Source,
  wanted: Map<string, SecretRow>,
  { entries, absent }: Snapshot,
): Promise<{ differing: Map<string, Reason>; equal: Set<string> }> {
  folder.secrets = wanted
  const { expand } = createExpander(tree, open, budget(limits))
  const shown = visible(tree, folder).keys
  const differing = new Map<string, Reason>()
  const equal = new Set<string>()
  for (const entry of entries) {
    const source = shown.get(entry.sourceKey)
    const expanded = source && (await expand(source, entry.sourceKey))
    if (
      expanded &&
      'value' in expanded &&
      digestOf(key, entry.name, expanded.value, entry.flags) === key.upgradeDigest(entry.digest)
    )
      equal.add(entry.sourceKey)
    else
      differing.set(
        entry.sourceKey,
        whyDifferent(entry, folder, source, expanded && 'problem' in expanded ? expanded.problem : null),
      )
  }
  const then = new Set([...entries.map((entry) => entry.sourceKey), ...absent])
  for (const [sourceKey, source] of shown) {
    if (then.has(sourceKey)) continue
    const from = mentionOf(source)
    differing.set(sourceKey, because(`it comes from ${from.text}, which did not give it then`, [from]))
  }
  return { differing, equal }
}

function whyDifferent(
  { version }: SnapshotEntry,
  folder: TreeFolder,
  source: TreeFolder | undefined,
  problem: string | null,
): Reason {
  if (!source) return because('it came from an import that no longer has it')
  if (problem !== null) return because(`it ${problem}`)
  if (source !== folder) {
    const from = mentionOf(source)
    return because(`it comes from ${from.text}, where it has changed since`, [from])
  }
  return because(
    version === null ? 'it came through an import then' : 'it refers to values elsewhere that have changed since',
  )
}

/** Old versions in the shape of present secrets, by version and key. */
async function versionsOf(tx: Tx, { folderId, entries }: Snapshot): Promise<Map<string, SecretRow>> {
  const wanted = new Map(
    entries.flatMap(({ sourceKey: key, version }) => (version === null ? [] : [[key, version] as const])),
  )
  const asked = [...wanted].map(([key, version]) => ({ key, version }))
  const found = new Map<string, SecretRow>()
  for (const chunk of chunks(asked)) {
    const some = valuesTable(tx, chunk, { key: 'text', version: 'integer' })
    const rows = await tx
      .selectFrom(some.as('asked'))
      .innerJoin('secretVersions', (join) =>
        join
          .on('secretVersions.folderId', '=', folderId)
          .onRef('secretVersions.key', '=', 'asked.key')
          .onRef('secretVersions.version', '=', 'asked.version'),
      )
      .where('secretVersions.deleted', '=', 0)
      .selectAll('secretVersions')
      .execute()
    for (const { secretId, key, version, value, isLiteral, createdAt, createdBy } of rows) {
      const row = {
        id: secretId,
        folderId,
        key,
        version,
        value,
        comment: '',
        metadata: '',
        blank: 0,
        skipMultilineEncoding: 0,
        isLiteral,
      }
      found.set(`${version} ${key}`, { ...row, createdAt, updatedAt: createdAt, updatedBy: createdBy })
    }
  }
  return found
}

/** An old value may refer to any folder of its project, where no edge of the present one leads. */
async function foldersOf(tx: Tx, projectId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select('folders.id')
    .execute()
  return rows.map((row) => row.id)
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
