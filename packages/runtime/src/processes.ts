/**
 * Which processes run, and which root keys each of them can open: a change of the root key must not leave one behind
 * that can read nothing.
 */
import { createHash, hkdfSync, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { repeat, type Context, type Repeated } from '@keyferry/kernel'

const EVERY_MS = 15_000
/** A process that has not said so for this long has ended. */
const GONE_MS = 60_000

/** What a process can open: with root keys, or with whatever key is in a data directory. */
export interface Opens {
  rootKeys: readonly Buffer[]
  /** Null: its keys come from the environment, and change with a restart only. */
  dataDir: string | null
}

/** Says now and every few seconds that this process runs. `stop` removes the row. */
export function announce(ctx: Context, opens: () => Opens): Repeated {
  const id = randomUUID()
  const name = `process ${process.pid} on ${hostname()}`
  const say = async (): Promise<void> => {
    const row = { rootKeys: JSON.stringify(marksOf(opens())), seenAt: ctx.now().toISOString() }
    await ctx.db
      .insertInto('processes')
      .values({ id, name, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
    await ctx.db.deleteFrom('processes').where('seenAt', '<', since(ctx)).execute()
  }
  const saying = repeat(EVERY_MS, say, {
    failed: (error) => ctx.log.debug({ err: error }, 'this process could not be registered'),
  })
  return {
    async stop() {
      await saying.stop()
      await ctx.db
        .deleteFrom('processes')
        .where('id', '=', id)
        .execute()
        .catch(() => undefined)
    },
  }
}

/** The names of running processes that could not open what `next` wraps. */
export async function processesWithout(ctx: Context, next: Buffer, dataDir: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('processes').where('seenAt', '>=', since(ctx)).selectAll().execute()
  const enough = new Set(marksOf({ rootKeys: [next], dataDir }))
  return rows
    .filter(({ rootKeys }) => {
      const marks: string[] = JSON.parse(rootKeys)
      return !marks.some((mark) => enough.has(mark))
    })
    .map(({ name }) => name)
}

/** The names of running processes. */
export async function runningProcesses(ctx: Pick<Context, 'db' | 'now'>): Promise<string[]> {
  const rows = await ctx.db.selectFrom('processes').where('seenAt', '>=', since(ctx)).select('name').execute()
  return rows.map(({ name }) => name)
}

const since = (ctx: Pick<Context, 'now'>): string => new Date(ctx.now().getTime() - GONE_MS).toISOString()

const marksOf = ({ rootKeys, dataDir }: Opens): string[] => [
  ...rootKeys.map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', 'keyferry root key id v1', 9)).toString('base64url'),
  ),
  ...(dataDir === null ? [] : [createHash('sha256').update(`${hostname()} ${dataDir}`).digest('base64url')]),
]
