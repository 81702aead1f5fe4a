/** Where notices arrive in tests: a real HTTP server and a real SMTP server. For tests only. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface WebhookReceiver {
  url: string
  got: { headers: IncomingHttpHeaders; path: string; text: string }[]
  /** What it answers from now on; `hang` takes the request and never answers. */
  answer: number | 'hang'
}

/** Listens on loopback until the test ends. */
export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    receiver.got.push({ headers: request.headers, path: request.url ?? '', text: await text(request) })
    if (receiver.answer !== 'hang')
      response.writeHead(receiver.answer, { location: 'http://127.0.0.1:1/' }).end('thanks')
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${portOf(server.address())}/hook/s3cret-path`,
    got: [],
    answer: 200,
  }
  return receiver
}

export interface MailReceiver {
  /** For `createMailer`. */
  url: string
  got: { to: string[]; text: string }[]
}

/** Listens on loopback until the test ends; takes every mail without a password. */
export async function receiveMail(): Promise<MailReceiver> {
  const got: MailReceiver['got'] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
        done()
      })
    },
  })
  server.on('error', () => {})
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', () => resolve())
  await promise
  onTestFinished(() => {
    server.close()
  })
  return { url: `smtp://127.0.0.1:${portOf(server.server.address())}`, got }
}

export const portOf = (address: AddressInfo | string | null): number =>
  address !== null && typeof address === 'object' ? address.port : 0
