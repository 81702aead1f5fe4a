/** A process of the product, as an init system would keep it: started again whenever it ended, and open to violence. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Program } from '@keyferry/vitest/programs'

const ROOT = resolve(import.meta.dirname, '../../..')
const TAG = join(import.meta.dirname, 'writer-tag.ts')
/** Longer than a process takes to end in order, see GRACE_MS of the worker. */
const TIMEOUT_MS = 30_000
const RESTART_MS = 500
/** What the processes of the product print when they take requests or jobs. */
const READY = /worker ready|api ready|serves on/

export interface KeptProcess {
  readonly name: string
  /** Null while it is away. */
  readonly pid: number | null
  /** Not started, killed, or stopped by SIGSTOP. */
  readonly away: boolean
  /** This incarnation said that it works. */
  readonly ready: boolean
  /**
   * How often it was started, and since when this incarnation is gone (milliseconds since 1970); null while it lives.
   */
  readonly incarnation: number
  readonly goneSince: number | null
  /** Ends that nobody caused. */
  readonly surprises: readonly string[]
  start(): void
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it is gone. An end that takes too long or fails is a surprise. */
  terminate(): Promise<void>
  /** SIGSTOP and SIGCONT. */
  freeze(): void
  thaw(): void
}

/** They go with us. */
const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** `program` with further `flags` of node; its output is appended to `log`. */
export function keptProcess(options: {
  name: string
  program: Program
  env: Record<string, string>
  log: string
  flags?: readonly string[]
}): KeptProcess {
  const { name, program, env, log, flags = [] } = options
  const surprises: string[] = []
  let child: ChildProcess | null = null
  let frozen = false
  let expected = true
  let incarnation = 0
  let saidReady = false
  let goneSince: number | null = null

  const start = (): void => {
    if (child) return
    expected = false
    frozen = false
    goneSince = null
    incarnation += 1
    saidReady = false
    const started = spawn(process.execPath, ['--liftoff-only', ...flags, '--import', TAG, program.file], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        NODE_COMPILE_CACHE: program.NODE_COMPILE_CACHE,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    living.add(started)
    started.once('exit', () => living.delete(started))
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        appendFileSync(log, chunk)
        if (child === started && !saidReady) saidReady = READY.test(chunk.toString())
      })
    }
    started.once('exit', (code, signal) => {
      child = null
      goneSince = Date.now()
      if (expected) return
      surprises.push(`${name} ended unexpectedly (${signal ?? code})`)
      setTimeout(start, RESTART_MS)
    })
  }
  const end = async (signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> => {
    const ending = child
    expected = true
    if (!ending) return null
    const exited = once(ending, 'exit')
    ending.kill(signal)
    // A stopped process dies of SIGKILL, but hears nothing else.
    if (frozen) ending.kill('SIGCONT')
    if (signal === 'SIGKILL') await exited
    else if (!(await Promise.race([exited.then(() => true), pause(TIMEOUT_MS, false)]))) {
      surprises.push(`${name} did not end within ${TIMEOUT_MS / 1000} s of ${signal}`)
      ending.kill('SIGKILL')
      await exited
    }
    return ending.exitCode ?? ending.signalCode
  }
  return {
    name,
    surprises,
    get pid() {
      return child?.pid ?? null
    },
    get away() {
      return child === null || frozen
    },
    get ready() {
      return child !== null && saidReady
    },
    get incarnation() {
      return incarnation
    },
    get goneSince() {
      return goneSince
    },
    start,
    async kill() {
      await end('SIGKILL')
    },
    async terminate() {
      const result = await end('SIGTERM')
      // Before the process listens to it, the signal itself is the end.
      if (typeof result === 'number' && result !== 0) surprises.push(`${name} ended with ${result} after SIGTERM`)
    },
    freeze() {
      if (child && !frozen) frozen = child.kill('SIGSTOP')
    },
    thaw() {
      if (child && frozen) child.kill('SIGCONT')
      frozen = false
    },
  }
}
