import { isIP } from 'node:net'

/** Whether a process answers requests with this `Host` header: a name with or without a port. */
export type HostCheck = (host: string) => boolean

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * A page whose name is pointed at this process ("DNS rebinding") is of its own origin to a browser; only the name gives
 * it away. Known are the loopback names, where the process listens, the name in `url`, and those in `allowed`. Ports
 * are not compared: they differ behind a proxy.
 */
export function hostCheck({
  listening,
  url,
  allowed = [],
}: {
  listening: string
  url?: string | undefined
  allowed?: readonly string[]
}): HostCheck {
  const everywhere = listening === '0.0.0.0' || listening === '::'
  const literal = isIP(listening) === 6 ? `[${listening}]` : listening
  const named = [literal, ...allowed, ...(url === undefined ? [] : [new URL(url).host])]
  const known = new Set(named.map(hostnameOf).filter((name) => name !== null))
  return (host) => {
    const name = hostnameOf(host)
    if (name === null) return false
    // An address is no name that could be pointed elsewhere.
    return LOOPBACK.test(name) || known.has(name) || (everywhere && isAddress(name))
  }
}

/** Whether a `Host` header names this machine itself. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK.test(hostnameOf(host) ?? '')

/** The name in a `Host` header or a setting, in the form that it is compared in; null when it holds anything else. */
export function hostnameOf(host: string): string | null {
  if (/[/@?#\\\s]/.test(host) || !URL.canParse(`http://${host}`)) return null
  return new URL(`http://${host}`).hostname.replace(/\.$/, '')
}

const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, '')) !== 0
