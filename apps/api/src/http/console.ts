import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Serves the built files of the console. Its own paths are answered by the not-found handler with the page. */
export async function serveConsole(app: FastifyInstance, webDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webDir,
    wildcard: false,
    cacheControl: false,
    // The build left a compressed copy beside every text file.
    preCompressed: true,
    // They are sent in place of the file. Each file with an address of its own makes every start slower.
    globIgnore: ['**/*.br', '**/*.gz'],
    setHeaders(reply, path) {
      // Built files carry a hash of their content in their names; the page that names them does not.
      const hashed = path.startsWith(join(webDir, 'assets'))
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
