/**
 * `pnpm chaos [--profile embedded|postgres] [--minutes N] [--kills N] [--seed N]`: without a profile, both. Exits 1
 * unless all is well.
 */
import { parseArgs } from 'node:util'
import { discard, runChaos } from './chaos.ts'
import { isClean, printed } from './report.ts'
import type { Profile } from './cluster.ts'

const { values } = options()
const minutes = Number(values.minutes)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const kills = values.kills === undefined ? Math.max(1, Math.round(minutes * 10)) : Number(values.kills)
const profiles = (['embedded', 'postgres'] as const).filter(
  (profile: Profile) => values.profile === undefined || values.profile === profile,
)
if (profiles.length === 0 || !(minutes > 0) || !(kills >= 1) || !Number.isInteger(seed)) {
  refuse('A value is not one of those that its option takes.')
}

// The processes of the run go with this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

let clean = true
for (const profile of profiles) {
  const report = await runChaos({ profile, seed, forMs: minutes * 60_000, kills, say: (line) => console.log(line) })
  console.log(`\n${printed(report)}\n`)
  if (isClean(report)) await discard(report)
  else {
    clean = false
    console.log(
      `Logs and data are kept in ${report.dir}; the same decisions again: --profile ${profile} --minutes ${minutes} --kills ${kills} --seed ${seed}`,
    )
  }
}
process.exit(clean ? 0 : 1)

function options() {
  try {
    return parseArgs({
      options: {
        profile: { type: 'string' },
        minutes: { type: 'string', default: '2' },
        kills: { type: 'string' },
        seed: { type: 'string' },
      },
    })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function refuse(problem: string): never {
  console.error(`${problem}\npnpm chaos [--profile embedded|postgres] [--minutes N] [--kills N] [--seed N]`)
  process.exit(2)
}
