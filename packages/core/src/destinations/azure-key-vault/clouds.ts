/** Azure's clouds: who gives tokens, and the domain of their vaults (the documents of each cloud, 2026-11-28). */

interface Cloud {
  /** The one of its token hosts that its documents name first. */
  authority: string
  /** What a token is for. */
  resource: string
  /** Without the vault's name. */
  vaultDomain: string
}

export const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com'

const PUBLIC: Cloud = {
  authority: PUBLIC_AUTHORITY,
  resource: 'https://vault.azure.net',
  vaultDomain: 'vault.azure.net',
}
const CHINA: Cloud = {
  authority: 'https://login.chinacloudapi.cn',
  resource: 'https://vault.azure.cn',
  vaultDomain: 'vault.azure.cn',
}
const GOVERNMENT: Cloud = {
  authority: 'https://login.microsoftonline.us',
  resource: 'https://vault.usgovcloudapi.net',
  vaultDomain: 'vault.usgovcloudapi.net',
}

const BY_AUTHORITY = new Map([
  [new URL(PUBLIC_AUTHORITY).host, PUBLIC],
  ['login.chinacloudapi.cn', CHINA],
  ['login.partner.microsoftonline.cn', CHINA],
  ['login.microsoftonline.us', GOVERNMENT],
])

/** The cloud of a token host. One that is not Azure's is taken for a proxy to the public cloud. */
export const cloudOf = (authorityHost: string): Cloud => BY_AUTHORITY.get(new URL(authorityHost).host) ?? PUBLIC

/** Whether an address is a vault of Azure, where a token must not travel in clear. */
export const isAzureVault = (host: string): boolean =>
  [PUBLIC, CHINA, GOVERNMENT].some(({ vaultDomain }) => host.endsWith(`.${vaultDomain}`))
