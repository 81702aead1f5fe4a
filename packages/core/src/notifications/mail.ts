import { Socket } from 'node:net'
import type { Mailer } from '@keyferry/kernel'
import { looksPrivate } from '@keyferry/kernel/private-hosts'
import { createTransport, type SMTPTransportOptions } from 'nodemailer'

/** Milliseconds for connecting, for the greeting, and without a byte. */
const TIMEOUT_MS = 10_000
/** Milliseconds for one mail: some servers answer a byte at a time, and others wait meanwhile. */
const MAIL_MS = 20_000

/**
 * Whether mails are sent to `url` with TLS or not at all: always, but for private hosts and with `?requireTLS=false`.
 */
export function requiresTls(url: string): boolean {
  const { hostname, searchParams } = new URL(url)
  return !looksPrivate(hostname) && searchParams.get('requireTLS') !== 'false'
}

/** `url`: `smtp://user:password@host:port`, or `smtps://…`. `from`: an address, with a name or without. */
export function createMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = transportTo(url)
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to, subject, text, signal: AbortSignal.timeout(MAIL_MS) })
    },
  }
}

/** Signs in to the server of `url` and sends nothing. Rejects with what is wrong, which never holds the password. */
export async function verifyMail(url: string): Promise<void> {
  // nodemailer gives no way to end this but by its connection.
  const socket = new Socket()
  const late = new Error(`no whole answer within ${MAIL_MS / 1000} s`)
  AbortSignal.timeout(MAIL_MS).addEventListener('abort', () => socket.destroy(late), { once: true })
  try {
    await transportTo(url, { socket }).verify()
  } finally {
    socket.destroy()
  }
}

const transportTo = (url: string, options: Pick<SMTPTransportOptions, 'socket'> = {}) =>
  createTransport({
    ...options,
    url,
    requireTLS: requiresTls(url),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Our text must not make it read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
