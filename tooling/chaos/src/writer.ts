/**
 * People and scripts at work: changes over HTTP through any API, each lane one after another, recorded as they are
 * answered.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createKeyferryClient, isKeyferryError, type KeyferryClient } from '@keyferry/client'
import { openTranscript, type Transcript, type Job, type Value } from './transcript.ts'
import type { Random } from './random.ts'
import { ENVIRONMENT, type Folder } from './scenario.ts'
import type { Server } from './cluster.ts'

export interface Writer {
  transcript: Transcript
  counts: { acknowledged: number; unanswered: number; refused: number }
  /** What the API said against writes it should have taken. */
  refusals: string[]
  /** Resolves when every key was written once. */
  fill(): Promise<void>
  /** Writes until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
}

export interface WriterOptions {
  servers: readonly Server[]
  token: string
  projectId: string
  random: Random
  /** Stands in every value. */
  canary: string
}

/** A request that takes longer is given up. */
const TIMEOUT_MS = 6_000
/**
 * A server that was frozen and thawed may carry a request out this long after it was sent: freeze, pool, locks,
 * statement.
 */
const LONGEST_REQUEST_MS = 75_000
/** After its process is dead, the database may still finish the statement it had. */
const LAST_STATEMENT_MS = 1_000
const GAP_MS = 40

/** Keys that are never deleted, and those that come and go: at most three at a time, which does not blow the fuse. */
const KEYS: Record<Folder, { kept: string[]; passing: string[] }> = {
  shared: { kept: names('S', 0, 5), passing: [] },
  app: { kept: names('A', 0, 24), passing: names('A', 24, 30) },
  jobs: { kept: names('J', 0, 24), passing: names('J', 24, 30) },
}
const MOST_AWAY = 3
/** Where the import of `shared` into `app` stands in the transcript. */
export const IMPORT = 'import app'
export const nameOf = (folder: Folder, key: string): string => `${folder} ${key}`
/** True for a key that every target of the folder is to hold at any time. */
export const isKept = (folder: Folder, key: string): boolean =>
  KEYS[folder].kept.includes(key) || (folder === 'jobs' && KEYS.shared.kept.includes(key))

function names(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `${letter}_${String(from + i).padStart(2, '0')}`)
}

/**
 * How a write ended: it is stored, it is certainly not (refused, not sent), or nobody knows; unanswered, it may even
 * still happen.
 */
type Answer = 'stored' | 'refused' | 'not sent' | 'failed' | 'unanswered'

