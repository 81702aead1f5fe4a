import { finished } from 'node:stream'
import type { FastifyReply } from 'fastify'

const answered = new WeakMap<FastifyReply['raw'], Promise<void>>()

/**
 * Runs `work` once the answer was sent or the client is gone. All calls for one answer share a listener: each
 * `finished` adds two to the response, and more than ten of all parties make Node.js warn of a leak.
 */
export function onAnswered({ raw }: FastifyReply, work: () => void): void {
  const promise = answered.get(raw) ?? new Promise<void>((resolve) => void finished(raw, () => resolve()))
  answered.set(raw, promise)
  void promise.then(work)
}
