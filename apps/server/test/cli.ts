/** The command line with a home of its own, in processes beside the one that runs the test. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readyApi, type TestApi } from '@keyferry/api/testing'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { openSqliteStore } from '@keyferry/db/testing'
import { program } from '@keyferry/vitest/programs'
import { onTestFinished, vi } from 'vitest'
// By path: the command line is tested with this package, not the other way round.
import type { CommandLine, CommandResult } from '../../cli/test/command-process.ts'
import { NODE_COMPILE_CACHE } from './instance.ts'

// Each command may be a process; on a busy machine a dozen of them take their time.
vi.setConfig({ testTimeout: 300_000 })

const CLI = resolve(import.meta.dirname, '../../cli')

export interface Home {
  dir: string
  env: Record<string, string>
  /**
   * Runs `keyferry …args` to its end. A process beside the test runs one command after the other; `keyferry run` has a
   * process to itself, because its command inherits the streams.
   */
  keyferry(
    args: readonly string[],
    options?: { input?: string | Uint8Array; env?: Record<string, string> },
  ): Promise<CommandResult>
  /** `keyferry …args` as a process of its own, left running; it is ended with the test. */
  start(args: readonly string[]): Promise<RunningCommand>
}

export interface RunningCommand {
  output(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<CommandResult>
}

export async function newHome(env: Record<string, string> = {}): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-cli-'))
  onTestFinished(async () => {
    // A command that hangs would hold up those of the next test.
    if (running?.cwd === dir) commandProcess?.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  })
  const base: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: dir, ...env }
  const start = async (
    args: readonly string[],
    input: string | Uint8Array = '',
    more: Record<string, string> = {},
  ): Promise<RunningCommand> => {
    const { file, NODE_COMPILE_CACHE } = await program('keyferry')
    const options = { env: { NODE_COMPILE_CACHE, ...base, ...more }, cwd: dir }
    const child = spawn(process.execPath, [file, ...args], options)
    onTestFinished(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => {}).end(input)
    const ended = new Promise<CommandResult>((done) => child.once('close', (code) => done({ code, stdout, stderr })))
    return { output: () => stdout + stderr, kill: (signal: NodeJS.Signals) => void child.kill(signal), ended }
  }
  return {
    dir,
    env: base,
    keyferry: async (args, { input = '', env: more = {} } = {}) =>
      args[0] === 'run'
        ? (await start(args, input, more)).ended
        : inTurn({ args, env: { ...base, ...more }, cwd: dir, input }),
    start: (args) => start(args),
  }
}

/** Serves every test file of this worker. */
let commandProcess: ChildProcess | null = null
let running: CommandLine | null = null
let last: Promise<unknown> = Promise.resolve()

/** Runs a command when those before it have ended. Rejects when its process ends; the next command starts another. */
function inTurn(line: CommandLine): Promise<CommandResult> {
  const result = last.then(() => runCommand(line))
  last = result.catch(() => {})
  return result
}

async function runCommand(line: CommandLine): Promise<CommandResult> {
  if (!commandProcess?.connected) commandProcess = startCommandProcess()
  const child = commandProcess
  const { promise, resolve: done, reject } = Promise.withResolvers<CommandResult>()
  const fail = (): void => reject(new Error(`The process ended that ran ${line.args.join(' ')}`))
  child.once('message', done).once('exit', fail)
  running = line
  child.send(line)
  try {
    return await promise
  } finally {
    running = null
    child.off('message', done).off('exit', fail)
  }
}

function startCommandProcess(): ChildProcess {
  const child = fork(join(CLI, 'test/command-process.ts'), {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE },
    execArgv: [],
    serialization: 'advanced',
  })
  // It ends with this worker, which need not wait for it.
  child.unref()
  child.channel?.unref()
  return child
}

/** An API on SQLite with an account, listening; no worker, so no sync ever runs. Closed with the test. */
export async function startApi(): Promise<{ api: TestApi; url: string; client: KeyferryClient }> {
  const api = await readyApi(openSqliteStore)
  onTestFinished(() => api.close())
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  return { api, url, client: createKeyferryClient({ url, token: api.token }) }
}
