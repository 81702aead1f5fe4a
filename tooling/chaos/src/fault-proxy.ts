/**
 * Stands between the product and an emulated vendor: it can be out of order in every way, and it watches who writes and
 * which keys are missing for how long. Knows no vendor.
 */
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Emulator } from '@keyferry/core/emulators'

/** How a vendor can be out of order. */
export const OUTAGES = [
  /** Every request is answered with 503. */
  'down',
  /** No request is carried out or answered. */
  'silent',
  /** Connections are cut, nothing is carried out. */
  'cut',
  /** Requests are carried out, then the connection is cut. */
  'cut-after',
  /** The vendor's own rate limit, at three requests a second. */
  'throttled',
] as const
export type Outage = (typeof OUTAGES)[number]

/** A key that went away and came back: milliseconds since 1970. */
interface Absence {
  key: string
  from: number
  to: number
}

export interface ProxyRecord {
  /** Writes that were carried out while another process's write to the same target was. */
  overlaps: string[]
  absences: Absence[]
  writes: number
  requests: number
  /** Writes of a process that did not say which it is: the watch itself is broken. */
  untagged: number
}

export interface FaultProxy {
  url: string
  record: ProxyRecord
  outage(kind: Outage | null): void
  close(): void
}

export async function startFaultProxy(emulator: Emulator): Promise<FaultProxy> {
  const upstream = new URL(emulator.url)
  const agent = new Agent({ keepAlive: true })
  const record: ProxyRecord = { overlaps: [], absences: [], writes: 0, requests: 0, untagged: 0 }
  const writing = new Map<symbol, string>()
  const gone = new Map<string, number>()
  const silenced = new Set<IncomingMessage>()
  let present = new Set<string>()
  let outage: Outage | null = null

  const look = (): void => {
    const now = Date.now()
    const seen = new Set(emulator.contents().keys())
    for (const key of present) if (!seen.has(key)) gone.set(key, now)
    for (const key of seen) {
      const from = gone.get(key)
      if (from === undefined) continue
      record.absences.push({ key, from, to: now })
      gone.delete(key)
    }
    present = seen
  }

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    record.requests += 1
    const body = await bodyOf(incoming)
    const state = outage
    if (state === 'cut') return void incoming.socket.destroy()
    if (state === 'silent') return void silenced.add(incoming)
    if (state === 'down') {
      return void outgoing.writeHead(503, { 'content-type': 'application/json' }).end('{"error":"out of order"}')
    }
    const write = incoming.method !== 'GET'
    const ticket = Symbol('write')
    if (write) {
      const writer = incoming.headers['x-chaos-process']
      if (typeof writer !== 'string') record.untagged += 1
      else {
        record.writes += 1
        const others = new Set(writing.values())
        others.delete(writer)
        if (others.size > 0) {
          record.overlaps.push(
            `${new Date().toISOString()} ${incoming.method} of process ${writer} beside ${[...others].join(', ')}`,
          )
        }
        writing.set(ticket, writer)
      }
    }
    try {
      const answer = await forward(incoming, body)
      if (write) look()
      if (state === 'cut-after') return void incoming.socket.destroy()
      outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    } finally {
      writing.delete(ticket)
    }
  }

  const forward = async (incoming: IncomingMessage, body: Buffer) => {
    const answered = Promise.withResolvers<IncomingMessage>()
    const { host: _, connection: __, ...headers } = incoming.headers
    send(
      { agent, host: upstream.hostname, port: upstream.port, method: incoming.method, path: incoming.url, headers },
      answered.resolve,
    )
      .once('error', answered.reject)
      .end(body)
    const answer = await answered.promise
    const { connection: ___, 'keep-alive': ____, ...rest } = answer.headers
    return { status: answer.statusCode ?? 502, headers: rest, body: await bodyOf(answer) }
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.keepAliveTimeout = 120_000
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', () => listening.resolve())
  await listening.promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    record,
    outage(kind) {
      outage = kind
      emulator.setRateLimit(kind === 'throttled' ? { burst: 3, refill: 3, intervalMs: 1_000 } : false)
      for (const incoming of silenced) incoming.socket.destroy()
      silenced.clear()
    },
    close() {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
