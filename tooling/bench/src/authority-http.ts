/**
 * What checked rows and keyed tokens cost `GET /api/v4/secrets` with a machine's token: two servers in processes of
 * their own, one that checks and one that does not, asked in turns over the loopback interface. CPU time of the server
 * alone.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'undici'
import { addedShare, percentile, printTable } from './table.ts'

/** Many short ones, so that what else runs on the machine meets both sides alike. */
const TURNS = 500
const REQUESTS = 15
const WARM_UP = 50

export interface Reading {
  url: string
  /** Of the whole folder. */
  path: string
  /** Of one secret. */
  secretPath: string
  token: string
}

export async function authorizingOverHttp(dir: string): Promise<void> {
  const sides = [await start('checked', dir), await start('bare', dir)] as const
  for (let turn = -WARM_UP; turn < TURNS; turn++)
    // Each side goes first in every other turn: the second one finds the machine's caches as the first one left them.
    for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
      const cpu = await side.read(turn + WARM_UP)
      if (turn >= 0) side.taken.push(cpu / REQUESTS)
    }
  const [checked, bare] = sides
  printTable(
    `GET /api/v4/secrets of 20 secrets with a machine's token, SQLite: median of ${TURNS} turns of ${REQUESTS}, µs of the server's CPU; the checks add ${addedShare(checked.taken, bare.taken)}`,
    sides.map(({ name, taken }) => ({ server: name, µs: Math.round(percentile(taken, 50)) })),
  )
  for (const side of sides) await side.stop()
}

async function start(name: 'checked' | 'bare', dir: string) {
  const child = fork(join(import.meta.dirname, 'authority-process.ts'), [name, join(dir, `${name}.db`)])
  const { url, path, token } = (await message(child)) as Reading
  const client = new Client(url)
  const cpu = async (): Promise<number> => {
    const answered = message(child)
    child.send('cpu')
    return (await answered) as number
  }
  return {
    name: name === 'checked' ? 'with checks' : 'without',
    taken: [] as number[],
    /** µs of CPU. */
    async read(turn: number): Promise<number> {
      await cpu()
      for (let i = 0; i < REQUESTS; i++) {
        const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `192.0.2.${turn % 200}` }
        const { statusCode, body } = await client.request({ method: 'GET', path, headers })
        const text = await body.text()
        if (statusCode !== 200 || !text.includes('BENCH_KEY_19'))
          throw new Error(`${statusCode}: ${text.slice(0, 200)}`)
      }
      return cpu()
    },
    async stop(): Promise<void> {
      await client.close()
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

export async function message(child: ChildProcess): Promise<unknown> {
  const [sent] = await once(child, 'message')
  return sent
}
