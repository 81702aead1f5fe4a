/**
 * How often clients read one secret at once, with a row of the audit log for each reading, on both stores; and how
 * often the same clients are answered by a route that does nothing. Each server is a process of its own.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Pool } from 'undici'
import { message, type Reading } from './authority-http.ts'
import { withPostgres } from './own-postgres.ts'
import { PRODUCT_FLAGS } from './product-flags.ts'
import { ms, percentile, printTable } from './table.ts'

const CLIENTS = 20
const WARM_UP_MS = 3_000
const MEASURED_MS = 10_000

export const measureReads = (): Promise<void> =>
  withPostgres(async ({ dir, createDatabase }) => {
    const bare = join(import.meta.dirname, 'bare-server-process.ts')
    const api = join(import.meta.dirname, 'authority-process.ts')
    const rows = []
    rows.push({ server: 'a route that answers a text', ...(await measure(bare, [])) })
    rows.push({ server: 'SQLite', ...(await measure(api, [join(dir, 'store.db')])) })
    rows.push({
      server: 'Postgres',
      ...(await measure(api, [await createDatabase('reads')])),
    })
    printTable(`GET /api/v4/secrets/{name}: ${CLIENTS} clients at once for ${MEASURED_MS / 1000} s, audit log on`, rows)
  })

async function measure(script: string, args: readonly string[]): Promise<Record<string, string | number>> {
  const child = fork(script, args, { execArgv: PRODUCT_FLAGS })
  const { url, secretPath: path, token } = (await message(child)) as Reading
  const pool = new Pool(url, { connections: CLIENTS })
  const start = performance.now()
  const taken: number[] = []
  const read = async (client: number): Promise<void> => {
    for (let turn = 0; performance.now() < start + WARM_UP_MS + MEASURED_MS; turn++) {
      const sent = performance.now()
      // Each address has a limit per minute.
      const address = `192.0.${2 + (turn % 200)}.${client}`
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': address }
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`${statusCode}: ${text.slice(0, 200)}`)
      if (sent > start + WARM_UP_MS) taken.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => read(client)))
  await pool.close()
  child.disconnect()
  await once(child, 'exit')
  return {
    'reads/s': Math.round((taken.length * 1000) / MEASURED_MS),
    'p50 ms': ms(percentile(taken, 50)),
    'p99 ms': ms(percentile(taken, 99)),
  }
}
