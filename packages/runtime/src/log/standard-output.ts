import type { DestinationStream } from 'pino'
import * as sonicBoom from 'sonic-boom'

/** Of a CommonJS module whose names Node doesn't find: they are at what it exports as a whole. */
const { SonicBoom } = sonicBoom.default as unknown as typeof sonicBoom

/** Bytes of lines that wait for a slow reader; beyond that, lines are dropped rather than kept in memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024

/**
 * Lines on stdout, written without waiting for the reader; the last ones as the process exits. One whose reader is
 * gone, such as a log shipper that ended, goes on without them.
 */
export function standardOutput(): DestinationStream {
  const stdout = new SonicBoom({ fd: process.stdout.fd, maxLength: MAX_WAITING_BYTES })
  let hasReader = true
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') hasReader = false
  })
  process.once('exit', () => {
    if (!hasReader) return
    try {
      stdout.flushSync()
    } catch {
      // Nobody reads them any more, or the disk is full: there is nowhere to say so.
    }
  })
  return {
    write(line) {
      if (hasReader) stdout.write(line)
    },
  }
}
