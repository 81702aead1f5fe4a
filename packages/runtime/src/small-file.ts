import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { getSystemErrorMap } from 'node:util'
import { StartupError } from './startup-error.ts'

/** Longer than any secret of a setting. */
export const MOST_BYTES = 65_536
const READ_MS = 30_000
const POLL_MS = 20
const { O_RDONLY, O_NONBLOCK } = constants

/**
 * The text of the file that the setting `name` names, and its mode; also of a pipe, such as that of `<(command)` in a
 * shell. Throws `StartupError` for one that cannot be read, is longer than `MOST_BYTES`, or is a pipe or device without
 * an end after 30 seconds: a start must not hang, and not fill the memory.
 */
export function readSmallFile(name: string, path: string): { text: string; mode: number } {
  const problem = (words: string, cause?: unknown) => new StartupError(`${name}: ${path} ${words}`, cause)
  try {
    const descriptor = openSync(path, O_RDONLY | O_NONBLOCK)
    try {
      return { text: readAll(descriptor, problem).toString('utf8'), mode: fstatSync(descriptor).mode }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error)) throw error
    throw problem(`cannot be read: ${getSystemErrorMap().get(Number(error.errno))?.[1] ?? error.message}`, error)
  }
}

function readAll(descriptor: number, problem: (words: string) => StartupError): Buffer {
  const isFile = fstatSync(descriptor).isFile()
  const bytes = Buffer.alloc(MOST_BYTES + 1)
  const deadline = performance.now() + READ_MS
  for (let length = 0; length < bytes.length;) {
    const read = readNow(descriptor, bytes.subarray(length))
    // A pipe that nobody has begun to write to gives nothing, too.
    if (read === 0 && (length > 0 || isFile)) return bytes.subarray(0, length)
    if (read !== null && read > 0) length += read
    else if (performance.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
    else throw problem(`gave no secret within ${READ_MS / 1000} s. Check what writes to it.`)
  }
  throw problem(`is longer than ${MOST_BYTES} bytes, so it is not a secret. Name another file.`)
}

/** Null: nothing can be read without waiting. */
function readNow(descriptor: number, into: Uint8Array): number | null {
  try {
    return readSync(descriptor, into)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null
    throw error
  }
}
