import { decodeUtf8 } from '@keyferry/schemas'
import { Failure } from '../failure.ts'

/**
 * The text of a file or of stdin (`what`). Throws `Failure` for bytes that are not UTF-8: they would come back as
 * others.
 */
export function utf8(bytes: Uint8Array, what: string): string {
  const text = decodeUtf8(bytes)
  if (text === null)
    throw new Failure(
      `${what} is not text in UTF-8`,
      'Convert it to UTF-8, or encode binary data first, for example with base64.',
    )
  return text
}
