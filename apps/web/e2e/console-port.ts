/** The port of a worker's consoles, one after another. */
import { freePort, isFree } from '@keyferry/vitest/free-port'

let port = 0

/** Gives the port of the console before it, as long as it is free. */
export async function consolePort(): Promise<number> {
  if (port === 0 || !(await isFree(port))) port = await freePort()
  return port
}
