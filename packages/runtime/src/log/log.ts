import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { z } from 'zod'
import { standardOutput } from './standard-output.ts'
import { terminalLog } from './terminal-log.ts'

const SECRET = [
  'authorization',
  'cookie',
  'set-cookie',
  'credentials',
  'password',
  'secret',
  'secretValue',
  'value',
  'token',
  'apiKey',
  'url.password',
]
const CENSOR = '•••'

/**
 * The log of a process: JSON lines on stdout, text for a person on a terminal. What is named like a secret is masked,
 * at the top of a line and up to two levels below it. Of an error only type, message, code and stack are kept: a
 * database's error carries the row it refused.
 */
export function createLog(level: string, stream?: DestinationStream): Logger {
  const keys = SECRET.map((key) => (key.includes('-') ? `["${key}"]` : key))
  const join = (prefix: string, key: string): string => (key.startsWith('[') ? `${prefix}${key}` : `${prefix}.${key}`)
  const options: LoggerOptions = {
    level,
    base: null,
    redact: { paths: keys.flatMap((key) => [key, join('*', key), join('*.*', key)]), censor: CENSOR },
    serializers: { err: describe },
  }
  return pino(options, stream ?? (process.stdout.isTTY ? terminalLog(level) : standardOutput()))
}

interface Described {
  type: string
  message: string
  code?: unknown
  stack?: string | undefined
  cause?: Described
}

/** pg-boss hands out plain objects that were errors, with the whole client of the database in them. */
const errorLike = z.object({
  message: z.string(),
  name: z.string().optional(),
  code: z.unknown().optional(),
  stack: z.string().optional(),
})

function describe(error: unknown): Described {
  if (!(error instanceof Error)) {
    const { data } = errorLike.safeParse(error)
    if (!data) return { type: typeof error, message: 'not an error' }
    const { message, name = 'Error', code, stack } = data
    return { type: name, message, ...(code === undefined ? {} : { code }), stack }
  }
  const causes = error instanceof AggregateError ? error.errors[0] : error.cause
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(causes instanceof Error ? { cause: describe(causes) } : {}),
  }
}
