import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { EXIT, Failure } from '../failure.ts'
import type { Env } from '../session/settings.ts'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/**
 * Runs a program without a shell, on our own terminal, and passes signals on. Resolves to what a shell would call its
 * exit code. Throws `Failure` when it cannot be run.
 */
export function execute(file: string, args: readonly string[], env: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: 'inherit', shell: false })
    const forward = (signal: NodeJS.Signals): void => {
      // The terminal sends these to the whole group, so the command has had it.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
      child.kill(signal)
    }
    for (const signal of FORWARDED) process.on(signal, forward)
    const done = (): void => {
      for (const signal of FORWARDED) process.off(signal, forward)
    }
    child.once('error', (error) => {
      done()
      const code = 'code' in error ? error.code : null
      if (code === 'ENOENT') reject(new Failure(`There is no command ${file}`, null, EXIT.notFound))
      else if (code === 'EACCES') reject(new Failure(`${file} cannot be executed`, null, EXIT.notExecutable))
      else if (code === 'E2BIG')
        reject(new Failure('The secrets don’t fit into an environment', 'Export them to a file instead.'))
      else reject(error)
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(signal === null ? (code ?? EXIT.failed) : EXIT.signal + constants.signals[signal])
    })
  })
}
