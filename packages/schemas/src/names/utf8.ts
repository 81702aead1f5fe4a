/**
 * The text of bytes in UTF-8, a byte order mark included; null for bytes that are not UTF-8, which a decoder would
 * replace by U+FFFD.
 */
export function decodeUtf8(bytes: Uint8Array | ArrayBuffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
