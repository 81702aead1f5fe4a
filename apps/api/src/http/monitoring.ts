import type { Monitoring } from '@keyferry/runtime'
import type { FastifyInstance } from 'fastify'

/**
 * What load balancers and Prometheus ask. `GET /api/status` says that the process serves, this one whether it can do
 * its work.
 */
export function registerMonitoring(app: FastifyInstance, monitoring: Monitoring): void {
  app.get('/api/ready', async (_request, reply) => {
    const readiness = await monitoring.readiness()
    return reply.code(readiness.ready ? 200 : 503).send(readiness)
  })
  app.get('/metrics', async (request, reply) => {
    const { authorization } = request.headers
    const { status, contentType, text } = await monitoring.metrics({ authorization, ownPort: false })
    return reply.code(status).header('content-type', contentType).header('cache-control', 'no-store').send(text)
  })
}
