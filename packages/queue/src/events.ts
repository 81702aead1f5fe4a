import type { Events } from '@keyferry/kernel'
import { setTimeout as pause } from 'node:timers/promises'
import { liveEvent, type LiveEvent } from '@keyferry/schemas'
import pg from 'pg'
import type { Logger } from 'pino'
import { fanOut } from './fan-out.ts'

export interface EventBus {
  events: Events
  /** Ends every subscription. */
  close(): Promise<void>
}

/** Live events within one process. */
export function localEvents(): EventBus {
  const { events, end } = fanOut()
  return { events, close: () => Promise.resolve(end()) }
}

const CHANNEL = 'keyferry_events'
/** What NOTIFY carries, in bytes. */
const LARGEST = 7999
/**
 * Events waiting for the server; beyond it they are missed by the other processes, so that a server that hangs costs no
 * memory.
 */
const WAITING = 1000
/** Milliseconds. Nobody sees them, and a run says several things within. */
const GATHER_MS = 10
/**
 * The payload after events that did not reach every process: all subscriptions fail, and clients that start new ones
 * read everything again.
 */
const MISSED = 'missed'

/**
 * Live events between the processes of a fleet, over LISTEN/NOTIFY on one connection, which is made again when it is
 * lost. While it is away, events reach this process only; once it is back, every subscription of the fleet fails.
 */
export function postgresEvents({ databaseUrl, log }: { databaseUrl: string; log: Logger }): EventBus {
  const local = fanOut()
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let closed = false
  let attempts = 0
  let waiting: LiveEvent[] = []
  let sending = false
  let missed = false

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 5_000,
      application_name: 'keyferry-events',
    })
    let lost = false
    const lose = (error?: Error): void => {
      if (lost) return
      lost = true
      missed = true
      if (client === next) client = null
      next.end().catch(() => {})
      if (closed) return
      log.warn({ err: error }, 'the connection for live events was lost; connecting again')
      timer = setTimeout(() => void connect(), Math.min(5_000, 250 * 2 ** attempts++))
      timer.unref()
    }
    next.on('error', lose)
    next.on('end', () => lose())
    next.on('notification', ({ payload }) => {
      if (payload === MISSED) return local.miss()
      const parsed = liveEvent.safeParse(parseJson(payload))
      if (parsed.success) local.events.publish(parsed.data)
    })
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
      if (closed) return await next.end()
      attempts = 0
      client = next
      local.listen()
      void send()
    } catch (error) {
      lose(error instanceof Error ? error : new Error(String(error)))
    }
  }
  void connect()

  /** One statement at a time; what comes meanwhile, or a moment after the first, shares the next. */
  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    while (client && (missed || waiting.length > 0)) {
      await pause(GATHER_MS)
      if (!client) break
      const batch = waiting
      const payloads = batch.map((event) => JSON.stringify(event))
      if (missed) payloads.push(MISSED)
      waiting = []
      missed = false
      try {
        await client.query('select pg_notify($1, payload) from unnest($2::text[]) payload', [CHANNEL, payloads])
      } catch (error) {
        log.warn({ err: error }, 'live events could not be sent to the other processes')
        for (const event of batch) local.events.publish(event)
        missed = true
        break
      }
    }
    sending = false
  }

  return {
    events: {
      publish(event) {
        if (!client || waiting.length >= WAITING || Buffer.byteLength(JSON.stringify(event)) > LARGEST) {
          missed = true
          return local.events.publish(event)
        }
        waiting.push(event)
        void send()
      },
      subscribe: local.events.subscribe,
      quietMs: (projectId) => (client ? local.events.quietMs(projectId) : 0),
    },
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      local.end()
      await client?.end().catch(() => {})
    },
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
