/**
 * What checked rows and keyed tokens cost `GET /api/v4/secrets` with a machine's token: two servers in one process, one
 * that checks and one that does not, asked in turns over the loopback interface. CPU time of that process alone.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'undici'
import { addedShare, percentile, printTable } from './table.ts'

/** Many short ones, so that what else runs on the machine meets both sides alike. */
const TURNS = 2000
const REQUESTS = 8
const WARM_UP = 200

export interface Reading {
  url: string
  /** Of the whole folder. */
  path: string
  /** Of one secret. */
  secretPath: string
  token: string
}

export interface Readings extends Reading {
  /** The same without checks. */
  bare: Reading
}

export async function authorizingOverHttp(dir: string): Promise<void> {
  const child = fork(join(import.meta.dirname, 'authority-process.ts'), [join(dir, 'http.db')])
  const { bare, ...checked } = (await message(child)) as Readings
  const cpu = async (): Promise<number> => {
    const answered = message(child)
    child.send('cpu')
    return (await answered) as number
  }
  const sides = [sideOf('with checks', checked), sideOf('without', bare)] as const
  for (let turn = -WARM_UP; turn < TURNS; turn++)
    // Each side goes first in every other turn: the second one finds the machine's caches as the first one left them.
    for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
      await cpu()
      await side.read(turn + WARM_UP)
      const µs = await cpu()
      if (turn >= 0) side.taken.push(µs / REQUESTS)
    }
  const [checking, without] = sides
  printTable(
    `GET /api/v4/secrets of 20 secrets with a machine's token, SQLite: median of ${TURNS} turns of ${REQUESTS}, µs of the server's CPU; the checks add ${addedShare(checking.taken, without.taken)}`,
    sides.map(({ name, taken }) => ({ server: name, µs: Math.round(percentile(taken, 50)) })),
  )
  for (const side of sides) await side.close()
  child.disconnect()
  await once(child, 'exit')
}

function sideOf(name: string, { url, path, token }: Reading) {
  const client = new Client(url)
  return {
    name,
    taken: [] as number[],
    async read(turn: number): Promise<void> {
      for (let i = 0; i < REQUESTS; i++) {
        const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `192.0.2.${turn % 200}` }
        const { statusCode, body } = await client.request({ method: 'GET', path, headers })
        const text = await body.text()
        if (statusCode !== 200 || !text.includes('BENCH_KEY_19'))
          throw new Error(`${statusCode}: ${text.slice(0, 200)}`)
      }
    },
    close: () => client.close(),
  }
}

export async function message(child: ChildProcess): Promise<unknown> {
  const [sent] = await once(child, 'message')
  return sent
}
