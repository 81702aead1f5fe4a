/** A route that answers a text of the size of a secret, in a process of its own. Started by reads.ts. */
import { createServer } from 'node:http'
import type { Reading } from './authority-http.ts'

const ANSWER = JSON.stringify({ secret: { secretKey: 'BENCH_KEY_0', secretValue: 'x'.repeat(600) } })

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(ANSWER)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  process.send?.({ url: `http://127.0.0.1:${port}`, path: '/', secretPath: '/', token: '' } satisfies Reading)
})
process.on('disconnect', () => process.exit(0))
