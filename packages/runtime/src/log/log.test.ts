import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLog } from './log.ts'
import { terminalLog } from './terminal-log.ts'

describe('the log', () => {
  it('masks what is named like a secret, at every depth it is used, and keeps of an error what quotes no rows', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => void lines.push(line) })
    const secret = 'hunter2-hunter2'
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, 'set-cookie': [secret], accept: '*/*' }
    const credentials = { apiKey: secret }
    const refused = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: `Key (value)=(${secret})`,
      parameters: [secret],
    })
    log.info({ headers, request: { headers }, connection: { credentials }, password: secret, token: secret }, 'asked')
    log
      .child({ credentials, syncId: 's' })
      .warn({ secret: { secretValue: secret, value: secret }, value: secret }, 'written')
    log.error({ err: new Error('no', { cause: refused }) }, 'failed')
    expect(lines.join('')).not.toContain(secret)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { headers: { accept: '*/*', authorization: '•••' }, msg: 'asked' },
      { syncId: 's', msg: 'written' },
      { err: { message: 'no', cause: { code: '23505', message: 'duplicate key', stack: expect.any(String) } } },
    ])
  })
})

describe('the log on a terminal', () => {
  const printed = (level: string): string => {
    const terminal = new PassThrough({ encoding: 'utf8' })
    const log = pino({ level: 'debug', base: null }, terminalLog(level, terminal)).child({ syncId: 's-1' })
    const counts = { create: 3, update: 1, delete: 0, rejected: 0 }
    const run = {
      sync: 'shop',
      destination: 'devin',
      kind: 'sync',
      state: 'succeeded',
      ms: 420,
      counts,
      retryInMs: null,
    }
    log.info(run, 'run ended')
    log.warn({ host: '10.0.0.7', err: new Error('refused') }, 'the host was not reached')
    log.error({ err: new Error('lost') }, 'run failed')
    return stripVTControlCharacters(String(terminal.read()))
  }

  it('has one line of words for a run and names what a warning is about; at debug it has every field', () => {
    const [first, second, ...rest] = printed('info').split('\n')
    expect(first).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: Sync shop \(devin\) succeeded in 0\.4 s: \+3 ~1 -0$/)
    expect(second).toMatch(/WARN: the host was not reached syncId=s-1 host=10\.0\.0\.7: refused$/)
    expect(rest.join('\n')).toMatch(/ERROR: run failed syncId=s-1\n *Error: lost\n +at /)
    expect(printed('debug')).toMatch(/run ended\n +syncId: "s-1"\n[^]*"rejected": 0/)
  })
})

describe('an error of the queue', () => {
  it('is one line with what a person needs, though it comes as an object with the whole client in it', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => void lines.push(line) })
    const client = {
      connectionParameters: { password: 'hunter2-hunter2' },
      buffers: Array.from({ length: 1_000 }, () => 'x'),
    }
    const { message, stack = '' } = new Error('terminating connection')
    const longest = stack.length + 500
    // As pg-boss emits it.
    log.warn({ err: { code: '57P01', client, message, stack, queue: 'sync', worker: 'w' } }, 'queue')
    log.warn({ err: 'only words' }, 'queue')
    log.warn({ err: { message, stack } }, 'queue')
    expect(lines.every((line) => line.length < longest && line.indexOf('\n') === line.length - 1)).toBe(true)
    const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first?.err).toEqual({ type: 'Error', message, code: '57P01', stack })
    expect(second?.err).toEqual({ type: 'string', message: 'not an error' })
    expect(third?.err).toEqual({ type: 'Error', message, stack })
  })

  it.each(['is gone', 'reads no more'])('lets a process end whose reader %s', async (how) => {
    const program = `
      import { createLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
      import { standardOutput } from ${JSON.stringify(import.meta.resolve('./standard-output.ts'))}
      const log = createLog('info')
      process.stdin.resume().once('end', async () => {
        const isGone = ${how === 'is gone'}
        // A row of the audit log, for example.
        const arrived = !isGone || (await standardOutput().print('a row').then(() => true, () => false))
        for (let line = 0; line < 2_000; line++) log.info('stopping'.repeat(100))
        process.exit(arrived === isGone ? 1 : 0)
      })`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    if (how === 'is gone') child.stdout.destroy()
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
