/**
 * Conditional reads (RFC 9110, section 13): a strong tag of what is answered, and 304 for a reader who has it. Pollers
 * cost next to nothing: while the project did not change, a tag that was checked before is still right, and nothing is
 * read or decrypted to know it.
 */
import { readAccess } from '@keyferry/access'
import { auditPlace, unchangedSince, type AuditPlace } from '@keyferry/kernel'
import { id } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import { createHash, hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { sendPieces } from '../http/answer.ts'
import type { RequestContext } from '../trpc/context.ts'
import type { RestRoute } from './procedures.ts'

/** A tag, and up to where in the audit log it is known to be right. */
interface Known {
  tag: string
  place: AuditPlace
}

/** By question and the asker's rights. */
type Tags = LRUCache<string, Known>
const MAX_TAGS = 10_000

const tagsOf = new WeakMap<object, Tags>()

/** A question that came with a tag. */
interface Asked {
  key: string
  /** Read before the answer is made: the tag of the answer is right from there on. */
  place: AuditPlace
  /** The tag that is still right, if it is known. */
  known: Known | null
}

/** Sends what `answer` gives with its tag, or 304. */
export async function sendConditional(
  reply: FastifyReply,
  ctx: RequestContext,
  rest: RestRoute,
  input: unknown,
  answer: () => Promise<readonly Buffer[]>,
): Promise<FastifyReply> {
  const sent = tagsIn(reply.request.headers['if-none-match'])
  const asked = sent.length > 0 ? await ask(ctx, rest, input) : null
  if (asked?.known && sent.includes(asked.known.tag)) return notModified(reply, asked.known.tag)
  const pieces = await answer()
  const body = createHash('sha256')
  for (const piece of pieces) body.update(piece)
  const tag = `"${ctx.ctx.authority.tagOf(body.digest('base64url'))}"`
  if (asked) tagsFor(ctx).set(asked.key, { tag, place: asked.place })
  if (sent.includes(tag)) return notModified(reply, tag)
  return sendPieces(reply.header('etag', tag), pieces)
}

const notModified = (reply: FastifyReply, tag: string): FastifyReply => reply.code(304).header('etag', tag).send()

/** The header's tags; a weak one stands for the strong one. */
const tagsIn = (header: string | undefined): string[] =>
  header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []

function tagsFor({ ctx: { db } }: RequestContext): Tags {
  const present = tagsOf.get(db) ?? new LRUCache<string, Known>({ max: MAX_TAGS })
  tagsOf.set(db, present)
  return present
}

const inProject = z.object({ projectId: id })

/**
 * Null where no tag can be kept: nobody is signed in, or no project is named. What was allowed when the tag was kept
 * still is: what a verb requires follows from the asker's rights, which are part of the key, and from the project,
 * which did not change since.
 */
async function ask(ctx: RequestContext, { procedure }: RestRoute, input: unknown): Promise<Asked | null> {
  const { actor } = ctx
  const where = inProject.safeParse(input)
  if (!actor || !where.success) return null
  const { projectId } = where.data
  const { db } = ctx.ctx
  const access = await readAccess(db, actor)
  const key = hash('sha256', JSON.stringify([procedure, actor.kind, rightsIn(access), input]), 'base64url')
  const known = tagsFor(ctx).get(key)
  const still = known ? await unchangedSince(db, projectId, known.place) : null
  if (known && still) {
    const moved = { tag: known.tag, place: still }
    tagsFor(ctx).set(key, moved)
    return { key, place: still, known: moved }
  }
  const place = await auditPlace(db)
  return place && { key, place, known: null }
}

/** Everything that decides what is shown. */
const rightsIn = ({ grants, cappedBy, ...rest }: Access): unknown => [
  rest,
  [...grants],
  cappedBy ? rightsIn(cappedBy) : null,
]
