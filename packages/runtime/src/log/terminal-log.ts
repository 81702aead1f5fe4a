import pretty from 'pino-pretty'
import { z } from 'zod'

/** The fields of the line that a run leaves at its end. */
const runEnded = z.object({
  sync: z.string(),
  destination: z.string(),
  kind: z.string(),
  state: z.string(),
  ms: z.number(),
  counts: z.object({ create: z.number(), update: z.number(), delete: z.number() }).nullable(),
  retryInMs: z.number().nullable(),
})

/** The fields of an access log line. */
const requestEnded = z.object({
  reqId: z.string(),
  method: z.string(),
  route: z.string().nullable(),
  status: z.number(),
  ms: z.number(),
})

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/**
 * The log for a person on a terminal: a line of text for each entry, for a run in words. A failure of Keyferry also has
 * its stack; every field is printed at `debug` and `trace`. `destination` is stdout when left out.
 */
export const terminalLog = (level: string, destination?: NodeJS.WritableStream) =>
  pretty({
    ...(destination === undefined ? {} : { destination }),
    sync: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
    ...(['debug', 'trace'].includes(level) ? {} : { hideObject: true, messageFormat: oneLine }),
  })

/** A run in words; of other entries the text, then the fields that say to what it happened. */
function oneLine(entry: Record<string, unknown>, messageKey: string): string {
  const run = runEnded.safeParse(entry).data
  if (run) {
    const { sync, destination, kind, state, ms, counts, retryInMs } = run
    const changes = counts ? `: +${counts.create} ~${counts.update} -${counts.delete}` : ''
    const retry = retryInMs === null ? '' : `, next attempt in ${seconds(retryInMs)}`
    return `${WORDS.get(kind) ?? kind} ${sync} (${destination}) ${state} in ${seconds(ms)}${changes}${retry}`
  }
  const request = requestEnded.safeParse(entry).data
  if (request) {
    const { method, route, status, ms } = request
    return `${method} ${route ?? '(no route)'} ${status} in ${ms} ms`
  }
  const fields = Object.entries(entry).filter(
    ([name, value]) => !OF_EVERY_ENTRY.has(name) && name !== messageKey && typeof value !== 'object',
  )
  const line = [String(entry[messageKey]), ...fields.map(([name, value]) => `${name}=${String(value)}`)].join(' ')
  const { data } = failed.safeParse(entry)
  if (!data) return line
  return data.level >= ERROR ? `${line}\n${data.err.stack ?? data.err.message}` : `${line}: ${data.err.message}`
}

const ERROR = 50
const failed = z.object({
  level: z.number(),
  err: z.object({ message: z.string(), stack: z.string().optional() }),
})

const OF_EVERY_ENTRY = new Set(['level', 'time', 'pid', 'hostname', 'err'])
const WORDS = new Map([
  ['sync', 'Sync'],
  ['drift', 'Drift repair of'],
  ['remove', 'Removal of'],
])
