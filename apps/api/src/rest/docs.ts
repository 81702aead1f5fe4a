import { fastify, type FastifyInstance } from 'fastify'
import { openApi } from './openapi.ts'
import { restRoutes } from './procedures.ts'

const PREFIX = '/api/docs'

/** Kept as it is sent. Made when somebody reads it: that takes longer, and more memory, than the rest of a server. */
let document: string | undefined

function makeDocument(): string {
  const open = new Set(restRoutes.filter(({ meta }) => meta.verb === 'anyone').map(({ procedure }) => procedure))
  return JSON.stringify(openApi(restRoutes, (procedure) => open.has(procedure)))
}

/** The OpenAPI document, and a page to read it. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.get(`${PREFIX}/json`, (_request, reply) => {
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
    for (const path of ['/', '/js/scalar.js'])
      page.get(`${PREFIX}${path}`, async (request, reply) => {
        reference ??= loadReference()
        const { statusCode, headers, payload } = await (await reference).inject(request.url)
        if (headers.location !== undefined) return reply.redirect(headers.location, statusCode)
        return reply
          .code(statusCode)
          .type(headers['content-type'] ?? '')
          .send(payload)
      })
  })
}

/** Serves the page to `inject`. Loaded when somebody reads it: its code is a third of the server's. */
let reference: Promise<FastifyInstance> | undefined

async function loadReference(): Promise<FastifyInstance> {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  await app.register(import('@scalar/fastify-api-reference'), {
    routePrefix: PREFIX,
    configuration: {
      url: `${PREFIX}/json`,
      // The page loads nothing external: no fonts, no usage data, no services of its maker.
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
  return app
}
