/** One chaos run from start to result. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createKeyferryClient } from '@keyferry/client'
import { representatives } from '@keyferry/core/emulators'
import { enterableDirectory } from '@keyferry/vitest/postgres-server'
import { filesWith, timesIn } from './canary.ts'
import { breakThings, type Damage } from './process-killer.ts'
import { random } from './random.ts'
import { ACCOUNTS, setUpScenario, unsettled, type Scenario, type Unsettled } from './scenario.ts'
import { processesOf, startCluster, type Cluster, type ClusterOptions, type Profile } from './cluster.ts'
import { startVendor } from './vendor.ts'
import { checkTargets, type CheckResult } from './checker.ts'
import { startWriter, type Writer } from './writer.ts'

export interface ChaosOptions {
  profile: Profile
  seed: number
  /** How long things break, milliseconds. */
  forMs: number
  /** SIGKILLs wanted in that time. */
  kills: number
  /** Of the fleet; default 2 and 4. */
  apis?: number
  workers?: number
  /** See `StageOptions`. */
  databaseUrl?: string
  createQueue?: ClusterOptions['createQueue']
  program?: ClusterOptions['program']
  /** Told what happens. */
  say?: (line: string) => void
}

export interface Report {
  options: ChaosOptions
  counts: Writer['counts']
  refusals: readonly string[]
  damage: Damage
  result: CheckResult
  /** Runs that ended; those whose process was killed did not. */
  runs: number
  /** Syncs that had not settled when the time was over; else empty. */
  unsettled: Unsettled[]
  /** From healing to quiet, milliseconds. */
  quietAfterMs: number
  surprises: readonly string[]
  plaintext: { hits: string[]; files: number }
  /** Kept when something was wrong, for a look. */
  dir: string
}

/** Back-offs grow while things break; a sync may wait this long for its next try. */
const QUIET_MS = 300_000

export async function runChaos(options: ChaosOptions): Promise<Report> {
  const {
    profile,
    seed,
    forMs,
    kills,
    apis = 2,
    workers = 4,
    databaseUrl,
    createQueue,
    program,
    say = () => {},
  } = options
  // Root's Postgres runs as another user.
  const dir = await enterableDirectory('keyferry-chaos-')
  const canary = `canary${randomBytes(12).toString('hex')}`
  const names = [...(await representatives()).keys()]
  const vendors = await Promise.all(names.map((name) => startVendor(name, ACCOUNTS)))
  let cluster: Cluster | null = null
  try {
    say(`${profile}: starting in ${dir}`)
    cluster = await startCluster({ profile, dir, apis, workers, databaseUrl, createQueue, program })
    const [first] = cluster.servers
    if (!first) throw new Error('a cluster has a server')
    const scenario = await setUpScenario(first.url, vendors)
    const { token, projectId } = scenario
    const client = createKeyferryClient({ url: first.url, token })
    const writer = startWriter({ servers: cluster.servers, token, projectId, random: random(seed, 'writer'), canary })
    await writer.fill()
    const before = await quiet(client, scenario)
    if (before.left.length > 0) throw new Error(`not in sync before anything broke: ${JSON.stringify(before.left)}`)

    say(`${scenario.syncs.length} syncs at ${vendors.length} vendors are in sync; things break for ${forMs / 1000} s`)
    const working = new AbortController()
    const work = writer.run(working.signal)
    const [damage] = await Promise.all([
      breakThings({ cluster, accounts: vendors.flatMap(({ accounts }) => accounts), seed, forMs, kills }),
      reportProgress(writer, forMs, say),
    ])
    working.abort()
    await work
    say('healed; waiting for quiet')
    const { left, ms } = await quiet(client, scenario)
    const result = await checkTargets(client, scenario, writer)
    const surprises = processesOf(cluster).flatMap((process) => [...process.surprises])
    await cluster.stop()
    cluster = null
    const plaintext = await filesWith(dir, canary)
    const runs = await timesIn(join(dir, 'logs'), '"msg":"run ended"')
    const report: Report = {
      options,
      counts: writer.counts,
      refusals: writer.refusals,
      damage,
      result,
      runs,
      unsettled: left,
      quietAfterMs: ms,
      surprises,
      plaintext,
      dir,
    }
    return report
  } finally {
    await cluster?.stop()
    for (const vendor of vendors) vendor.stop()
  }
}

/** Waits until every sync is at its target, or the time is over; those that are not, and how long it took. */
async function quiet(
  client: Parameters<typeof unsettled>[0],
  { projectId }: Scenario,
): Promise<{ left: Unsettled[]; ms: number }> {
  const began = performance.now()
  for (;;) {
    const left = await unsettled(client, projectId)
    const ms = performance.now() - began
    if (left.length === 0 || ms > QUIET_MS) return { left, ms }
    await pause(100)
  }
}

async function reportProgress({ counts }: Writer, forMs: number, say: (line: string) => void): Promise<void> {
  const over = AbortSignal.timeout(forMs)
  while (!over.aborted) {
    await pause(30_000, undefined, { signal: over }).catch(() => undefined)
    say(`${counts.acknowledged} changes acknowledged, ${counts.unanswered} unanswered`)
  }
}

export const discard = ({ dir }: Report): Promise<void> => rm(dir, { recursive: true, force: true })
