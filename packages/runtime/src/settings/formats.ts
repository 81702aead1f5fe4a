/** What values of settings look like, with the rule that a wrong one breaks. */
import { isIP } from 'node:net'
import { openedHost, type OpenedHost } from '@keyferry/kernel/private-hosts'
import { z } from 'zod'
import { hostnameOf } from '../monitoring/hosts.ts'

/** The most that a timer and an integer of Postgres take. */
const MOST = 2 ** 31 - 1

/** In digits: blanks, hexadecimals and exponents are mistakes. */
export function whole(least: number, most = MOST) {
  const error = `must be a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .refine((number) => number >= least && number <= most, error)
}

export const port = whole(0, 65_535)

export const flag = z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'must be true or false' })

/** A name of digits and dots only is an address with a mistake. No URL can have an address with a zone. */
export const host = z
  .string()
  .refine(
    (text) =>
      (isIP(text) !== 0 && !text.includes('%')) ||
      (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text)),
    'must be an address or a host name, such as 127.0.0.1 or 0.0.0.0',
  )

export const httpUrl = z.url({
  protocol: /^https?$/,
  hostname: /./,
  error: 'must be a URL that starts with https:// or http://',
  abort: true,
})

/** A URL with a password, whose signs would end an earlier part of it. */
const withPassword = (example: string): string =>
  `must be a URL such as ${example}, with the signs of its password written as in URLs (%23 for #)`

export const mailServer = z.url({
  protocol: /^smtps?$/,
  hostname: /./,
  error: withPassword('smtp://user:password@mail.example.com:587'),
  abort: true,
})

/**
 * `url` with the name of what `pg` does for `prefer`, `require` and `verify-ca` as well: it checks the certificate and
 * the host. It prints a warning of several lines for the other names.
 */
export const withCertificateCheck = (url: string): string =>
  /[?&]uselibpqcompat=true(&|$)/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, '$1verify-full')

/** Without a host it is the local socket. */
export const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text.replace('@/', '@localhost/')),
    withPassword('postgres://user:password@db.example.com/keyferry'),
  )
  .transform(withCertificateCheck)

/** Its console names its files from the root of the host. */
export const ownUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://keyferry.example.com', abort: true })
  .refine(
    (text) => /^[^:]+:\/\/[^/?#@]+\/*$/.test(text),
    'must have no path, query or user: Keyferry needs a host name of its own, such as https://keyferry.example.com',
  )
  .transform((url) => url.replace(/\/+$/, ''))

export const sender = z
  .string()
  .regex(
    /^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    'must be an address, such as Keyferry <keyferry@example.com>',
  )

/** At least so long that it can't be guessed. */
export const sharedSecret = z.string().min(16, 'must have at least 16 characters')

/** Texts between commas. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

export const networks = list.refine(
  (all) => all.every((one) => network.safeParse(one).success),
  'must be addresses or networks such as 10.0.0.0/8, separated by commas',
)

/** Each is compared whole: there is no wildcard. */
export const hostNames = list.refine(
  (hosts) => hosts.every((one) => hostnameOf(one) !== null && !/[*"{}]/.test(one)),
  'must be names such as keyferry.example.com, separated by commas',
)

/** `true`, `false`, or what is opened of the private networks, between commas. */
export const privateNetwork = z
  .string()
  .default('false')
  .transform((text): boolean | OpenedHost[] | null => {
    if (/^(true|1)$/i.test(text)) return true
    if (/^(false|0)$/i.test(text)) return false
    const opened = text.split(',').map((part) => openedHost(part.trim()))
    return opened.every((one) => one !== null) ? opened : null
  })
  .refine(
    (opened) => opened !== null,
    'must be true, false, or networks and hosts between commas, such as 10.1.0.0/16,vault.internal:8443',
  )

/** The form of RFC 9116: a URI that people can write to. */
export const contacts = list.refine(
  (uris) => uris.every((uri) => /^(https:\/\/|mailto:|tel:)\S+$/.test(uri)),
  'must be URIs such as mailto:security@example.com, separated by commas',
)

export const rootKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64; `openssl rand -base64 32` makes one')
  .transform((text) => Buffer.from(text, 'base64'))

/** Days. Dates that are older have no year. */
const MOST_DAYS = 100_000

export const days = whole(1, MOST_DAYS)

/** Days from 30, or null for `unlimited`. */
export const retention = z
  .string()
  .refine(
    (text) => text === 'unlimited' || whole(30, MOST_DAYS).safeParse(text).success,
    `must be a whole number of days from 30 to ${MOST_DAYS}, or unlimited`,
  )
  .transform((text) => (text === 'unlimited' ? null : Number(text)))

/** The form of OpenTelemetry's specification. */
export const headerPairs = z
  .string()
  .regex(/^[^=,\s]+=[^,]*(,\s*[^=,\s]+=[^,]*)*$/, 'must be name=value pairs between commas, with values as in URLs')

/** Of email addresses. */
export const domains = list
  .transform((all) => all.map((domain) => domain.toLowerCase()))
  .refine(
    (all) => all.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain)),
    'must be domains such as example.com, separated by commas',
  )

const role = z.enum(['viewer', 'developer', 'admin'])
const roles = z.array(z.object({ group: z.string().min(1), project: z.string().min(1), role }))

export const groupRoles = z.string().transform((text, { issues }) => {
  const read = roles.safeParse(jsonOf(text))
  if (read.success) return read.data
  const message = 'must be JSON such as [{"group": "backend", "project": "shop-1a2b", "role": "developer"}]'
  issues.push({ code: 'custom', message, input: text })
  return z.NEVER
})

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
