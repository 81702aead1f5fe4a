import { BlockList, isIP } from 'node:net'

/**
 * Whether `address` is in one of the networks, such as `10.0.0.0/8` or `192.0.2.7`. An address nobody knows is in none
 * but all.
 */
export function isTrusted(networks: readonly { ipAddress: string }[], address: string | null): boolean {
  if (networks.some(({ ipAddress }) => ipAddress === '0.0.0.0/0' || ipAddress === '::/0')) return true
  // As Node shows an IPv4 peer of an IPv6 socket.
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? ''
  const family = familyOf(plain)
  if (family === null) return false
  const list = new BlockList()
  for (const { ipAddress } of networks) {
    const [network = '', bits] = ipAddress.split('/')
    const kind = familyOf(network)
    if (kind === null) continue
    if (bits === undefined) list.addAddress(network, kind)
    else list.addSubnet(network, Number(bits), kind)
  }
  return list.check(plain, family)
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | null => {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : null
}
