import type { KeyferryClient } from '@keyferry/client'
import type { LiveEvent } from '@keyferry/schemas'
import { InvalidArgumentError } from 'commander'
import { deferred } from './deferred.ts'
import { Failure } from './failure.ts'
import type { Sync } from './terminal/plan-text.ts'

export interface SyncRef {
  destination: string
  syncId: string
}

interface Progress {
  done: number
  total: number
}

/** Of a timer, which ends at once when it is set to more. */
const MOST_SECONDS = 2_147_483

/** A `--timeout`. Throws for what is no number of seconds that a timer can wait. */
export function seconds(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= MOST_SECONDS))
    throw new InvalidArgumentError(`It is a number of seconds, at most ${MOST_SECONDS}.`)
  return number
}

interface Look {
  projectId: string
  limitMs: number
  /** Whether there may be something new to see after an event. */
  concerns(event: LiveEvent): boolean
  /** Whether what was waited for is there. Called one at a time. */
  look(): Promise<boolean>
}

/**
 * Looks when a live event comes, and every few seconds for events that were missed, until `look` answers true. Resolves
 * to false when `limitMs` passes first.
 */
export async function lookUntil(
  client: KeyferryClient,
  { projectId, limitMs, concerns, look }: Look,
): Promise<boolean> {
  const { promise, resolve, reject } = deferred<boolean>()
  let looking = false
  let again = false
  const lookAgain = async (): Promise<void> => {
    again = true
    if (looking) return
    looking = true
    while (again) {
      again = false
      if (await look()) resolve(true)
    }
    looking = false
  }
  const onLook = (): void => void lookAgain().catch(reject)
  const feed = client.syncs.events.subscribe(
    { projectId },
    {
      onStarted: onLook,
      onData({ data }) {
        if (data.kind !== 'opened' && concerns(data)) onLook()
      },
      onError: reject,
    },
  )
  const missed = setInterval(onLook, 3_000)
  const late = setTimeout(() => resolve(false), limitMs)
  try {
    return await promise
  } finally {
    clearTimeout(late)
    clearInterval(missed)
    feed.unsubscribe()
  }
}

/** The sync once a run that is not `before` has ended and no other is due at once. Throws `Failure` after `limitMs`. */
export async function followed(
  client: KeyferryClient,
  ref: SyncRef,
  {
    projectId,
    before,
    limitMs,
    onProgress,
  }: { projectId: string; before: string | null; limitMs: number; onProgress(progress: Progress): void },
): Promise<Sync> {
  let settled: Sync | undefined
  await lookUntil(client, {
    projectId,
    limitMs,
    concerns(event) {
      if (event.kind !== 'sync' || event.syncId !== ref.syncId) return false
      if (event.state === 'running') onProgress(event)
      return true
    },
    async look() {
      const sync = await client.syncs.get.query(ref)
      if (hasSettled(sync, before)) settled = sync
      return settled !== undefined
    },
  })
  if (settled) return settled
  throw new Failure(
    `The run did not end within ${limitMs / 1000} s`,
    'It continues in the background: check with `keyferry syncs list`, or wait longer with --timeout.',
  )
}

const hasSettled = ({ lastRun, state }: Sync, before: string | null): boolean =>
  lastRun !== null && lastRun.id !== before && lastRun.finishedAt !== null && state !== 'pending' && state !== 'running'
