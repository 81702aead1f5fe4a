/** Answers in pieces: prepared when a procedure ends, sent as their reader takes them. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Admission, Answering } from './admission.ts'
import { serialize } from './serialize.ts'

/** An answer as JSON. */
export interface Prepared {
  pieces: readonly Buffer[]
  bytes: number
}

/** Throws as `countAnswer` does. */
export async function prepared(value: unknown, { countAnswer }: Admission, type: Answering): Promise<Prepared> {
  let bytes = 0
  const count = countAnswer(type)
  const pieces = await serialize(value, (more) => {
    count(more)
    bytes += more
  })
  return { pieces, bytes }
}

/** Sends pieces as JSON. */
export function sendPieces(reply: FastifyReply, pieces: readonly Buffer[]): FastifyReply {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return reply.type('application/json; charset=utf-8').header('content-length', bytes).send(payloadOf(pieces))
}

/** In one go where that is little. */
export const payloadOf = (pieces: readonly Buffer[]): Buffer | Readable =>
  pieces.reduce((sum, piece) => sum + piece.length, 0) < LARGE ? Buffer.concat(pieces) : Readable.from(pieces)

/** Bytes from which an answer is sent in pieces over tRPC, which writes its JSON in one go. */
const LARGE = 256 * 1024

/** The large answers of one tRPC request: in its JSON a mark stands for each. */
export interface LargeAnswers {
  /** The mark for an answer, or the answer itself when it is small. */
  keep(output: unknown, admission: Admission, type: Answering): Promise<unknown>
  /** The JSON with the answers in the places of their marks. */
  insert(json: string): Buffer[]
}

/** Those of one request: nothing is shared with others. */
export function largeAnswers(): LargeAnswers {
  const kept = new Map<string, readonly Buffer[]>()
  return {
    async keep(output, admission, type) {
      const { pieces, bytes } = await prepared(output, admission, type)
      if (bytes < LARGE) return output
      const mark = randomUUID()
      kept.set(mark, pieces)
      return mark
    },
    insert(json) {
      if (kept.size === 0) return [Buffer.from(json)]
      const around = json.split(new RegExp(`"(${[...kept.keys()].join('|')})"`))
      return around.flatMap((part) => kept.get(part) ?? [Buffer.from(part)])
    },
  }
}
