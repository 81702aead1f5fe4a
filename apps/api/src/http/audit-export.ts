/** The audit log as JSON lines. Every page comes out of the procedure, so who may read it is said in one place. */
import { Readable } from 'node:stream'
import { listAudit, type listedAudit } from '@keyferry/schemas'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { inputShape, readInput } from '../rest/input.ts'
import { createCaller } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'

const PAGE = 1000
const shape = inputShape(listAudit)

export function registerAuditExport(
  app: FastifyInstance,
  contextOf: (request: FastifyRequest) => Promise<RequestContext>,
): void {
  app.get('/api/v1/audit/export', async (request, reply) => {
    const caller = createCaller(await contextOf(request))
    const input = listAudit.parse(readInput(shape, { params: undefined, query: request.query, body: undefined }))
    const { projectId } = input
    const page = (cursor: number | undefined): Promise<Page> => {
      const asked = { ...input, cursor, limit: PAGE }
      return projectId === undefined ? caller.audit.list(asked) : caller.audit.project({ ...asked, projectId })
    }
    // The first page is asked for before anything is sent: what is refused is still an error of its own.
    const first = await page(input.cursor)
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="audit.jsonl"')
      .send(Readable.from(lines(first, page)))
  })
}

type Page = z.output<typeof listedAudit>

async function* lines(first: Page, page: (cursor: number) => Promise<Page>): AsyncGenerator<string> {
  for (let at = first; ; at = await page(at.nextCursor)) {
    yield at.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    if (at.nextCursor === null) return
  }
}
