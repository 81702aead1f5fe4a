import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { LoggedRequest } from './emulator.ts'
import { armedFaults, endAfter, endBefore, type ArmedFaults, type End, type Matches } from './emulator-faults.ts'

/** One request as a vendor's handler sees it. */
export interface ServedRequest {
  method: string
  /** As it came, still percent-encoded, without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The body as UTF-8 text; empty when there is none. */
  text: string
}

export interface ServedAnswer {
  status: number
  /** Names in lower case. */
  headers?: Record<string, string>
  /** Text is sent as it is, everything else as JSON, undefined as an empty body. */
  body?: unknown
}

export interface EmulatorServer extends Pick<ArmedFaults, 'fail' | 'heal'> {
  /** `http://127.0.0.1:<port>` */
  url: string
  log: LoggedRequest[]
  setLatency(ms: number): void
  hold(matches?: Matches): () => void
  staleReads(): () => void
  maxInFlight(): number
  /** Starts the count of `maxInFlight` again. */
  resetInFlight(): void
  close(): Promise<void>
}

/**
 * The part that all emulators share: one HTTP server on loopback with a request log, latency, armed faults and a count
 * of requests in flight. `handle` is the vendor; it runs once per request, after half of the latency, unless a fault
 * takes its place. A handler that throws is answered with a 500 that shows the stack, for the test that broke it.
 */
export async function startEmulatorServer(options: {
  port?: number
  latencyMs?: number
  /**
   * A request as the log and the faults see it, where every call is a POST to one path and a header names the
   * operation: `GET` for one that reads, `DELETE` for one that deletes.
   */
  loggedAs?(headers: IncomingHttpHeaders): Pick<LoggedRequest, 'method' | 'path'>
  handle(request: ServedRequest): ServedAnswer | Promise<ServedAnswer>
}): Promise<EmulatorServer> {
  const log: LoggedRequest[] = []
  const { fail, heal, take } = armedFaults()
  let latency = options.latencyMs ?? 0
  let held: { matches: Matches; released: Promise<void> }[] = []
  /** The last good answer to each read. */
  const answers = new Map<string, ServedAnswer>()
  let stale: ReadonlyMap<string, ServedAnswer> | null = null
  let inFlight = 0
  let most = 0

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = incoming.method ?? 'GET'
    const target = incoming.url ?? '/'
    const shown = options.loggedAs?.(incoming.headers) ?? { method, path: target }
    const entry: LoggedRequest = { at: Date.now(), ...shown, status: 0, bytes: 0 }
    log.push(entry)
    const fault = take(shown.method, shown.path)
    const finish = (end: End): void => {
      if (end === 'cut') cut(incoming)
      else if (end !== 'none') send(response, entry, end)
    }

    const arrivedAt = performance.now()
    const body = await readAll(incoming)
    entry.bytes = body.length
    // Half of the latency is the way there, the other half the way back.
    const answeredAt = arrivedAt + latency
    if (latency > 0) await delay(latency / 2)
    await Promise.all(held.filter((one) => one.matches(shown.method, shown.path)).map(({ released }) => released))

    const before = endBefore(fault)
    if (before) return finish(before)

    const [path = '/', query = ''] = target.split('?', 2)
    const request = {
      method,
      path,
      query: new URLSearchParams(query),
      headers: incoming.headers,
      text: body.toString('utf8'),
    }
    const read = shown.method === 'GET' ? `${shown.path} ${request.text}` : null
    const older = read === null ? undefined : stale?.get(read)
    const answer = older ?? (await Promise.resolve(request).then(options.handle).catch(brokenHandler))
    if (read !== null && answer.status === 200) answers.set(read, answer)
    await until(answeredAt)

    finish(endAfter(fault, answer))
  }

  const server = createServer((incoming, response) => {
    inFlight += 1
    most = Math.max(most, inFlight)
    response.on('close', () => (inFlight -= 1))
    serve(incoming, response).catch(() => cut(incoming))
  })
  // Longer than any client keeps a socket, so that it is never us who closes an idle one under a request.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The emulator has no port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    log,
    fail,
    heal,
    setLatency: (ms) => {
      latency = ms
    },
    hold: (matches = () => true) => {
      const { promise: released, resolve } = Promise.withResolvers<void>()
      const holding = { matches, released }
      held.push(holding)
      return () => {
        held = held.filter((one) => one !== holding)
        resolve()
      }
    },
    staleReads: () => {
      stale = new Map(answers)
      return () => {
        stale = null
      }
    },
    maxInFlight: () => most,
    resetInFlight: () => {
      most = inFlight
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Timers are early or late by up to a millisecond. To turn until the last one is over would take as much processor. */
async function until(time: number): Promise<void> {
  const left = Math.round(time - performance.now())
  if (left > 0) await delay(left)
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, entry: LoggedRequest, answer: ServedAnswer): void {
  const [type, text] = written(answer.body)
  entry.status = answer.status
  response.writeHead(answer.status, { ...type, 'content-length': Buffer.byteLength(text), ...answer.headers })
  response.end(text)
}

function written(body: unknown): [type: Record<string, string>, text: string] {
  if (body === undefined) return [{}, '']
  if (typeof body === 'string') return [{ 'content-type': 'text/plain; charset=utf-8' }, body]
  return [{ 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(body)]
}

const cut = (incoming: IncomingMessage): void => {
  incoming.socket.destroy()
}

const brokenHandler = (error: unknown): ServedAnswer => ({
  status: 500,
  body: { error: 'The emulator itself broke', detail: error instanceof Error ? String(error.stack) : String(error) },
})
