/**
 * What a poller costs that has the present `ETag`: `GET /api/v4/secrets` of 100 secrets answered 304, beside the same
 * read with its values. One server in a process of its own, asked in turns over the loopback interface.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'undici'
import { message, type Reading } from './authority-http.ts'
import { percentile, printTable } from './table.ts'

const SECRETS = 100
const TURNS = 100
const REQUESTS = 15
const WARM_UP = 20

export async function measureConditionalReads(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const child = fork(join(import.meta.dirname, 'authority-process.ts'), [join(dir, 'store.db'), `${SECRETS}`])
  const { url, path, token } = (await message(child)) as Reading
  const client = new Client(url)
  /** µs of the server since it was asked last. */
  const cpu = async (): Promise<number> => {
    const answered = message(child)
    child.send('cpu')
    return (await answered) as number
  }
  let turn = 0
  const read = async (tag?: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'x-forwarded-for': `192.0.2.${turn++ % 200}`,
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    }
    const { statusCode, headers: answered, body } = await client.request({ method: 'GET', path, headers })
    await body.dump()
    if (statusCode !== (tag === undefined ? 200 : 304)) throw new Error(`${statusCode} for ${tag ?? 'no tag'}`)
    return String(answered['etag'])
  }
  const tag = await read()
  const sides = [
    { name: 'with values', taken: [] as number[], cpu: [] as number[], once: () => read() },
    { name: 'unchanged', taken: [] as number[], cpu: [] as number[], once: () => read(tag) },
  ] as const
  for (let round = -WARM_UP; round < TURNS; round++)
    for (const side of sides) {
      await cpu()
      const start = performance.now()
      for (let i = 0; i < REQUESTS; i++) await side.once()
      const ms = performance.now() - start
      const µs = await cpu()
      if (round < 0) continue
      side.taken.push(ms / REQUESTS)
      side.cpu.push(µs / REQUESTS)
    }
  const [values, unchanged] = sides
  const ratios = values.taken.map((ms, at) => ms / (unchanged.taken[at] ?? Number.NaN))
  printTable(
    `GET /api/v4/secrets of ${SECRETS} secrets, SQLite: median of ${TURNS} turns of ${REQUESTS}; unchanged is ${percentile(ratios, 50).toFixed(1)} times as fast`,
    sides.map(({ name, taken, cpu }) => ({
      answer: name,
      'requests/s': Math.round(1000 / percentile(taken, 50)),
      'µs of CPU': Math.round(percentile(cpu, 50)),
    })),
  )
  await client.close()
  child.disconnect()
  await once(child, 'exit')
  await rm(dir, { recursive: true, force: true })
}
