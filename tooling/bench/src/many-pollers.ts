/**
 * A list of 20,000 secrets that 200 clients poll at once, each with the present `ETag`, and one of them that reads it
 * with its values. One server in a process of its own.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { message, type Reading } from './authority-http.ts'
import { percentile, printTable } from './table.ts'

const SECRETS = 20_000
const CLIENTS = 200
const TURNS = 10

export async function measurePollers(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const child = fork(join(import.meta.dirname, 'authority-process.ts'), [join(dir, 'store.db'), `${SECRETS}`])
  const { url, path, token } = (await message(child)) as Reading
  const dispatcher = new Agent({ connections: CLIENTS })
  const read = async (client: number, tag?: string) => {
    const start = performance.now()
    const headers = {
      authorization: `Bearer ${token}`,
      'x-forwarded-for': `192.0.2.${client}`,
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    }
    const { statusCode, headers: answered, body } = await request(url + path, { headers, dispatcher })
    await body.dump({ limit: Infinity })
    if (statusCode !== (tag === undefined ? 200 : 304)) throw new Error(`${statusCode} for ${tag ?? 'no tag'}`)
    return { ms: performance.now() - start, tag: String(answered['etag']) }
  }
  const whole = await read(0)
  // The first 304 compares the list once more.
  await read(0, whole.tag)
  const polls: number[] = []
  const rounds: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const start = performance.now()
    const answers = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => read(client, whole.tag)))
    rounds.push(performance.now() - start)
    polls.push(...answers.map(({ ms }) => ms))
  }
  printTable(`A list of ${SECRETS} secrets, SQLite, polled by ${CLIENTS} clients at once, ${TURNS} times`, [
    {
      'with values, ms': Math.round(whole.ms),
      'all unchanged, ms': Math.round(percentile(rounds, 50)),
      'slowest client, ms': Math.round(Math.max(...polls)),
      'unchanged/s': Math.round((CLIENTS * 1000) / percentile(rounds, 50)),
    },
  ])
  await dispatcher.close()
  child.disconnect()
  await once(child, 'exit')
  await rm(dir, { recursive: true, force: true })
}
