/**
 * Which addresses and hosts are private, which of them an operator opened, and which stay closed whatever is opened.
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * A private place that may be called: an address, a network such as `10.0.0.0/8`, or a host, with a port or for every
 * port.
 */
export interface OpenedHost {
  /** Name or address, in lower case; absent for a network. */
  host?: string
  network?: { address: string; bits: number }
  port?: number
}

/**
 * Addresses from which machines read their own credentials, beside everything link-local. AWS (IMDS, ECS, EKS), Azure,
 * Alibaba, Oracle: the vendors' documentation, 2026-08.
 */
const METADATA = new Set([
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
])

/** True for addresses of cloud metadata, also when an IPv6 address carries one. No setting opens them. */
export function isMetadata(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const carried = carriedIpv4(parsed.toByteArray())
  return (
    METADATA.has(parsed.toString()) ||
    parsed.range() === 'linkLocal' ||
    (carried !== null && (METADATA.has(carried) || carried.startsWith('169.254.')))
  )
}

/**
 * NAT64 (`64:ff9b::/96`), 6to4 (`2002::/16`) and compatible (`::/96`) addresses are routed to the IPv4 address inside.
 */
function carriedIpv4(bytes: readonly number[]): string | null {
  if (bytes.length !== 16) return null
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes
  const isNat64 = first === 0 && second === 0x64 && third === 0xff && fourth === 0x9b
  const isCompatible = bytes.slice(0, 12).every((byte) => byte === 0)
  if (isNat64 || isCompatible) return bytes.slice(12).join('.')
  return first === 0x20 && second === 0x02 ? bytes.slice(2, 6).join('.') : null
}

/**
 * True for an address anybody on the internet could mean: no loopback, private, link-local (cloud metadata),
 * carrier-grade NAT, multicast or reserved range. An IPv6 form that carries an IPv4 address is none, except the mapped
 * one, which is judged as the IPv4 address it is.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address) || isMetadata(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv4') return true
  // Only 2000::/3 is handed out; ipaddr.js calls everything it has no name for unicast, `::127.0.0.1` included.
  const first = parsed.toByteArray()[0] ?? 0
  return first >> 5 === 1
}

/** Of the machine itself: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname)
  if (isIP(host) !== 0) return ipaddr.process(host).range() === 'loopback'
  return host === 'localhost' || host.endsWith('.localhost')
}

/**
 * Names that only private networks resolve (RFC 6761, 6762, 8375, 9476 drafts, Kubernetes), as far as the name alone
 * says it.
 */
const PRIVATE_NAME = /^[^.]+$|\.(?:internal|local|lan|home\.arpa|test|svc|intranet|private)$/

/** Whether the host is private by what is written, without a look into DNS. */
export function looksPrivate(hostname: string): boolean {
  const host = bare(hostname)
  if (isIP(host) !== 0) return !isPublic(host) && !isMetadata(host)
  return isLoopback(host) || PRIVATE_NAME.test(host)
}

/** Whether `opened` names this host or address at this port. */
export function isOpened(opened: readonly OpenedHost[], { host, address, port }: Dialled): boolean {
  const name = bare(host)
  return opened.some((entry) => {
    if (entry.port !== undefined && entry.port !== port) return false
    if (entry.host !== undefined) return entry.host === name || entry.host === address
    return entry.network !== undefined && isWithin(address, entry.network)
  })
}

interface Dialled {
  /** As it is written in the URL. */
  host: string
  /** What it resolves to. */
  address: string
  port: number
}

/**
 * `10.0.0.0/8`, `fd00::/8`, `192.168.1.5`, `vault.internal`, `vault.internal:8443`, `[fd00::1]:8443`; null for anything
 * else.
 */
export function openedHost(text: string): OpenedHost | null {
  if (text.includes('/')) {
    if (!ipaddr.isValidCIDR(text)) return null
    const [address, bits] = ipaddr.parseCIDR(text)
    return { network: { address: address.toString(), bits } }
  }
  if (isIP(text) !== 0) return { host: ipaddr.process(text).toString() }
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?))(?::(\d{1,5}))?$/i.exec(text)
  const host = parts?.[1] ?? parts?.[2]
  const port = parts?.[3] === undefined ? undefined : Number(parts[3])
  if (host === undefined || (parts?.[1] !== undefined && isIP(host) !== 6) || port === 0 || (port ?? 0) > 65_535)
    return null
  return { host: bare(host), ...(port === undefined ? {} : { port }) }
}

function isWithin(address: string, { address: base, bits }: { address: string; bits: number }): boolean {
  if (!ipaddr.isValid(address)) return false
  const [one, other] = [ipaddr.process(address), ipaddr.parse(base)]
  return one.kind() === other.kind() && one.match(other, bits)
}

/** Without the brackets of IPv6 and a final dot, in lower case; an address in its usual form. */
function bare(hostname: string): string {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return isIP(host) === 0 ? host : ipaddr.process(host).toString()
}
