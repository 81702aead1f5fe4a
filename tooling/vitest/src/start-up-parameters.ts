/** What clients of Postgres ask for as they connect. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from './free-port.ts'

/** Before the parameters: the length of the message, and the version of the protocol. */
const HEAD_BYTES = 8

/** Names of the start-up parameters of each connection that `connect` opens to the server at `url`, which ends it. */
export async function startUpParameters(connect: (url: string) => Promise<unknown>): Promise<string[][]> {
  const asked: string[][] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (message) => {
      const texts = message.subarray(HEAD_BYTES).toString('utf8').split('\0')
      // Names and values take turns; the list ends with an empty name.
      asked.push(texts.filter((text, n) => n % 2 === 0 && text !== ''))
      socket.destroy()
    })
  })
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  await connect(`postgres://user@127.0.0.1:${port}/database`).catch(() => {})
  server.close()
  return asked
}
