/** What one request may take of the process: its turn, the bytes of its answer, its stream. */
import { SETTINGS, TooLarge, Unavailable, type Actor, type Context } from '@keyferry/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Weight } from '../rest/route.ts'
import { bytesInFlight } from './bytes-in-flight.ts'
import { onAnswered } from './on-answered.ts'
import { streams } from './streams.ts'
import { turns } from './turns.ts'

/** What an answer comes from. */
export type Answering = 'query' | 'mutation'

export interface Admission {
  /** Runs `work` when it is its turn. Throws `TooManyRequests` or `Unavailable` when too many wait already. */
  turn<T>(weight: Weight, work: () => Promise<T>): Promise<T>
  /**
   * Before a mutation: throws `TooLarge` after large answers of the same batch, `TooManyRequests` or `Unavailable` when
   * more waits for its readers than may.
   */
  requireRoom(): void
  /**
   * What counts the parts of one answer. For a query it throws `TooLarge`, and `TooManyRequests` or `Unavailable` when
   * too much waits for its readers. What a mutation changed is committed by then, so its answer is never refused: the
   * mutation bounds it before, or the quotas of a project do.
   */
  countAnswer(type: Answering): (bytes: number) => void
  /** Counts a stream until `ended` aborts. Throws `TooManyRequests` or `Unavailable` when too many are open. */
  openStream(ended: AbortSignal): void
}

/** So many of the largest answers may wait for their readers. */
const LARGEST = { perPrincipal: 2, perProcess: 6 }

/** One count for the process. Those without a valid credential are counted by address, an API key as its owner. */
export function admissions({ limits }: Pick<Context, 'limits'>, ownerOf: (actor: Actor) => Promise<string>) {
  const { answerBytes } = limits
  const answers = bytesInFlight({
    what: 'large answers',
    perPrincipal: LARGEST.perPrincipal * answerBytes,
    perProcess: LARGEST.perProcess * answerBytes,
  })
  const openStream = streams()
  const turn = turns()
  return async (request: FastifyRequest, reply: FastifyReply, actor: Actor | null): Promise<Admission> => {
    const principal = actor ? await ownerOf(actor) : request.ip
    const answer = answers(principal)
    // Of calls under way: most have ended by then, and an error with its stack costs more than the rest of this.
    const underWay = new Set<AbortController>()
    let isAnswered = false
    const leave = (call: AbortController): void => call.abort(new Unavailable('The client is gone'))
    onAnswered(reply, () => {
      answer.release()
      isAnswered = true
      underWay.forEach(leave)
    })
    return {
      async turn(weight, work) {
        const call = new AbortController()
        underWay.add(call)
        if (isAnswered) leave(call)
        try {
          return await turn(weight, principal, call.signal, work)
        } finally {
          underWay.delete(call)
        }
      },
      requireRoom() {
        if (answer.count > answerBytes) throw tooLarge(answerBytes)
        answer.add(0)
      },
      countAnswer(type) {
        if (type === 'mutation') return answer.hold
        return (bytes) => {
          if (answer.count + bytes > answerBytes) throw tooLarge(answerBytes)
          answer.add(bytes)
        }
      },
      openStream: (ended) => openStream(principal, ended),
    }
  }
}

const tooLarge = (maxBytes: number): TooLarge =>
  new TooLarge(
    `The answer is larger than the ${maxBytes} bytes that one may have (${SETTINGS.answerBytes}). Ask for less: one folder instead of all below it, fewer entries, or without values and references.`,
    { maxBytes },
  )
