import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Bytes that a reader has to take in a time in which something waited for it: less is no connection that works. */
const LEAST_BYTES = 256 * 1024

/**
 * Ends connections whose reader does not take what waits for it: answers and live events alike. Each `windowMs` looks
 * at all of them; who had something waiting at two looks and took less than `LEAST_BYTES` in between is cut off.
 */
export function endSlowReaders(server: Server, windowMs: number): void {
  /** Bytes that had left for each reader at the last look. */
  const sent = new Map<Socket, number | null>()
  server.on('connection', (socket: Socket) => {
    sent.set(socket, null)
    socket.once('close', () => sent.delete(socket))
  })
  const look = (): void => {
    for (const [socket, before] of sent) {
      const waits = socket.writableLength > 0
      const now = socket.bytesWritten - socket.writableLength
      if (waits && before !== null && now - before < LEAST_BYTES) socket.destroy()
      else sent.set(socket, waits ? now : null)
    }
  }
  const timer = setInterval(look, windowMs)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}
