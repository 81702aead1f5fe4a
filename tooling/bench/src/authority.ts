/**
 * What checked rows and keyed tokens cost a reading: the work of `GET secrets` behind its route, from the token to the values, on a store that checks
 * and on the same one without the checks, in turns. Both sides are measured without HTTP, so the share of a whole request is smaller.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readAccess } from '@keyferry/core/access/grants'
import type { Context } from '@keyferry/core/context'
import { listSecrets } from '@keyferry/core/vault/secrets'
import { listSecrets as asked } from '@keyferry/schemas'
import { CamelCasePlugin } from 'kysely'
import { ACTOR } from './context.ts'
import { percentile, printTable } from './table.ts'

const TURNS = 1_500

export async function authorizing(
  ctx: Context,
  place: { projectId: string; environment: string; secretPath: string },
): Promise<void> {
  const token = randomBytes(32).toString('base64url')
  const principal = await machine(ctx, place.projectId, ctx.authority.hashToken(token))
  const plain = { sha256: createHash('sha256').update(token).digest('base64url') }
  const unchecked = Object.assign(ctx.db.withoutPlugins().withPlugin(new CamelCasePlugin()), {
    dialect: ctx.db.dialect,
  })
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
    without: () => read(unchecked, () => plain.sha256),
  }
  const taken = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]))
  for (let turn = 0; turn < TURNS; turn++)
    for (const [name, side] of Object.entries(sides)) {
      // Not the time that passed: most of it is the disk's, for the audit row, and whoever shares the machine adds theirs.
      const start = process.cpuUsage()
      await side()
      const { user, system } = process.cpuUsage(start)
      taken.get(name)?.push(user + system)
    }
  const medians = [...taken].map(([name, values]) => ({ name, median: percentile(values, 50) }))
  const [checked, bare] = medians
  const share = checked && bare ? (checked.median / bare.median - 1) * 100 : Number.NaN
  printTable(
    `A folder of 20 secrets read with a token, SQLite: median of ${TURNS} turns, µs of CPU; the checks add ${share.toFixed(1)} %`,
    medians.map(({ name, median }) => ({ reading: name, µs: Math.round(median) })),
  )
}

/** A machine that is a member, with an access token of this hash; its id. */
async function machine(ctx: Context, projectId: string, hash: string): Promise<string> {
  const id = randomUUID()
  const at = ctx.now().toISOString()
  const kept = { createdAt: at, updatedAt: at }
  const counts = { uses: 0, usesLimit: 0, ttl: 0 }
  await ctx.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('identities')
      .values({ id, name: 'bench', ...kept })
      .execute()
    await tx
      .insertInto('universalAuths')
      .values({ identityId: id, clientId: id, settings: '{}', failures: 0, ...kept })
      .execute()
    await tx
      .insertInto('clientSecrets')
      .values({ id, identityId: id, description: '', prefix: '', hash: id, revoked: 0, ...counts, ...kept })
      .execute()
    await tx
      .insertInto('accessTokens')
      .values({
        id,
        identityId: id,
        clientSecretId: id,
        hash,
        ...counts,
        expiresAt: '2099',
        endsAt: '2099',
        createdAt: at,
      })
      .execute()
    await tx
      .insertInto('memberships')
      .values({ id, projectId, principalKind: 'identity', principalId: id, role: 'viewer', scopes: null, ...kept })
      .execute()
  })
  return id
}
