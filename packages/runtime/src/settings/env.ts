import { requiresTls } from '@keyferry/core/process'
import { isLoopback, isOpened, looksPrivate, type OpenedHost } from '@keyferry/kernel/private-hosts'
import { z } from 'zod'
import { StartupError } from '../startup-error.ts'
import { misspelt } from './misspelt.ts'
import { sourceNames, withSecrets } from './secret-settings.ts'
import { schemasOf } from './setting.ts'
import { SECRETS, SETTINGS } from './settings.ts'

const schema = z
  .object(schemasOf(SETTINGS))
  .refine(
    (env) =>
      [env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET].every(
        (text) => (text === undefined) === (env.OIDC_ISSUER === undefined),
      ),
    {
      path: ['OIDC_ISSUER'],
      message: 'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed together',
    },
  )
  .refine(
    (env) =>
      env.OIDC_ISSUER !== undefined ||
      (!env.OIDC_ONLY &&
        env.OIDC_GROUP_ROLES === undefined &&
        [...env.OIDC_REQUIRED_ACR, ...env.OIDC_REQUIRED_AMR].length === 0),
    {
      path: ['OIDC_ISSUER'],
      message: 'is needed beside OIDC_ONLY, OIDC_GROUP_ROLES, OIDC_REQUIRED_ACR and OIDC_REQUIRED_AMR',
    },
  )
  .refine((env) => env.METRICS_PORT !== env.PORT || env.PORT === 0, {
    path: ['METRICS_PORT'],
    message: 'must be another port than PORT, which has /metrics already if METRICS_TOKEN is set',
  })
  .refine((env) => env.SMTP_URL === undefined || env.MAIL_FROM !== undefined, {
    path: ['MAIL_FROM'],
    message: 'is needed beside SMTP_URL: the address that emails come from',
  })
  .refine(
    (env) =>
      !env.OIDC_ISSUER?.startsWith('http:') || isPrivateHere(env.KEYFERRY_ALLOW_PRIVATE_NETWORK, env.OIDC_ISSUER),
    {
      path: ['OIDC_ISSUER'],
      message: 'must start with https://, because its host is not private',
    },
  )
  .refine((env) => (env.AUDIT_STREAM_URL === undefined) === (env.AUDIT_STREAM_SECRET === undefined), {
    path: ['AUDIT_STREAM_SECRET'],
    message: 'AUDIT_STREAM_URL and AUDIT_STREAM_SECRET, which signs the stream, are required together',
  })

type Read = z.output<typeof schema>

/** What the operator set. */
export type Env = Read & {
  /** What works and is most likely a mistake, in sentences for people. */
  warnings: readonly string[]
}

/** Read by the command line, from the same environment. */
const OF_THE_COMMAND_LINE = ['KEYFERRY_TOKEN', 'KEYFERRY_TOKEN_FILE', 'KEYFERRY_PASSPHRASE', 'KEYFERRY_PASSPHRASE_FILE']

/** The settings that are no secrets. */
const PLAIN: ReadonlySet<string> = new Set(
  Object.keys(SETTINGS).filter((name) => !SECRETS.some((secret) => secret.name === name)),
)

/** What the operator set, with the defaults. Throws `StartupError` naming each wrong variable, never its value. */
export function readEnv(variables: Record<string, string | undefined>): Env {
  const set = withoutBlanks(variables)
  const result = schema.safeParse(withSecrets(set, SECRETS))
  if (result.success) return { ...result.data, warnings: warningsOf(result.data, Object.keys(set)) }
  throw new StartupError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}

/**
 * What is set. An empty variable is what a shell or a compose file leaves of one that is not set, and blanks around a
 * value are left of a copied line: only a secret may have them. Throws `StartupError` for a value in quotes, which
 * `docker run --env-file` takes as part of it.
 */
function withoutBlanks(variables: Record<string, string | undefined>): Record<string, string> {
  const set: Record<string, string> = {}
  for (const [name, given = ''] of Object.entries(variables)) {
    const value = given.trim()
    if (value === '') continue
    set[name] = PLAIN.has(name) ? value : given
    if (PLAIN.has(name) && /^(["']).*\1$/s.test(value))
      throw new StartupError(`${name}: the quotes around the value are part of it. Leave them out.`)
  }
  return set
}

function warningsOf(env: Read, names: readonly string[]): string[] {
  const known = new Set([...Object.keys(schema.shape), ...sourceNames(SECRETS), ...OF_THE_COMMAND_LINE])
  const withoutTls = (['KEYFERRY_URL', 'OIDC_ISSUER', 'SMTP_URL'] as const).filter((name) => isOpenToReaders(env[name]))
  return [
    ...misspelt(names, known).map(
      ({ name, meant }) =>
        `${name} is not a setting of Keyferry and has no effect.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    ),
    ...withoutTls.map((name) => `${name} needs no TLS: others on that network may read and change what is sent.`),
    ...(!isLoopback(env.HOST) && env.KEYFERRY_URL === undefined
      ? [
          `HOST=${env.HOST} lets other machines connect, without TLS. Put a proxy with TLS in front and set KEYFERRY_URL.`,
        ]
      : []),
    ...(env.KEYFERRY_TRUSTED_PROXIES.some((network) => network.endsWith('/0'))
      ? [
          'KEYFERRY_TRUSTED_PROXIES names every address: anyone can choose the address that rate limits and the audit log have. Name the proxies only.',
        ]
      : []),
    ...(env.KEYFERRY_ALLOW_PRIVATE_NETWORK === true
      ? [
          'KEYFERRY_ALLOW_PRIVATE_NETWORK=true opens every private address to syncs. Name the networks or hosts instead.',
        ]
      : []),
  ]
}

/** Another machine is reached, and TLS is not required of it. */
function isOpenToReaders(text: string | undefined): boolean {
  if (text === undefined || isLoopback(new URL(text).hostname)) return false
  return text.startsWith('http:') || (text.startsWith('smtp:') && !requiresTls(text))
}

/** As far as the host's name says it, or because the operator opened it. */
function isPrivateHere(opened: boolean | OpenedHost[] | null, url: string): boolean {
  const { hostname: host, port } = new URL(url)
  return (
    looksPrivate(host) || (Array.isArray(opened) && isOpened(opened, { host, address: host, port: Number(port || 80) }))
  )
}
