import reference from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { openApi } from './openapi.ts'
import { restRoutes } from './procedures.ts'

/** Kept as it is sent. Made when somebody reads it: that takes longer, and more memory, than the rest of a server. */
let document: string | undefined

function makeDocument(): string {
  const open = new Set(restRoutes.filter(({ meta }) => meta.verb === 'anyone').map(({ procedure }) => procedure))
  return JSON.stringify(openApi(restRoutes, (procedure) => open.has(procedure)))
}

/** The OpenAPI document, and a page to read it. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.get('/api/docs/json', (_request, reply) => {
    document ??= makeDocument()
    return reply.type('application/json; charset=utf-8').send(document)
  })
  await app.register(async (page) => {
    // The page starts itself with an inline script; nothing else here does.
    page.addHook('onSend', async (_request, reply) => {
      reply.header(
        'content-security-policy',
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
      )
    })
    await page.register(reference, {
      routePrefix: '/api/docs',
      configuration: {
        url: '/api/docs/json',
        // The page loads nothing external: no fonts, no usage data, no services of its maker.
        withDefaultFonts: false,
        telemetry: false,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  })
}
