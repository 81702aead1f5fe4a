/** Faults: processes are killed, stopped and replaced, the database crashes, vendors are out of order. */
import { setTimeout as pause } from 'node:timers/promises'
import { OUTAGES } from './fault-proxy.ts'
import type { KeptProcess } from './process.ts'
import { random, type Random } from './random.ts'
import { processesOf, ready, type Cluster } from './cluster.ts'
import type { Account } from './vendor.ts'

export interface Damage {
  /** SIGKILLs, those of the database included. */
  kills: number
  databaseCrashes: number
  queueWipes: number
  terminations: number
  /** SIGSTOPs, and those among them that outlast a lease. */
  freezes: number
  longFreezes: number
  outages: number
}

export interface KillerOptions {
  cluster: Cluster
  accounts: readonly Account[]
  seed: number
  /** Duration, milliseconds. */
  forMs: number
  /** SIGKILLs wanted in that time. */
  kills: number
}

/** Milliseconds; a lease lives for 15 s. */
const LONG_FREEZE = { low: 16_000, high: 20_000 }

/** Breaks things until the time is over, then heals everything. */
export async function breakThings(options: KillerOptions): Promise<Damage> {
  const { cluster, accounts } = options
  const damage: Damage = {
    kills: 0,
    databaseCrashes: 0,
    queueWipes: 0,
    terminations: 0,
    freezes: 0,
    longFreezes: 0,
    outages: 0,
  }
  const over = AbortSignal.timeout(options.forMs)
  await Promise.all([
    killing(options, damage, over),
    bothering(options, damage, over),
    ...accounts.map((account, i) =>
      vendorTrouble(account, random(options.seed, `vendor ${i}`), options.forMs, damage, over),
    ),
  ])
  for (const process of processesOf(cluster)) {
    process.thaw()
    process.start()
  }
  await Promise.all(cluster.servers.map((server) => ready(server)))
  return damage
}

/**
 * Kills at the wanted pace, as far as the victims come back: a heap of processes that only ever start would prove
 * little.
 */
async function killing(
  { cluster, seed, forMs, kills }: KillerOptions,
  damage: Damage,
  over: AbortSignal,
): Promise<void> {
  const chance = random(seed, 'kills')
  const gap = forMs / kills
  const began = performance.now()
  for (let i = 0; i < kills && !over.aborted; i += 1) {
    await rest(Math.max(0, began + gap * (i + chance.between(0.1, 0.9)) - performance.now()), over)
    await (cluster.profile === 'embedded'
      ? killTheOne(cluster, chance, damage, over)
      : killSome(cluster, chance, damage, over))
  }
}

async function killTheOne(cluster: Cluster, chance: Random, damage: Damage, over: AbortSignal): Promise<void> {
  const [server] = cluster.servers
  if (!server) return
  // Mostly it gets to work before the next blow, sometimes it is hit while it starts.
  if (chance.chance(0.85)) await until(() => server.process.ready, over)
  await rest(chance.between(100, 2_000), over)
  if (over.aborted) return
  await server.process.kill()
  damage.kills += 1
  if (chance.chance(0.15)) {
    await cluster.wipeQueue?.()
    damage.queueWipes += 1
  }
  server.process.start()
}

async function killSome(cluster: Cluster, chance: Random, damage: Damage, over: AbortSignal): Promise<void> {
  const servers = cluster.servers.map(({ process }) => process)
  const up = (processes: readonly KeptProcess[]): KeptProcess[] => processes.filter(({ ready, away }) => ready && !away)
  const database = chance.chance(0.12) ? cluster.crashDatabase : null
  // Somebody is at work when it happens, and nearly always somebody is left.
  await until(() => up(servers).length > 0 && up(cluster.workers).length > 1, over)
  if (over.aborted) return
  damage.kills += 1
  if (database) {
    damage.databaseCrashes += 1
    await database()
    return
  }
  const victim = chance.pick(up(chance.chance(0.7) ? cluster.workers : servers))
  await victim.kill()
  victim.start()
}

async function until(condition: () => boolean, over: AbortSignal): Promise<void> {
  while (!condition() && !over.aborted) await rest(20, over)
}

/** Pauses and orderly restarts of running processes. */
async function bothering({ cluster, seed, forMs }: KillerOptions, damage: Damage, over: AbortSignal): Promise<void> {
  const chance = random(seed, 'pauses')
  const embedded = cluster.profile === 'embedded'
  // One process is all there is of the embedded profile: while it stands still, there are no faults.
  const longest = Math.min(embedded ? 40_000 : 8_000, forMs / 4)
  const thawing: Promise<void>[] = []
  while (!over.aborted) {
    await rest(chance.between(longest / 8, longest), over)
    const present = processesOf(cluster).filter((process) => process.ready && !process.away)
    if (over.aborted || present.length * 2 <= processesOf(cluster).length) continue
    const victim = chance.pick(present)
    if (!embedded && chance.chance(0.25)) {
      damage.terminations += 1
      thawing.push(victim.terminate().then(() => victim.start()))
      continue
    }
    const long = cluster.workers.includes(victim) && forMs > 60_000 && chance.chance(0.5)
    const forHowLong = long ? chance.between(LONG_FREEZE.low, LONG_FREEZE.high) : chance.between(200, 4_000)
    damage.freezes += 1
    if (long) damage.longFreezes += 1
    victim.freeze()
    thawing.push(rest(forHowLong, over).then(() => victim.thaw()))
  }
  await Promise.all(thawing)
}

async function vendorTrouble(
  account: Account,
  chance: Random,
  forMs: number,
  damage: Damage,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await rest(chance.between(2_000, 40_000) * Math.min(1, forMs / 60_000), over)
    if (over.aborted) return
    damage.outages += 1
    await account.outage(chance.pick(OUTAGES))
    await rest(chance.between(500, 8_000) * Math.min(1, forMs / 60_000), over)
    await account.outage(null)
  }
}

/** Resolves after `ms`, or when it is over. */
const rest = (ms: number, over: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal: over }).catch(() => undefined)
