/** What goes wrong: processes are killed, stopped and replaced, the database crashes, vendors are out of order. */
import { setTimeout as pause } from 'node:timers/promises'
import { OUTAGES } from './front.ts'
import { random, type Random } from './random.ts'
import { processesOf, ready, type Stage } from './stage.ts'
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
  stage: Stage
  accounts: readonly Account[]
  seed: number
  /** How long it goes on, milliseconds. */
  forMs: number
  /** SIGKILLs wanted in that time. */
  kills: number
}

/** Milliseconds; a lease lives for 15 s. */
const LONG_FREEZE = { low: 16_000, high: 20_000 }

/** Breaks things until the time is over, then heals everything. */
export async function breakThings(options: KillerOptions): Promise<Damage> {
  const { stage, accounts } = options
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
    ...accounts.map((account, i) => vendorTrouble(account, random(options.seed, `vendor ${i}`), damage, over)),
  ])
  for (const process of processesOf(stage)) {
    process.thaw()
    process.start()
  }
  await Promise.all(stage.servers.map((server) => ready(server)))
  return damage
}

/** Kills at the wanted pace. */
async function killing({ stage, seed, forMs, kills }: KillerOptions, damage: Damage, over: AbortSignal): Promise<void> {
  const chance = random(seed, 'kills')
  const gap = forMs / kills
  const began = performance.now()
  for (let i = 0; i < kills && !over.aborted; i += 1) {
    await rest(Math.max(0, began + gap * (i + chance.between(0.1, 0.9)) - performance.now()), over)
    if (over.aborted) return
    await (stage.profile === 'embedded' ? killTheOne(stage, chance, damage) : killSome(stage, chance, damage))
    damage.kills += 1
  }
}

async function killTheOne(stage: Stage, chance: Random, damage: Damage): Promise<void> {
  const [server] = stage.servers
  if (!server) return
  await server.process.kill()
  if (chance.chance(0.15)) {
    await stage.wipeQueue?.()
    damage.queueWipes += 1
  }
  server.process.start()
  // Mostly it gets to work before the next blow, sometimes it is hit while it starts.
  if (chance.chance(0.85)) await ready(server)
}

async function killSome(stage: Stage, chance: Random, damage: Damage): Promise<void> {
  if (stage.crashDatabase && chance.chance(0.12)) {
    await stage.crashDatabase()
    damage.databaseCrashes += 1
    return
  }
  const servers = stage.servers.map(({ process }) => process)
  const victim = chance.pick(chance.chance(0.7) ? stage.workers : servers)
  await victim.kill()
  victim.start()
}

/** Pauses and orderly restarts of whoever is up. */
async function bothering({ stage, seed, forMs }: KillerOptions, damage: Damage, over: AbortSignal): Promise<void> {
  const chance = random(seed, 'pauses')
  const embedded = stage.profile === 'embedded'
  // One process is all there is of the embedded profile: while it stands still, nothing goes wrong.
  const longest = Math.min(embedded ? 40_000 : 8_000, forMs / 4)
  const thawing: Promise<void>[] = []
  while (!over.aborted) {
    await rest(chance.between(longest / 8, longest), over)
    const present = processesOf(stage).filter((process) => !process.away)
    if (over.aborted || present.length < (embedded ? 1 : 2)) continue
    const victim = chance.pick(present)
    if (!embedded && chance.chance(0.25)) {
      damage.terminations += 1
      thawing.push(victim.terminate().then(() => victim.start()))
      continue
    }
    const long = stage.workers.includes(victim) && forMs > 60_000 && chance.chance(0.5)
    const forHowLong = long ? chance.between(LONG_FREEZE.low, LONG_FREEZE.high) : chance.between(200, 4_000)
    damage.freezes += 1
    if (long) damage.longFreezes += 1
    victim.freeze()
    thawing.push(rest(forHowLong, over).then(() => victim.thaw()))
  }
  await Promise.all(thawing)
}

async function vendorTrouble(account: Account, chance: Random, damage: Damage, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await rest(chance.between(2_000, 40_000), over)
    if (over.aborted) return
    damage.outages += 1
    await account.outage(chance.pick(OUTAGES))
    await rest(chance.between(500, 8_000), over)
    await account.outage(null)
  }
}

/** Resolves after `ms`, or when it is over. */
const rest = (ms: number, over: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal: over }).catch(() => undefined)
