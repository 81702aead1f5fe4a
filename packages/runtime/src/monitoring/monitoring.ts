/** What operators and their tools ask of a process: its metrics, and whether it is ready. */
import { timingSafeEqual, createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { bearerOf, type Context } from '@keyferry/kernel'
import { refusedPort } from '../refused-port.ts'
import type { Env } from '../settings/env.ts'
import { hostCheck } from './hosts.ts'
import type { Readiness } from './readiness.ts'

export interface Monitoring {
  readiness(): Promise<Readiness>
  metrics(asker: Asker): Promise<Page>
}

/** Who asks for the metrics. */
interface Asker {
  authorization: string | undefined
  /** The port serves nothing but monitoring, so who reaches it was let in by the operator's network. */
  ownPort: boolean
}

interface Page {
  status: number
  contentType: string
  text: string
}

/** Whether the peer of a socket is this machine. */
export const isLoopbackAddress = (address: string | undefined): boolean =>
  address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address)

const MISDIRECTED = 'This name is not known here. Use an address, or add the name to KEYFERRY_ALLOWED_HOSTS.\n'
const TEXT = 'text/plain; charset=utf-8'
const ABSENT: Page = {
  status: 404,
  contentType: TEXT,
  text: 'Metrics need METRICS_TOKEN here, or a port of their own: METRICS_PORT.\n',
}
const REFUSED: Page = { status: 401, contentType: TEXT, text: 'Metrics need the bearer token of METRICS_TOKEN.\n' }

/** The metrics go to a bearer of `token`; without a token only to a port of their own. */
export function monitoringOf(ctx: Context, readiness: () => Promise<Readiness>, token: string | undefined): Monitoring {
  return {
    readiness,
    async metrics({ authorization, ownPort }) {
      if (token === undefined && !ownPort) return ABSENT
      const presented = bearerOf(authorization)
      if (token !== undefined && (presented === undefined || !same(token, presented))) return REFUSED
      return { status: 200, ...(await ctx.metrics.expose()) }
    },
  }
}

/** Headers with which proxies say whom they speak for. */
export const isProxied = (headers: Record<string, unknown>): boolean =>
  headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers['x-real-ip'] !== undefined

/**
 * A server of its own for `/metrics` and `/api/ready`, where `METRICS_PORT` asks for one; else null. Throws
 * `StartupError`.
 */
export async function serveMonitoring(
  monitoring: Monitoring,
  env: Pick<Env, 'HOST' | 'METRICS_PORT' | 'KEYFERRY_URL' | 'KEYFERRY_ALLOWED_HOSTS'>,
): Promise<{ port: number; stop(): Promise<void> } | null> {
  const { HOST: host, METRICS_PORT: port, KEYFERRY_URL: url, KEYFERRY_ALLOWED_HOSTS: allowed } = env
  if (port === undefined) return null
  const isKnownHost = hostCheck({ listening: host, url, allowed })
  const server = createServer((request, response) => {
    const send = ({ status, contentType, text }: Page): void => {
      response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
    }
    const path = request.url?.split('?', 1)[0]
    const { authorization } = request.headers
    const asked = request.headers.host
    const page =
      asked !== undefined && !isKnownHost(asked)
        ? Promise.resolve({ status: 421, contentType: TEXT, text: MISDIRECTED })
        : path === '/metrics'
          ? monitoring.metrics({ authorization, ownPort: true })
          : path === '/api/ready'
            ? monitoring.readiness().then(asPage)
            : Promise.resolve({
                status: 404,
                contentType: TEXT,
                text: 'There is /metrics and /api/ready here.\n',
              })
    page.then(send, () => send({ status: 500, contentType: TEXT, text: 'Something went wrong\n' }))
  })
  const listening = Promise.withResolvers<void>()
  server.once('error', (error) => listening.reject(refusedPort(error, { setting: 'METRICS_PORT', port, host })))
  server.listen(port, host, () => listening.resolve())
  await listening.promise
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      return promise
    },
  }
}

const asPage = (readiness: Readiness): Page => ({
  status: readiness.ready ? 200 : 503,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify(readiness),
})

const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
