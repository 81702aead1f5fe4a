/** The real command line, as a process of its own with a home of its own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readyApi, type TestApi } from '@keyferry/api/testing'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { openSqliteStore } from '@keyferry/db/testing'
import { onTestFinished, vi } from 'vitest'
import { NODE_COMPILE_CACHE } from './instance.ts'

// Each command is a process; on a busy machine a dozen of them take their time.
vi.setConfig({ testTimeout: 120_000 })

const MAIN = resolve(import.meta.dirname, '../../cli/src/main.ts')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Home {
  dir: string
  env: Record<string, string>
  /** Runs `keyferry …args` to its end. */
  keyferry(
    args: readonly string[],
    options?: { input?: string | Uint8Array; env?: Record<string, string> },
  ): Promise<Ended>
  /** The same, left running; it is ended with the test. */
  start(args: readonly string[]): { output(): string; kill(signal: NodeJS.Signals): void; ended: Promise<Ended> }
}

export async function newHome(env: Record<string, string> = {}): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-cli-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const base: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: dir, NODE_COMPILE_CACHE, ...env }
  const start = (args: readonly string[], input: string | Uint8Array = '', more: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...base, ...more }, cwd: dir })
    onTestFinished(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => {}).end(input)
    const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })))
    return { output: () => stdout + stderr, kill: (signal: NodeJS.Signals) => void child.kill(signal), ended }
  }
  return {
    dir,
    env: base,
    keyferry: (args, { input, env: more } = {}) => start(args, input, more).ended,
    start: (args) => start(args),
  }
}

/** An API on SQLite with an account, listening; no worker, so no sync ever runs. Closed with the test. */
export async function startApi(): Promise<{ api: TestApi; url: string; client: KeyferryClient }> {
  const api = await readyApi(openSqliteStore)
  onTestFinished(() => api.close())
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  return { api, url, client: createKeyferryClient({ url, token: api.token }) }
}
