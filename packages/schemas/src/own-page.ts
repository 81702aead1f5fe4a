const ORIGIN = 'http://console.invalid'

/**
 * Whether an address leads to a page of the console: a path that no browser takes for the address of another host, also
 * once it has resolved `..` and dropped tabs. Sign-in leads nowhere else afterwards.
 */
export function isOwnPage(address: string): boolean {
  if (!address.startsWith('/') || !URL.canParse(address, ORIGIN)) return false
  const { origin, pathname } = new URL(address, ORIGIN)
  return origin === ORIGIN && !pathname.startsWith('//')
}
