/** The audit log as JSON lines. Every page comes from the procedure, so its permission is defined in one place. */
import { Readable } from 'node:stream'
import { auditEvent } from '@keyferry/kernel'
import { listAudit, type listedAudit } from '@keyferry/schemas'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { createCaller } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'
import { inputShape, readInput } from './input.ts'

const PAGE = 1000
const shape = inputShape(listAudit)

export function registerAuditExport(
  app: FastifyInstance,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>,
): void {
  app.get('/api/v1/audit/export', async (request, reply) => {
    const context = await contextOf(request, reply)
    const caller = createCaller(context)
    const { url, query } = request
    const input = listAudit.parse(readInput(shape, { url, params: undefined, query, body: undefined }))
    const { projectId } = input
    const page = (cursor: number | undefined): Promise<Page> => {
      const asked = { ...input, cursor, limit: PAGE }
      return projectId === undefined ? caller.audit.list(asked) : caller.audit.project({ ...asked, projectId })
    }
    // The first page is read before anything is sent, so a refusal is still an error status.
    const first = await page(input.cursor)
    if (context.actor) await auditEvent(context.ctx, context.actor, 'audit.export', projectId ?? null, filtersOf(input))
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="audit.jsonl"')
      .send(Readable.from(lines(first, page)))
  })
}

type Page = z.output<typeof listedAudit>

/** The filters, without the page. */
const filtersOf = ({ cursor: _, limit: __, projectId: ___, ...filters }: z.output<typeof listAudit>) => filters

async function* lines(first: Page, page: (cursor: number) => Promise<Page>): AsyncGenerator<string> {
  for (let at = first; ; at = await page(at.nextCursor)) {
    yield at.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    if (at.nextCursor === null) return
  }
}
