import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Network } from './context.ts'
import { isLoopback, isMetadata, isOpened, isPublic, looksPrivate } from './private-hosts.ts'
import type { Logger } from 'pino'
import { Agent, buildConnector, getGlobalDispatcher, setGlobalDispatcher } from 'undici'

/** Keyferry does not connect to this host. The message is for people and says what to do. */
export class ClosedHost extends Error {
  override readonly name: string = 'ClosedHost'
}

/** Thrown by a connection attempt whose every address is private and not opened. */
export class PrivateAddress extends ClosedHost {
  override readonly name = 'PrivateAddress'

  constructor(host: string, { metadata = false } = {}) {
    super(
      metadata
        ? `${host} is an address of cloud metadata or of the local link, which Keyferry never calls`
        : `${host} is a private address, which Keyferry does not call. Name it in KEYFERRY_ALLOW_PRIVATE_NETWORK to allow it; KEYFERRY_ALLOW_PRIVATE_NETWORK=true allows every private address`,
    )
  }
}

/** Thrown by a connection attempt without TLS to a host that is not private. */
export class PlainHttp extends ClosedHost {
  override readonly name = 'PlainHttp'

  constructor(host: string) {
    super(`${host} would be called over the internet without TLS. Use https://`)
  }
}

interface Target {
  host: string
  port: number
  protocol: string
}

/**
 * Throws `PrivateAddress` for a private IP address that is not opened, and `PlainHttp` for `http://` to a public one,
 * or while no private address is opened. Names are judged when they are resolved.
 */
export function refuseClosed(network: Network, { hostname, port, protocol }: URL): void {
  const target = { host: bare(hostname), port: portOf(port, protocol), protocol }
  if (isIP(target.host) !== 0) judge(network, target, [target.host])
  else if (protocol === 'http:' && network.allowPrivate === false && !looksPrivate(target.host))
    throw new PlainHttp(target.host)
}

/** The addresses that may be dialled. Throws when there is none. */
function judge(network: Network, target: Target, addresses: readonly string[]): string[] {
  const reachable = addresses.filter((address) => isReachable(network, target, address))
  if (reachable.length === 0) throw new PrivateAddress(target.host, { metadata: addresses.every(isMetadata) })
  const open = target.protocol === 'http:' ? reachable.filter((address) => !isPublic(address)) : reachable
  if (open.length === 0) throw new PlainHttp(target.host)
  return open
}

function isReachable({ allowPrivate }: Network, { host, port }: Target, address: string): boolean {
  if (isPublic(address)) return true
  if (isMetadata(address)) return false
  return typeof allowPrivate === 'boolean' ? allowPrivate : isOpened(allowPrivate, { host, address, port })
}

/** Says in the log that what is sent to `url`, a private host, can be read on its network. */
export function warnOfPlainHttp(log: Logger, url: string): void {
  const { protocol, hostname, host } = new URL(url)
  if (protocol === 'http:' && !isLoopback(hostname))
    log.warn({ host }, 'secrets go to this private host without TLS: others on its network may read them')
}

/** Without the brackets of IPv6. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

const portOf = (port: string, protocol: string): number => Number(port || (protocol === 'http:' ? 80 : 443))

/**
 * Resolves a name to the addresses that may be dialled. It runs inside the connection attempt, so the address that was
 * judged is the address that is dialled: a name that answers differently the second time gains nothing.
 */
const lookupOpen =
  (network: Network, port: number, protocol: string): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      try {
        const target = { host: hostname, port, protocol }
        const open = judge(
          network,
          target,
          found.map((one) => one.address),
        )
        const kept = found.filter((one) => open.includes(one.address))
        const [first] = kept
        if (options.all || first === undefined) return callback(null, kept)
        callback(null, first.address, first.family)
      } catch (refused) {
        callback(refused instanceof Error ? refused : new PrivateAddress(hostname), [])
      }
    })
  }

const agents = new WeakMap<Network, Map<string, Agent>>()

/**
 * The keep-alive connections of a network, shared by all runs so that a run need not pay for a new TLS handshake. `ca`
 * as for `createAgent`.
 */
export function agentOf(network: Network, { ca }: { ca?: string } = {}): Agent {
  const known = agents.get(network) ?? new Map<string, Agent>()
  agents.set(network, known)
  const agent = known.get(ca ?? '') ?? createAgent(network, { ca })
  known.set(ca ?? '', agent)
  return agent
}

/**
 * Connections of their own, for the caller to close. `ca`: PEM of the authorities whose certificates are accepted, in
 * place of those that Node knows.
 */
export function createAgent(network: Network, { ca }: { ca?: string } = {}): Agent {
  // What may be dialled depends on the port; a connector keeps TLS sessions, so each is made once.
  const connectors = new Map<string, buildConnector.connector>()
  const connectorFor = (protocol: string, port: number): buildConnector.connector => {
    const name = `${protocol}${port}`
    const made =
      connectors.get(name) ??
      buildConnector({
        timeout: 10_000,
        allowH2: false,
        lookup: lookupOpen(network, port, protocol),
        ...(ca === undefined ? {} : { ca }),
      })
    connectors.set(name, made)
    return made
  }
  return new Agent({
    connect(options, callback) {
      const { protocol, hostname } = options
      const port = portOf(options.port, protocol)
      const host = bare(hostname)
      try {
        // A host that is written as an address is not looked up.
        if (isIP(host) !== 0) judge(network, { host, port, protocol }, [host])
      } catch (refused) {
        return callback(refused instanceof Error ? refused : new PrivateAddress(hostname), null)
      }
      return connectorFor(protocol, port)(options, callback)
    },
    allowH2: false,
    // A listing is far smaller; a host that never stops sending must not fill the memory.
    maxResponseSize: 32 * 1024 * 1024,
    maxHeaderSize: 16 * 1024,
  })
}

/** Keeps this process's `fetch`, which libraries call, to `network`. Returns what ends that. */
export function guardFetch(network: Network): () => void {
  const before = getGlobalDispatcher()
  setGlobalDispatcher(agentOf(network))
  return () => setGlobalDispatcher(before)
}
