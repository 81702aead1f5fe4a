/** What clients of Postgres ask for as they connect. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from './free-port.ts'

/** Before the parameters: the length of the message, and the version of the protocol. */
const HEAD_BYTES = 8

/** What a pooler has to let through, sorted. docs/deploying.md names the settings among them. */
export const POOLED_PARAMETERS = [
  'application_name',
  'client_encoding',
  'database',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'statement_timeout',
  'user',
]

/** Start-up parameters of the connections that `connect` opens to the server at `url`, which ends them, sorted. */
export async function startUpParameters(connect: (url: string) => Promise<unknown>): Promise<string[]> {
  const asked = new Set<string>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (message) => {
      const texts = message.subarray(HEAD_BYTES).toString('utf8').split('\0')
      // Names and values take turns; the list ends with an empty name.
      for (const [n, text] of texts.entries()) if (n % 2 === 0 && text !== '') asked.add(text)
      socket.destroy()
    })
  })
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  await connect(`postgres://user@127.0.0.1:${port}/database`).catch(() => {})
  server.close()
  return [...asked].sort()
}
