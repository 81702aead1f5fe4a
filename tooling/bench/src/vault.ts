/**
 * What listing a folder with its values costs beside the least it can: decrypting those values. And what the audit log
 * adds to a write. Embedded profile, one process; both sides of a ratio are measured in turns, so that other work on
 * the machine slows both down.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyferryClient } from '@keyferry/client'
import { openSqlite } from '@keyferry/db'
import { audit, transact, type Context } from '@keyferry/kernel'
import { readEnv } from '@keyferry/runtime'
import { bootstrapped, getSecret as one, listSecrets as asked } from '@keyferry/schemas'
import { startKeyferry } from '@keyferry/server'
import { getSecret, listSecrets, associatedData, updateSecrets } from '@keyferry/vault'
import { ACTOR, benchContext } from './context.ts'
import { batches, folderOf, type Place } from './folder.ts'
import { ms, percentile, printTable, times } from './table.ts'

const SECRETS = 10_000
const ROUNDS = 25
const WRITES = 300

export async function measureVault(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const ctx = await benchContext(openSqlite(join(dir, 'vault.db')))
  const place = await folderOf(ctx, SECRETS)
  await listing(ctx, place)
  await overHttp(dir, ctx, place)
  await auditing(ctx, place)
  await ctx.db.destroy()
  await rm(dir, { recursive: true, force: true })
}

/** The verb beside a loop over the same sealed values, in turns. */
async function listing(ctx: Context, place: Place): Promise<void> {
  const bare = await bareLoop(ctx, place)
  const input = asked.parse(place)
  const rows = await inTurns({
    'decrypting them in a bare loop': () => Promise.resolve(bare()),
    'listing them, no values': async () => void (await listSecrets(ctx, ACTOR, { ...input, showValues: false })),
    'listing them with values': async () => void (await listSecrets(ctx, ACTOR, input)),
    'the same, references and imports resolved': async () =>
      void (await listSecrets(ctx, ACTOR, { ...input, expandReferences: true, includeImports: true })),
    'reading one of them': async () => void (await getSecret(ctx, ACTOR, one.parse({ ...place, key: 'BENCH_KEY_7' }))),
  })
  printTable(`A folder of ${SECRETS} secrets with 64-byte values, embedded: median of ${ROUNDS} turns, ms`, rows)
}

/** Decrypts every value of the folder, read before. */
async function bareLoop(ctx: Context, { projectId }: Place): Promise<() => void> {
  const { dataKey } = await ctx.db
    .selectFrom('projects')
    .where('id', '=', projectId)
    .select('dataKey')
    .executeTakeFirstOrThrow()
  const key = ctx.keyring.open(projectId, dataKey)
  const rows = await ctx.db.selectFrom('secrets').selectAll().execute()
  if (rows.length !== SECRETS) throw new Error(`there are ${rows.length} secrets instead of ${SECRETS}`)
  return () => {
    for (const row of rows) key.open(row.value, ...associatedData('secret', projectId, row))
  }
}

/** A whole request, over the loopback interface and parsed, beside the same loop. The server is in this process. */
async function overHttp(dir: string, ctx: Context, place: Place): Promise<void> {
  const env = readEnv({ PORT: '0', KEYFERRY_DATA_DIR: join(dir, 'served'), LOG_LEVEL: 'error' })
  const keyferry = await startKeyferry(env)
  const bootstrap = await fetch(`${keyferry.url}/api/v1/admin/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bench@example.com', password: 'bench-bench-bench', organization: 'Bench' }),
  })
  const { token } = bootstrapped.parse(await bootstrap.json()).identity.credentials
  const client = createKeyferryClient({ url: keyferry.url, token })
  const project = await client.projects.create.mutate({ name: 'Bench' })
  const served = { projectId: project.id, environment: 'dev', secretPath: '/' }
  for (const secrets of batches(SECRETS)) await client.secrets.createMany.mutate({ ...served, secrets })
  const url = `${keyferry.url}/api/v4/secrets?${new URLSearchParams(served).toString()}`
  const get = async (): Promise<void> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    const text = await answer.text()
    if (!text.includes(`BENCH_KEY_${SECRETS - 1}`)) throw new Error(`it answered ${text.slice(0, 200)}`)
  }
  const bare = await bareLoop(ctx, place)
  const rows = await inTurns({
    'decrypting them in a bare loop': () => Promise.resolve(bare()),
    'GET /api/v4/secrets': get,
  })
  printTable('The same over HTTP, client and server in one process', rows)
  await keyferry.stop()
}

/** What rows of the audit log add to a transaction that commits anyway, beside a whole write of a secret. */
async function auditing(ctx: Context, place: Place): Promise<void> {
  let written = 0
  const write = async (): Promise<void> => {
    const secrets = [{ key: 'BENCH_KEY_7', value: `value ${(written += 1)}` }]
    await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets })
  }
  const touch = (rows: number) => (): Promise<void> =>
    transact(ctx, async (tx) => {
      await tx
        .updateTable('projects')
        .set({ description: `${(written += 1)}` })
        .where('id', '=', place.projectId)
        .execute()
      const details = { environment: place.environment, secretPath: place.secretPath, keys: ['BENCH_KEY_7'] }
      for (let row = 0; row < rows; row += 1) await audit(ctx, tx, ACTOR, 'secret.update', place.projectId, details)
    })
  const rows = await inTurns(
    {
      'a whole write of a secret, audit row included': write,
      'a transaction that changes one row': touch(0),
      'the same with one audit row': touch(1),
      'the same with eleven': touch(11),
    },
    WRITES,
  )
  printTable(`The audit's share of a write, embedded: median of ${WRITES} turns, ms`, rows)
}

/** Each of `works` once per turn; medians, and how many times the first one they are. */
async function inTurns(
  works: Record<string, () => Promise<void>>,
  rounds = ROUNDS,
): Promise<Record<string, string | number>[]> {
  const took = new Map(Object.keys(works).map((name): [string, number[]] => [name, []]))
  const warmUp = 3
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const began = performance.now()
      await work()
      if (round >= 0) took.get(name)?.push(performance.now() - began)
    }
  }
  const median = (name: string): number => percentile(took.get(name) ?? [], 50)
  const [first = ''] = took.keys()
  return [...took.keys()].map((name) => ({
    what: name,
    median: ms(median(name)),
    ratio: times(median(name) / median(first)),
  }))
}
