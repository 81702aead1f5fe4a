import { words } from '../words.ts'

/**
 * Whether `text` is a URL of another machine that is called without TLS: others on its network can read what is sent.
 */
export function isPlainHttp(text: unknown): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'http:' && !/^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}

export const PLAIN_HTTP = words.plainHttp.warning
