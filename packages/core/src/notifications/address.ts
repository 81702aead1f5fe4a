import { Invalid, type Network } from '@keyferry/kernel'
import { ClosedHost, refuseClosed } from '@keyferry/kernel/network'

/** The URL of a webhook. Throws `Invalid` for what is none, and for an address that Keyferry does not call. */
export function webhookUrl(network: Network, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw invalid('A webhook needs a URL that starts with https:// or http://')
  if (url.username !== '' || url.password !== '')
    throw invalid('Leave user and password out of the URL; deliveries are signed')
  try {
    refuseClosed(network, url)
  } catch (error) {
    if (!(error instanceof ClosedHost)) throw error
    throw invalid(error.message)
  }
  return url
}

/** One plain address: no name, no list, nothing that a mail header could be made of. Throws `Invalid`. */
export function mailAddress(text: string): string {
  if (!/^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+$/.test(text) || text.length > 254)
    throw invalid('That is not an email address')
  return text
}

/** Without the path and query, which often are the secret of a webhook. */
export const shownUrl = (url: URL): string =>
  url.pathname === '/' && url.search === '' ? url.origin : `${url.origin}/…`

const invalid = (message: string): Invalid => new Invalid([{ path: ['address'], message }])
