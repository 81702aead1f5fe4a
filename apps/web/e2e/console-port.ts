/** The port of a worker's consoles, one after another. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

let port = 0

/** Gives the port of the console before it, as long as it is free. */
export async function consolePort(): Promise<number> {
  // Below those that the system gives to any connection: another process would have it between two consoles.
  while (port === 0 || !(await isFree(port))) port = randomInt(20_000, 30_000)
  return port
}

async function isFree(candidate: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(candidate, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    await new Promise((done) => server.close(done))
  }
}
