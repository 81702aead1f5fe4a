/**
 * `pnpm start` on a fresh data directory and again: time to the first 200, resident memory afterwards and at most, and
 * what it takes of a core while nothing happens. Memory and CPU are read from /proc: Linux only.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@keyferry/vitest/free-port'
import { ms, printTable } from './table.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SETTLE_MS = 5_000
const IDLE_MS = 30_000
/** Of the kernel's clock that counts CPU time. */
const TICKS_PER_SECOND = 100

export async function measureStart(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const rows = []
  for (const start of ['first', 'second', 'third']) rows.push({ start, ...(await one(dir)) })
  printTable('pnpm start: from the command to the first 200 of /api/status; memory 5 s later, then 30 s idle', rows)
  await rm(dir, { recursive: true, force: true })
}

async function one(dataDir: string): Promise<Record<string, string>> {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), KEYFERRY_DATA_DIR: dataDir, LOG_LEVEL: 'error' }
  const began = performance.now()
  // A group of its own: pnpm does not hand signals on to what it started.
  const child = spawn('npx', ['-y', 'pnpm@12', 'start'], { cwd: ROOT, env, stdio: 'ignore', detached: true })
  const status = `http://127.0.0.1:${port}/api/status`
  while (
    !(await fetch(status).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await pause(10)
  const first = performance.now() - began
  await pause(SETTLE_MS)
  const { pid, resident } = await largestBelow(child.pid ?? 0)
  const peak = Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
  const before = await cpuSeconds(pid)
  await pause(IDLE_MS)
  const idle = ((await cpuSeconds(pid)) - before) / (IDLE_MS / 1000)
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await once(child, 'exit')
  return {
    'first 200, s': (first / 1000).toFixed(1),
    'resident MB': ms(resident / 1024),
    'peak MB': ms(peak / 1024),
    'idle CPU': `${(idle * 100).toFixed(2)} %`,
  }
}

/** Seconds of CPU that the process has taken. */
async function cpuSeconds(pid: number): Promise<number> {
  // The name of the process, in brackets, may hold spaces.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** The node process with Keyferry in it, the largest below `root`, and its resident kilobytes. */
async function largestBelow(root: number): Promise<{ pid: number; resident: number }> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,ppid=,rss='])
  const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const family = new Set([root])
  // Listed by pid: a child's line may stand before its parent's, so look until nobody is added.
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const [pid = 0, parent = 0] of processes) if (family.has(parent)) family.add(pid)
  }
  const [largest = []] = processes.filter(([pid = 0]) => family.has(pid)).sort(([, , a = 0], [, , b = 0]) => b - a)
  const [pid = 0, , resident = 0] = largest
  return { pid, resident }
}