export function startWriter({ servers, token, projectId, random, canary }: WriterOptions): Writer {
  const transcript = openTranscript()
  const counts = { acknowledged: 0, unanswered: 0, refused: 0 }
  const refusals: string[] = []
  const place = { projectId, environment: ENVIRONMENT }
  const impatient: typeof fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
  const clients = new Map(
    servers.map((server) => [server, createKeyferryClient({ url: server.url, token, fetch: impatient })]),
  )
  let written = 0

  /** Makes one write that brings `changes` about, and records how it ended. */
  const write = async (
    changes: ReadonlyMap<string, Value>,
    call: (client: KeyferryClient) => Promise<unknown>,
  ): Promise<boolean> => {
    const present = servers.filter(({ process }) => !process.away)
    // Now and then a server that is away: its requests hang or are refused.
    const server = random.pick(present.length === 0 || random.chance(0.05) ? servers : present)
    const client = clients.get(server)
    if (!client) throw new Error('every server has a client')
    const job = jobTo(server)
    const removes = [...changes.values()].every((value) => value === null)
    const { answer, reason } = await answerOf(call(client), removes)
    switch (answer) {
      case 'stored':
        counts.acknowledged += 1
        for (const [name, value] of changes) transcript.acknowledge(name, value)
        return true
      case 'refused':
        counts.refused += 1
        refusals.push(reason)
        return false
      case 'not sent':
        await pause(100)
        return false
      case 'failed':
      case 'unanswered':
        counts.unanswered += 1
        for (const [name, value] of changes) transcript.doubt(name, value, answer === 'failed' ? DONE : job)
        return false
    }
  }

  const fresh = (): string => `${canary}-${(written += 1)}-${random.below(1e9).toString(36)}`

  const put = (folder: Folder, values: ReadonlyMap<string, string>): Promise<boolean> => {
    const secretPath = `/${folder}`
    const changes = new Map([...values].map(([key, value]) => [nameOf(folder, key), value]))
    const [only] = values
    if (values.size === 1 && only && transcript.certain(nameOf(folder, only[0]))) {
      const [key, value] = only
      const exists = transcript.value(nameOf(folder, key)) !== null
      return write(changes, ({ secrets }) =>
        exists
          ? secrets.update.mutate({ ...place, secretPath, key, value })
          : secrets.create.mutate({ ...place, secretPath, key, value }),
      )
    }
    const secrets = [...values].map(([key, value]) => ({ key, value }))
    return write(changes, (client) =>
      client.secrets.updateMany.mutate({ ...place, secretPath, mode: 'upsert', secrets }),
    )
  }

  const remove = async (folder: Folder, key: string): Promise<void> => {
    await write(new Map([[nameOf(folder, key), null]]), ({ secrets }) =>
      secrets.delete.mutate({ ...place, secretPath: `/${folder}`, key }),
    )
  }

  const toggleImport = async (): Promise<void> => {
    const path = '/app'
    if (transcript.certain(IMPORT) && transcript.value(IMPORT) === null) {
      await write(new Map([[IMPORT, 'yes']]), ({ imports }) =>
        imports.create.mutate({ ...place, path, import: { environment: ENVIRONMENT, path: '/shared' } }),
      )
      return
    }
    // Which one there is, if any, only the instance knows.
    await write(new Map([[IMPORT, null]]), async ({ imports }) => {
      for (const { id } of await imports.list.query({ ...place, path })) {
        await imports.delete.mutate({ ...place, path, importId: id })
      }
    })
  }

  const refer = (key: string): Promise<boolean> => {
    const reference = random.chance(0.5) ? `\${${ENVIRONMENT}.shared.S_00}` : `\${${ENVIRONMENT}.app.A_00}`
    return put('jobs', new Map([[key, `${fresh()} ${reference}`]]))
  }

  const step = async (folder: Folder): Promise<void> => {
    const { kept, passing } = KEYS[folder]
    const free = (keys: readonly string[]): string[] => keys.filter((key) => transcript.free(nameOf(folder, key)))
    const open = free(kept)
    const dice = random.next()
    if (folder === 'app' && dice < 0.03) {
      if (transcript.free(IMPORT)) await toggleImport()
    } else if (folder === 'jobs' && dice < 0.1) {
      const keys = open.filter((key) => key.startsWith('J_0'))
      if (keys.length > 0) await refer(random.pick(keys))
    } else if (dice < 0.25 && passing.length > 0) {
      const away = passing.filter((key) => transcript.allowed(nameOf(folder, key)).has(null))
      const here = free(passing.filter((key) => !away.includes(key)))
      const back = free(away)
      if (here.length > 0 && away.length < MOST_AWAY && random.chance(0.5)) await remove(folder, random.pick(here))
      else if (back.length > 0) await put(folder, new Map([[random.pick(back), fresh()]]))
    } else if (open.length > 0) {
      const several = dice > 0.9 ? 5 : 1
      await put(folder, new Map(Array.from({ length: several }, () => [random.pick(open), fresh()])))
    }
  }

  return {
    transcript,
    counts,
    refusals,
    async fill() {
      for (const [folder, { kept, passing }] of Object.entries(KEYS) as [Folder, (typeof KEYS)[Folder]][]) {
        const keys = [...kept, ...passing]
        while (!keys.every((key) => transcript.value(nameOf(folder, key)) !== null)) {
          await put(folder, new Map(keys.map((key) => [key, fresh()])))
        }
      }
    },
    async run(signal) {
      const lane = async (folder: Folder): Promise<void> => {
        while (!signal.aborted) {
          await step(folder)
          await pause(random.between(GAP_MS / 2, GAP_MS * (folder === 'shared' ? 20 : 2)))
        }
      }
      await Promise.all([lane('shared'), lane('app'), lane('jobs')])
    },
  }
}

/** The server said that it failed, so it is not at it any more; what its database holds is open. */
const DONE: Job = { over: () => true }

function jobTo({ process }: Server): Job {
  const { incarnation } = process
  const sentAt = Date.now()
  return {
    over(now) {
      if (now - sentAt > LONGEST_REQUEST_MS) return true
      if (process.incarnation !== incarnation) return now - sentAt > LAST_STATEMENT_MS + TIMEOUT_MS
      return process.goneSince !== null && now - process.goneSince > LAST_STATEMENT_MS
    },
  }
}

async function answerOf(call: Promise<unknown>, removes: boolean): Promise<{ answer: Answer; reason: string }> {
  try {
    await call
    return { answer: 'stored', reason: '' }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const status = isKeyferryError(error) ? error.status : null
    // What may not have been there is gone.
    if (status === 404 && removes) return { answer: 'stored', reason }
    if (status !== null && status < 500) return { answer: 'refused', reason: `${status} ${reason}` }
    if (status !== null) return { answer: 'failed', reason }
    return { answer: isRefusedConnection(error) ? 'not sent' : 'unanswered', reason }
  }
}

function isRefusedConnection(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === 'ECONNREFUSED') return true
  }
  return false
}
