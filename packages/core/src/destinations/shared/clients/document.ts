/**
 * The client of a target that is one document: read whole, written in one call. Whatever in it is not ours stays. A
 * write holds only for the version that was read; where somebody wrote in between, the document is read again, and what
 * they changed is left to the next plan.
 */
import { reportBatch, sendOrHalve, type BatchLimits, type Refused } from './batch.ts'
import type { Change, Client, Flags, Observed } from '../../destination.ts'
import { DestinationError } from '../../destination-error.ts'

/** A document as it was read. */
export interface Document<Version> {
  members: ReadonlyMap<string, Member>
  /** What a write names, so that it fails when somebody wrote in between; null: there is no document. */
  version: Version | null
}

/** One key of a document. */
export interface Member {
  /** In clear, where the vendor shows it. */
  value?: string
  flags?: Flags
  remoteIds?: readonly string[]
  notManaged?: string
  otherType?: string
}

export interface DocumentApi<Version> {
  read(): Promise<Document<Version>>
  /**
   * Makes these changes in one call, all of them or none, on `document` as it was read. Throws `conflict` when it is
   * another by now. Answers the version that it wrote.
   */
  write(document: Document<Version>, changes: readonly Change[]): Promise<Version>
}

/** How often a run looks again after somebody wrote in between. */
const TRIES = 3

export function documentClient<Version>(
  api: DocumentApi<Version>,
  limits: Omit<BatchLimits, 'keysPerCall'> = {},
): Client {
  let seen: Document<Version> | null = null

  return {
    async list() {
      seen = await api.read()
      return [...seen.members].map(([key, member]) => observedOf(key, member))
    },
    async apply(changes, report) {
      if (changes.length === 0) return
      const planned = seen ?? (await api.read())
      let now = planned
      const send = async (batch: readonly Change[]): Promise<Refused<Change>[]> => {
        const written = await write(api, { planned, now, changes: batch })
        now = written.document
        return written.refused
      }
      const end = await sendOrHalve(changes, { keysPerCall: changes.length, ...limits }, send)
      seen = now
      await reportBatch(report, end)
    },
  }
}

const observedOf = (key: string, { value, flags = {}, remoteIds = [], notManaged, otherType }: Member): Observed => ({
  key,
  remoteIds,
  flags,
  ...(value === undefined ? {} : { value }),
  ...(notManaged === undefined ? {} : { notManaged }),
  ...(otherType === undefined ? {} : { otherType }),
})

interface Writing<Version> {
  /** As the plan saw it. */
  planned: Document<Version>
  /** As it stands, as far as is known. */
  now: Document<Version>
  changes: readonly Change[]
}

/** Writes, and looks again where that is needed. Answers the document then, and the keys that others changed. */
async function write<Version>(
  api: DocumentApi<Version>,
  { planned, now, changes }: Writing<Version>,
): Promise<{ document: Document<Version>; refused: Refused<Change>[] }> {
  const refused: Refused<Change>[] = []
  let document = now
  let left = changes
  for (let tries = 1; ; tries += 1) {
    if (left.length === 0) return { document, refused }
    try {
      const version = await api.write(document, left)
      document = { members: withChanges(document.members, left), version }
      return { document, refused }
    } catch (error) {
      const isWorthALook =
        error instanceof DestinationError && (error.kind === 'conflict' || error.kind === 'unavailable')
      if (!isWorthALook || tries >= TRIES) throw error
      document = await api.read()
      // An unclear answer may have been a success, and a key that others deleted counts as deleted.
      left = left.filter((change) => !isDone(document.members, change))
      const foreign = left.filter(({ key }) => !isSame(planned.members.get(key), document.members.get(key)))
      refused.push(...foreign.map((change) => ({ change, error: changedMeanwhile(change.key) })))
      left = left.filter((change) => !foreign.includes(change))
    }
  }
}

const changedMeanwhile = (key: string): DestinationError =>
  new DestinationError(
    'conflict',
    `someone changed ${key} at the destination while it was written; the next run checks it again`,
  )

function withChanges(members: ReadonlyMap<string, Member>, changes: readonly Change[]): Map<string, Member> {
  const next = new Map(members)
  for (const change of changes) {
    if (change.action === 'delete') next.delete(change.key)
    else next.set(change.key, { value: change.value, flags: change.flags })
  }
  return next
}

/** Values that nobody can read prove nothing: then a repeated write settles it. */
function isDone(members: ReadonlyMap<string, Member>, change: Change): boolean {
  const member = members.get(change.key)
  if (change.action === 'delete' || member === undefined) return (change.action === 'delete') === (member === undefined)
  const shown = Object.entries(member.flags ?? {})
  return member.value === change.value && shown.every(([name, flag]) => change.flags[name] === flag)
}

const isSame = (before: Member | undefined, after: Member | undefined): boolean =>
  before?.value === after?.value &&
  (before === undefined) === (after === undefined) &&
  before?.otherType === after?.otherType
