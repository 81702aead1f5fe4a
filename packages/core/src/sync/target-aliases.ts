/** Names of this machine, which lead to the same server. */
const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/**
 * Every key of a target (`targetKey`) that is surely the same place: the host can have more than one name. The given
 * one is among them; the order is the same for each of them. Names that only DNS knows to be one host are not found.
 */
export function targetAliases(targetKey: string): string[] {
  const [destination = '', origin = '', ...target] = targetKey.split(' ')
  const { protocol, hostname, port } = new URL(origin)
  return hostAliases(hostname)
    .map((host) => [destination, `${protocol}//${host}${port === '' ? '' : `:${port}`}`, ...target].join(' '))
    .sort()
}

function hostAliases(hostname: string): readonly string[] {
  const name = hostname.replace(/\.$/, '')
  if (LOOPBACK.includes(name)) return hostname === name ? LOOPBACK : [...LOOPBACK, hostname]
  // A name may end in the dot of the root; an address may not.
  return /^[\d.]+$|^\[/.test(name) ? [hostname] : [name, `${name}.`]
}
