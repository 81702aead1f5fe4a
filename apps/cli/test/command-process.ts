/**
 * A process that runs the command lines its parent sends, one after the other: loading the modules takes longer than
 * most commands. For tests only.
 */
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { run } from '../src/program.ts'

/** What the parent sends. */
export interface CommandLine {
  args: readonly string[]
  env: Record<string, string>
  /** The directory to run it in. */
  cwd: string
  /** All of its stdin. */
  input: string | Uint8Array
}

/** What comes back. */
export interface CommandResult {
  code: number | null
  stdout: string
  stderr: string
}

/** A command narrows it; the next one begins as a new process would. */
const umask = process.umask()

async function runCommand({ args, env, cwd, input }: CommandLine): Promise<CommandResult> {
  process.chdir(cwd)
  process.umask(umask)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([text(stdout), text(stderr)])
  const code = await run(args, env, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { code, stdout: out, stderr: err }
}

process.on('disconnect', () => process.exit())
process.on('message', (line: CommandLine) => {
  void runCommand(line).then((result) => process.send?.(result))
})
