import type { Events } from '@keyferry/core/context'
import { liveEvent, type LiveEvent } from '@keyferry/schemas'
import type { Logger } from 'pino'
import pg from 'pg'

export interface EventBus {
  events: Events
  /** Ends every subscription. */
  close(): Promise<void>
}

/** A subscriber that does not read keeps this many events; older ones are dropped. */
const KEPT = 1000

/** Live events within one process. */
export function localEvents(): EventBus {
  const { events, close } = fanOut()
  return { events, close: () => Promise.resolve(close()) }
}

const CHANNEL = 'keyferry_events'
/** What NOTIFY carries, in bytes. */
const LARGEST = 7999
/** Events waiting for the server; beyond it they are dropped, so that a server that hangs costs no memory. */
const WAITING = 1000

/**
 * Live events between the processes of a fleet, over LISTEN/NOTIFY on one connection, which is made again when it is lost. While it is
 * away, events reach this process only.
 */
export function postgresEvents({ databaseUrl, log }: { databaseUrl: string; log: Logger }): EventBus {
  const local = fanOut()
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let closed = false
  let attempts = 0
  let waiting: LiveEvent[] = []
  let sending = false

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
      if (client === next) client = null
      next.end().catch(() => {})
      if (closed) return
      log.warn({ err: error }, 'the connection for live events was lost; it is made again')
      timer = setTimeout(() => void connect(), Math.min(5_000, 250 * 2 ** attempts++))
      timer.unref()
    }
    next.on('error', lose)
    next.on('end', () => lose())
    next.on('notification', ({ payload }) => {
      const parsed = liveEvent.safeParse(parseJson(payload))
      if (parsed.success) local.events.publish(parsed.data)
    })
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
      if (closed) return await next.end()
      attempts = 0
      client = next
    } catch (error) {
      lose(error instanceof Error ? error : new Error(String(error)))
    }
  }
  void connect()

  /** One statement at a time; what comes meanwhile goes with the next. */
  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    while (client && waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const payloads = batch.map((event) => JSON.stringify(event))
        await client.query('select pg_notify($1, payload) from unnest($2::text[]) payload', [CHANNEL, payloads])
      } catch (error) {
        log.warn({ err: error }, 'live events could not be sent to the other processes')
        for (const event of batch) local.events.publish(event)
      }
    }
    sending = false
  }

  return {
    events: {
      publish(event) {
        if (!client || waiting.length >= WAITING || Buffer.byteLength(JSON.stringify(event)) > LARGEST)
          return local.events.publish(event)
        waiting.push(event)
        void send()
      },
      subscribe: local.events.subscribe,
    },
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      local.close()
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

interface Subscriber {
  push(event: LiveEvent): void
  end(): void
}

function fanOut(): { events: Events; close: () => void } {
  /** By project: an event costs nothing to the subscribers of other projects. */
  const subscribers = new Map<string, Set<Subscriber>>()
  return {
    events: {
      publish(event) {
        for (const subscriber of subscribers.get(event.projectId) ?? []) subscriber.push(event)
      },
      // It listens from this call on, not from the first read.
      subscribe(projectId, signal) {
        const kept: LiveEvent[] = []
        let ended = signal.aborted
        let awake = Promise.withResolvers<void>()
        const subscriber: Subscriber = {
          push(event) {
            kept.push(event)
            if (kept.length > KEPT) kept.shift()
            awake.resolve()
          },
          end() {
            ended = true
            const others = subscribers.get(projectId)
            if (others?.delete(subscriber) && others.size === 0) subscribers.delete(projectId)
            signal.removeEventListener('abort', subscriber.end)
            awake.resolve()
          },
        }
        if (!ended) {
          const others = subscribers.get(projectId) ?? new Set()
          subscribers.set(projectId, others.add(subscriber))
          signal.addEventListener('abort', subscriber.end)
        }
        return (async function* () {
          try {
            while (!ended) {
              const event = kept.shift()
              if (event) {
                yield event
                continue
              }
              awake = Promise.withResolvers()
              await awake.promise
            }
          } finally {
            subscriber.end()
          }
        })()
      },
    },
    close() {
      for (const ofProject of subscribers.values()) for (const subscriber of ofProject) subscriber.end()
    },
  }
}
