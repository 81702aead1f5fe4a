/**
 * What checked rows and keyed tokens cost a reading, of a folder as most are: the work of `GET secrets` behind its
 * route, and the whole request. On a store that checks and on one that does not, in turns.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAccess } from '@keyferry/access'
import { openSqlite, type Db } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { listSecrets as asked } from '@keyferry/schemas'
import { listSecrets } from '@keyferry/vault'
import { authorizingOverHttp } from './authority-http.ts'
import { ACTOR, benchContext } from './context.ts'
import { folderOf, type Place } from './folder.ts'
import { machine, sha256 } from './machine.ts'
import { addedShare, percentile, printTable } from './table.ts'

const TURNS = 500
/** Of one turn: a single reading is too short for the clock of the CPU. */
const READINGS = 5
const WARM_UP = 20
const SECRETS = 20

export async function measureAuthority(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const store = openSqlite(join(dir, 'verb.db'))
  const ctx = await benchContext(store)
  await verb(ctx, store, await folderOf(ctx, SECRETS))
  await ctx.db.destroy()
  await authorizingOverHttp(dir)
  await rm(dir, { recursive: true, force: true })
}

/** From the token to the values, without HTTP. */
async function verb(ctx: Context, unchecked: Db, place: Place): Promise<void> {
  const token = randomBytes(32).toString('base64url')
  const principal = await machine(ctx, place.projectId, ctx.authority.hashToken(token))
  const input = asked.parse(place)
  const read = async (db: Context['db'], hash: () => string): Promise<void> => {
    hash()
    await db
      .selectFrom('accessTokens')
      .innerJoin('identities', 'identities.id', 'accessTokens.identityId')
      .where('accessTokens.identityId', '=', principal)
      .selectAll('accessTokens')
      .select('identities.name')
      .executeTakeFirstOrThrow()
    await readAccess(db, { kind: 'identity', id: principal })
    await listSecrets({ ...ctx, db }, ACTOR, input)
  }
  const sides = {
    'with checks': () => read(ctx.db, () => ctx.authority.hashToken(token)),
    without: () => read(unchecked, () => sha256(token)),
  }
  const taken = { 'with checks': [] as number[], without: [] as number[] }
  const names = ['with checks', 'without'] as const
  for (let turn = -WARM_UP; turn < TURNS; turn++)
    for (const name of turn % 2 === 0 ? names : names.toReversed()) {
      // Not the time that passed: most of it is the disk's, for the audit row, and other work on the machine adds to
      // it.
      const start = process.cpuUsage()
      for (let reading = 0; reading < READINGS; reading++) await sides[name]()
      const { user, system } = process.cpuUsage(start)
      if (turn >= 0) taken[name].push((user + system) / READINGS)
    }
  printTable(
    `A folder of 20 secrets read with a token, SQLite: median of ${TURNS} turns of ${READINGS}, µs of CPU; the checks add ${addedShare(taken['with checks'], taken.without)}`,
    names.map((name) => ({ reading: name, µs: Math.round(percentile(taken[name], 50)) })),
  )
}
