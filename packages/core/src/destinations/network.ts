import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent } from 'undici'

/** How far the destinations may reach. One object per process: connections are kept open per object. */
export interface Network {
  /** False (default): only public addresses are reached, whatever a name resolves to at connect time. */
  allowPrivate: boolean
}

/** Thrown by a connection attempt whose every address is private. */
export class PrivateAddress extends Error {
  readonly host: string

  constructor(host: string) {
    super(`${host} is, or resolves to, a private address`)
    this.name = 'PrivateAddress'
    this.host = host
  }
}

// Azure answers metadata requests on this public-looking address (Microsoft Learn, "What is IP address 168.63.129.16", 2026-08).
const CLOUD_INTERNAL = new Set(['168.63.129.16'])

/**
 * True for an address anybody on the internet could mean: no loopback, private, link-local (cloud metadata), carrier-grade
 * NAT, multicast or reserved range, and no IPv6 form that carries an IPv4 address inside, except the mapped one, which is
 * judged as the IPv4 address it is.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (CLOUD_INTERNAL.has(parsed.toString())) return false
  if (parsed.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv4') return true
  // Only 2000::/3 is handed out; ipaddr.js calls everything it has no name for unicast, `::127.0.0.1` included.
  const first = parsed.toByteArray()[0] ?? 0
  return first >> 5 === 1
}

/** Throws `PrivateAddress` when the host is written as a private IP address. Names are judged when they are resolved. */
export function refusePrivateLiteral(network: Network, hostname: string): void {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (!network.allowPrivate && isIP(bare) !== 0 && !isPublic(bare)) throw new PrivateAddress(bare)
}

/**
 * Resolves a name to its public addresses only. It runs inside the connection attempt, so the address that was judged is the
 * address that is dialled: a name that answers differently the second time gains nothing.
 */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, [])
    const open = found.filter((one) => isPublic(one.address))
    const [first] = open
    if (first === undefined) return callback(new PrivateAddress(hostname), [])
    if (options.all) return callback(null, open)
    callback(null, first.address, first.family)
  })
}

const agents = new WeakMap<Network, Agent>()

/** The keep-alive connections of a network, shared by all runs so that a run need not pay for a new TLS handshake. */
export function agentOf(network: Network): Agent {
  const known = agents.get(network)
  if (known) return known
  const agent = new Agent({
    connect: { timeout: 10_000, ...(network.allowPrivate ? {} : { lookup: lookupPublic }) },
    allowH2: false,
    // A listing is far smaller; a host that never stops sending must not fill the memory.
    maxResponseSize: 64 * 1024 * 1024,
  })
  agents.set(network, agent)
  return agent
}
