import type { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { preparing } from '@keyferry/db'
import { Mutex } from 'async-mutex'
import pg from 'pg'
import type { Db } from 'pg-boss'

export interface PreparedStatements {
  db: Db
  /** Waits for the statement that is being carried out, and refuses all others. The Postgres stays open. */
  close(): Promise<void>
}

/**
 * The Postgres in this process, as pg-boss uses one. Each statement with values is parsed and planned once: on
 * WebAssembly that takes longer than carrying it out. `onError`: called when no statement will work any more.
 */
export async function preparedStatements(pglite: PGlite, onError: (error: Error) => void): Promise<PreparedStatements> {
  const client = new pg.Client(createPgConfig(pglite))
  client.on('error', onError)
  await client.connect()
  await preparing()(client)
  // There is one session, so one statement is over before the next begins.
  const turn = new Mutex()
  const carryOut = async (text: string, values: unknown[]): Promise<{ rows: unknown[] }> => {
    try {
      // Several statements may be in one text without values; each has a result.
      const results = [await client.query<Record<string, unknown>>(text, values.length > 0 ? values : undefined)].flat()
      return { rows: results.flatMap(({ rows }) => rows) }
    } catch (error) {
      // What failed inside a transaction would leave the session in it.
      await client.query('ROLLBACK').catch(() => {})
      throw error
    }
  }
  return {
    db: { executeSql: (text, values = []) => turn.runExclusive(() => carryOut(text, values)) },
    close: () => turn.runExclusive(() => client.end()),
  }
}
