/**
 * Lists the names of a Worker's secrets, and writes them. Every write is a version of the Worker that is deployed at
 * once, so as many changes as Cloudflare takes go into one.
 */
import { batchesOf, type Refused, reportBatch, sendOrHalve } from '../shared/clients/batch.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Report } from '../destination.ts'
import { type Binding, listBindings, listSecrets, patchSecrets, type Refusal, type WorkerApi } from './api.ts'

/** Secrets of one request (wrangler, 2026-11-28). */
const KEYS_PER_CALL = 100

export function cloudflareWorkersClient(api: WorkerApi): Client {
  let seen: readonly Binding[] | undefined
  return {
    list: async () => {
      seen = await listSecrets(api)
      return seen.map(({ name, type }) => ({
        key: name,
        remoteIds: [],
        flags: {},
        ...(type === 'secret_text' ? {} : { otherType: `a secret of the type ${type}` }),
      }))
    },
    apply: async (changes, report) => {
      if (changes.length === 0) return
      const names = namesOf(seen ?? (await listSecrets(api)))
      seen = undefined
      await apply(api, changes, names, report)
    },
  }
}

/** One request after the other: two versions at once would refuse each other. */
async function apply(
  api: WorkerApi,
  changes: readonly Change[],
  names: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  // Whether the removal of an absent secret is refused is not documented.
  const isNeeded = ({ action, key }: Change): boolean => action !== 'delete' || names.has(key)
  for (const change of changes) if (!isNeeded(change)) await report.done(change)
  const needed = changes.filter(isNeeded)
  const limits = { keysPerCall: KEYS_PER_CALL }
  for (const batch of batchesOf(needed, limits))
    await reportBatch(report, await sendOrHalve(batch, limits, (part) => send(api, part)))
}

/**
 * Sends the changes as one version. Those that Cloudflare refuses are taken out, and the others are sent again. Throws
 * when it refuses all and neither names one nor has a binding that explains it.
 */
async function send(api: WorkerApi, changes: readonly Change[]): Promise<Refused<Change>[]> {
  const values = changes.map((change) => [change.key, change.action === 'delete' ? null : change.value] as const)
  const refusal = await patchSecrets(api, new Map(values))
  if (refusal === null) return []
  if (WHOLE_WORKER.has(refusal.code)) throw ofWorker(refusal)
  const { refused, isDone } = await explain(api, refusal, changes)
  const rest = changes.filter((change) => !refused.some((one) => one.change === change) && !isDone(change))
  if (rest.length === changes.length) throw ofKeys(refusal)
  return [...refused, ...(rest.length === 0 ? [] : await send(api, rest))]
}

interface Explanation {
  refused: Refused<Change>[]
  /** Removals of secrets that are gone. */
  isDone(change: Change): boolean
}

/** Which of the changes a refusal is about: the one that it names, else those that the Worker's bindings explain. */
async function explain(api: WorkerApi, refusal: Refusal, changes: readonly Change[]): Promise<Explanation> {
  if (refusal.code === TOO_MANY) return { refused: [], isDone: () => false }
  const named = changes.filter(({ key }) => refusal.quoted.includes(key))
  if (named.length > 0) {
    const isDone = (change: Change): boolean =>
      refusal.code === ABSENT && change.action === 'delete' && named.includes(change)
    return {
      refused: named.filter((change) => !isDone(change)).map((change) => refusedWith(change, refusal.code)),
      isDone,
    }
  }
  // A bulk request doesn't always say which secret is to blame (cloudflare/workers-sdk issue 7287).
  const secrets = namesOf(await listSecrets(api))
  const others = new Set([...namesOf(await listBindings(api))].filter((name) => !secrets.has(name)))
  const taken = changes.filter(({ action, key }) => action !== 'delete' && others.has(key))
  return {
    refused: taken.map((change) => refusedWith(change, NAME_IN_USE)),
    isDone: ({ action, key }) => action === 'delete' && !secrets.has(key),
  }
}

const namesOf = (bindings: readonly Binding[]): ReadonlySet<string> => new Set(bindings.map(({ name }) => name))

const NAME_IN_USE = 10_053
const TOO_LARGE = 10_054
const ABSENT = 10_056
const TOO_MANY = 100_160

/** No change can be made until a person has deployed the Worker, or has made it valid. */
const WHOLE_WORKER = new Map([
  [
    10_215,
    "The newest version of the Worker isn't deployed, so Cloudflare refuses to change its secrets; deploy it, or roll back to the deployed one",
  ],
  [10_021, 'Cloudflare cannot deploy the Worker with these secrets, because its script is not valid; deploy it again'],
])

/** A conflict, because the same request is right once the Worker is deployed; halves of it would be refused as well. */
const ofWorker = ({ code }: Refusal): DestinationError =>
  new DestinationError('conflict', WHOLE_WORKER.get(code) ?? '', { code: String(code) })

const ofKeys = ({ code }: Refusal): DestinationError =>
  new DestinationError('rejected', `Cloudflare refused the change (${code})`, { code: String(code) })

function refusedWith(change: Change, code: number): Refused<Change> {
  const words = WORDS.get(code)?.(change.key) ?? `Cloudflare refuses ${change.key} (${code})`
  return { change, error: new DestinationError('rejected', words, { code: String(code) }) }
}

const WORDS = new Map([
  [
    NAME_IN_USE,
    (key: string) =>
      `The Worker has a variable or another binding named ${key}; remove it from the Worker, or rename the secret`,
  ],
  [TOO_LARGE, (key: string) => `The value of ${key} is larger than Cloudflare takes`],
])
