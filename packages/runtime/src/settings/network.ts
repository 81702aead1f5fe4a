/** Whom it connects to, and whom it believes. */
import { hostNames, networks, privateNetwork, whole } from './formats.ts'
import { setting } from './setting.ts'

export const network = {
  KEYFERRY_ALLOW_PRIVATE_NETWORK: setting(
    privateNetwork,
    'networks and hosts on private addresses that syncs and webhooks may reach, such as `10.1.0.0/16,vault.internal:8443`; `true` opens all but cloud metadata ([outbound connections](operations.md#outbound-connections))',
  ),
  KEYFERRY_ALLOWED_HOSTS: setting(
    hostNames,
    'further host names that it answers to, `keyferry.internal,…`; loopback names, `HOST` and the host of `KEYFERRY_URL` are known',
  ),
  KEYFERRY_TRUSTED_PROXIES: setting(networks, 'addresses or networks of proxies whose `X-Forwarded-For` is believed'),
  KEYFERRY_HSTS_SECONDS: setting(
    whole(0).default(31_536_000),
    'how long browsers are to use only TLS, subdomains too, if `KEYFERRY_URL` is https; `0`: not said',
  ),
}
