/**
 * Every command there is, found by walking the program: with `--json`, what a script reads is JSON and nothing else.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import { programOf, run } from '../src/program.ts'
import { terminalOf } from '../src/terminal/terminal.ts'

const nowhere = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
const program = programOf({ env: {}, terminal: terminalOf(nowhere), exitWith() {} })

/** Each command that does something, with its words. */
const leaves = (command: Command, path: readonly string[] = []): { command: Command; path: readonly string[] }[] =>
  command.commands.length === 0
    ? [{ command, path }]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]))

/** What `keyferry …args` prints, with a home of its own and no instance anywhere. */
async function keyferry(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const home = await mkdtemp(join(tmpdir(), 'keyferry-json-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const said = Promise.all([text(stdout), text(stderr)])
  const env = { HOME: home, KEYFERRY_DATA_DIR: join(home, 'nothing'), KEYFERRY_PASSPHRASE: 'correct horse battery' }
  const code = await run(args, env, { stdin: Readable.from([]), stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await said
  return { code, stdout: out, stderr: err }
}

/** All but the one that serves until it is stopped: it prints the log of the instance. */
const all = leaves(program).filter(({ path }) => path.join(' ') !== 'start')

/** They exit with 1 for what they find, which is their answer. */
const FINDS = new Set(['admin doctor'])

it('finds the commands', () => {
  expect(all.length).toBeGreaterThan(20)
})

describe.each(all.map(({ command, path }) => [path.join(' '), command] as const))('%s', (words, command) => {
  const mandatory = command.options
    .filter((option) => option.mandatory)
    .flatMap(({ long, argChoices }) => [
      long ?? '',
      argChoices?.[0] ?? (long === '--site-url' ? 'http://127.0.0.1:1' : '7'),
    ])

  it('takes --json, and says what is wrong as JSON', async () => {
    expect(command.options.map(({ long }) => long)).toContain('--json')
    const required = command.registeredArguments
      .filter(({ required }) => required)
      .map(({ argChoices }) => argChoices?.[0] ?? join(tmpdir(), 'keyferry-not-there'))
    const { code, stdout, stderr } = await keyferry([...words.split(' '), '--json', ...mandatory, ...required])
    if (code === 0 || FINDS.has(words)) {
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual(expect.anything())
    } else {
      expect(stdout).toBe('')
      expect(JSON.parse(stderr)).toEqual({
        error: expect.objectContaining({ code: expect.any(String), message: expect.stringMatching(/./) }),
      })
    }
  })

  it('says of a wrong command line what is wrong, as JSON where --json was given', async () => {
    const { code, stdout, stderr } = await keyferry([...words.split(' '), '--json', ...mandatory, '--no-such-option'])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(JSON.parse(stderr).error.message).toContain('--no-such-option')
    const plain = await keyferry([...words.split(' '), ...mandatory, '--no-such-option'])
    expect(plain).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining("unknown option '--no-such-option'"),
    })
  })
})

// A device of Linux that is always full.
it.runIf(existsSync('/dev/full'))('output that does not fit on the disk fails with one line', () => {
  const full = openSync('/dev/full', 'w')
  const main = join(import.meta.dirname, '../src/main.ts')
  const ended = spawnSync(process.execPath, [main, '--version'], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' })
  closeSync(full)
  expect(ended.stderr).toMatch(/^error: The output can't be written, .*no space left.*\n$/)
  expect(ended.status).toBe(1)
})
