/**
 * Changes of folders as server-sent events, in Infisical's form, for its Kubernetes operator. What may be seen is
 * decided by the procedure.
 */
import { PassThrough } from 'node:stream'
import { watchFolders } from '@keyferry/schemas'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { onAnswered } from '../http/on-answered.ts'
import { createCaller } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'

/** The operator gives a connection up after two minutes without a ping. */
const PING_EVERY_MS = 30_000

export function registerFolderChanges(
  app: FastifyInstance,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>,
): void {
  app.post('/api/v1/events/subscribe/project-events', async (request, reply) => {
    const context = await contextOf(request, reply)
    const left = new AbortController()
    onAnswered(reply, () => left.abort())
    const caller = createCaller(context, { signal: left.signal })
    // The subscription begins before anything is sent: what is refused is still an error of its own.
    const changes = await caller.syncs.folderChanges(watchFolders.parse(request.body))
    const stream = new PassThrough()
    const ping = (): void => void stream.write(message('ping', {}))
    const pings = setInterval(ping, PING_EVERY_MS)
    onAnswered(reply, () => clearInterval(pings))
    ping()
    void send(changes, stream).catch((error: unknown) => {
      // Events were missed: the client connects again and reads everything.
      request.log.debug({ err: error }, 'the stream of changes ended')
      stream.end()
    })
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream)
  })
}

/** As tRPC numbers them. */
const numbered = z.tuple(
  [z.string(), z.object({ event: z.string(), environment: z.string(), secretPath: z.string() })],
  z.unknown(),
)

async function send(changes: AsyncIterable<unknown>, stream: PassThrough): Promise<void> {
  for await (const change of changes) {
    const [id, { event, environment, secretPath }] = numbered.parse(change)
    const data = { eventType: event, payload: { environment, secretPath } }
    stream.write(`id: ${id}\n${message(event, { projectType: 'secret-manager', data })}`)
  }
  stream.end()
}

/** Each names its event: the operator drops those that do not. */
const message = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
