/** A server that closes answers what it has begun: its clients would not know whether their changes were made. */
import { Unavailable } from '@keyferry/kernel'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { onAnswered } from './on-answered.ts'

/** Milliseconds that a request gets to be answered. New ones are refused meanwhile. */
const TIMEOUT_MS = 5_000

/** Closes the connections of `app` once every request is answered but live events, which never end on their own. */
export function answerBeforeClose(app: FastifyInstance): void {
  const underWay = new Set<FastifyReply>()
  let whenAnswered = (): void => {}
  let isClosing = false
  app.addHook('onRequest', async (_, reply) => {
    if (isClosing) throw new Unavailable('This process of Keyferry is about to end; try again in a moment')
    underWay.add(reply)
    onAnswered(reply, () => {
      underWay.delete(reply)
      whenAnswered()
    })
  })
  app.addHook('preClose', async () => {
    isClosing = true
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, TIMEOUT_MS)
    whenAnswered = () => {
      if ([...underWay].every(isLive)) resolve()
    }
    whenAnswered()
    await promise
    clearTimeout(timer)
  })
}

const isLive = ({ raw }: FastifyReply): boolean => String(raw.getHeader('content-type')).startsWith('text/event-stream')
