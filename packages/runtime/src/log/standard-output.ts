/** Stdout of the process. One writer for its log and the copy of its audit log, so that no line breaks another one. */
import type { DestinationStream } from 'pino'
import * as sonicBoom from 'sonic-boom'

/** Of a CommonJS module whose names Node doesn't find: they are at what it exports as a whole. */
const { SonicBoom } = sonicBoom.default as unknown as typeof sonicBoom

/** Bytes of lines that wait for a slow reader; beyond that, lines are dropped rather than kept in memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024
/** Milliseconds that the process waits for its reader at its end. */
const LAST_LINES_MS = 1_000
/** Milliseconds that a reader may take for what must not be dropped. */
const PRINTING_MS = 5_000

export interface StandardOutput extends DestinationStream {
  /** Writes what must not be dropped. Rejects when nobody reads it, or not in time: then it may still arrive later. */
  print(text: string): Promise<void>
}

let opened: StandardOutput | undefined

/**
 * Written without waiting for the reader; the last lines as the process exits. The process goes on without a reader
 * that is gone, such as a log shipper that ended, or that reads no more.
 */
export const standardOutput = (): StandardOutput => (opened ??= open())

function open(): StandardOutput {
  let endsAt = Infinity
  // Refused while the pipe is full; it is tried again until the process ends.
  const stdout = new SonicBoom({ fd: process.stdout.fd, retryEAGAIN: () => performance.now() < endsAt })
  let waitingBytes = 0
  let gone: Error | null = null
  stdout.on('write', (bytes: number) => (waitingBytes -= bytes))
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') gone = error
  })
  process.once('exit', () => {
    if (gone) return
    endsAt = performance.now() + LAST_LINES_MS
    try {
      stdout.flushSync()
    } catch {
      // Nobody reads them any more, or the disk is full: there is nowhere to say so.
    }
  })
  const put = (text: string): void => {
    waitingBytes += Buffer.byteLength(text)
    stdout.write(text)
  }
  let draining: Promise<void> | null = null
  const drained = async (): Promise<void> => {
    if (gone) throw gone
    draining ??= new Promise<void>((resolve, reject) =>
      stdout.flush((error) => (error ? reject(error) : resolve())),
    ).finally(() => (draining = null))
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('nobody reads it')), PRINTING_MS)
    await Promise.race([draining, late.promise]).finally(() => clearTimeout(timer))
  }
  return {
    write(line) {
      if (!gone && waitingBytes < MAX_WAITING_BYTES) put(line)
    },
    async print(text) {
      // What waits already would only wait behind it.
      await drained()
      put(text)
      await drained()
    },
  }
}
