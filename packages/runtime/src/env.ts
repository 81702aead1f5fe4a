import { isIP } from 'node:net'
import { requiresTls } from '@keyferry/core/process'
import { DEFAULT_LIMITS } from '@keyferry/kernel'
import { isLoopback, isOpened, looksPrivate, openedHost, type OpenedHost } from '@keyferry/kernel/private-hosts'
import { z } from 'zod'
import { StartupError } from './startup-error.ts'
import { hostnameOf } from './hosts.ts'
import { misspelt } from './misspelt.ts'
import { sourceNames, withSecrets } from './secret-settings.ts'

/** `most` null: no end. */
function whole(least: number, most: number | null = null) {
  const error = `must be a whole number ${most === null ? `from ${least}` : `from ${least} to ${most}`}`
  return z.coerce
    .number({ error })
    .int({ error })
    .min(least, { error })
    .max(most ?? Number.MAX_SAFE_INTEGER, { error })
}

const port = whole(0, 65_535)

/** A name of digits and dots only is an address with a mistake. */
const host = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text)),
    'must be an address or a host name, such as 127.0.0.1 or 0.0.0.0',
  )

/** Its console names its files from the root of the host. */
const ownUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://keyferry.example.com' })
  .refine((text) => /^[^:]+:\/\/[^/?#@]+\/*$/.test(text), {
    error:
      'must have no path, query or user: Keyferry needs a host name of its own, such as https://keyferry.example.com',
    when: ({ issues }) => issues.length === 0,
  })
  .transform((url) => url.replace(/\/+$/, ''))

const sender = z
  .string()
  .regex(
    /^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    'must be an address, such as Keyferry <keyferry@example.com>',
  )

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** Texts between commas. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

/** `true`, `false`, or what is opened of the private networks, between commas. */
const privateNetwork = z
  .string()
  .default('false')
  .transform((text): boolean | OpenedHost[] | null => {
    if (/^(true|1)$/.test(text)) return true
    if (/^(false|0)$/.test(text)) return false
    const opened = text.split(',').map((part) => openedHost(part.trim()))
    return opened.every((host) => host !== null) ? opened : null
  })
  .refine(
    (opened) => opened !== null,
    'must be true, false, or networks and hosts between commas, such as 10.1.0.0/16,vault.internal:8443',
  )

/** The form of RFC 9116: a URI that people can write to. */
const contacts = list.refine(
  (uris) => uris.every((uri) => /^(https:\/\/|mailto:|tel:)\S+$/.test(uri)),
  'must be URIs such as mailto:security@example.com, separated by commas',
)

const rootKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64; `openssl rand -base64 32` makes one')
  .transform((text) => Buffer.from(text, 'base64'))

const quota = whole(1)
const { project } = DEFAULT_LIMITS

/** Days from 30, or null for `unlimited`. */
const retention = z
  .string()
  .transform((text) => (text === 'unlimited' ? null : Number(text)))
  .refine(
    (days) => days === null || (Number.isInteger(days) && days >= 30),
    'must be a number of days from 30, or unlimited',
  )
const otlpUrl = z.url({ protocol: /^https?$/, error: 'must start with https:// or http://' })
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
const exporter = z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).default('otlp')

const role = z.enum(['viewer', 'developer', 'admin'])

const groupRoles = z
  .string()
  .transform((text, { issues }): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      issues.push({ code: 'custom', message: 'must be JSON', input: text })
      return z.NEVER
    }
  })
  .pipe(z.array(z.object({ group: z.string().min(1), project: z.string().min(1), role: role })))

const schema = z
  .object({
    PORT: port.default(4400),
    HOST: host.default('127.0.0.1'),
    KEYFERRY_DATA_DIR: z.string().default('./data'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
      .optional(),
    KEYFERRY_ROOT_KEY: rootKey.optional(),
    KEYFERRY_ROOT_KEY_NEXT: rootKey.optional(),
    KEYFERRY_CREATE_ROOT_KEY: z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(true),
    KEYFERRY_ALLOW_PRIVATE_NETWORK: privateNetwork,
    KEYFERRY_HISTORY_DAYS: whole(1).default(90),
    KEYFERRY_AUDIT_DAYS: retention.default(400),
    KEYFERRY_REQUESTS_PER_MINUTE: whole(60).default(12_000),
    // An answer below a megabyte would refuse a single value with its frame.
    KEYFERRY_MAX_ANSWER_BYTES: whole(1_048_576).default(DEFAULT_LIMITS.answerBytes),
    KEYFERRY_WORKER_RUNS: whole(1).default(128),
    KEYFERRY_WORKER_MEMORY: whole(1_048_576, 2 ** 40).optional(),
    KEYFERRY_API_KEY_MAX_DAYS: whole(1, 3650).default(DEFAULT_LIMITS.apiKeyDays),
    KEYFERRY_MAX_PROJECT_SECRETS: quota.default(project.secrets),
    KEYFERRY_MAX_PROJECT_BYTES: quota.default(project.bytes),
    KEYFERRY_MAX_SECRET_VERSIONS: quota.default(project.versions),
    KEYFERRY_MAX_PROJECT_FOLDERS: quota.default(project.folders),
    KEYFERRY_MAX_PROJECT_IMPORTS: quota.default(project.imports),
    KEYFERRY_MAX_PROJECT_TAGS: quota.default(project.tags),
    KEYFERRY_MAX_PROJECT_SYNCS: quota.default(project.syncs),
    METRICS_PORT: port.optional(),
    METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
      .optional(),
    MAIL_FROM: sender.optional(),
    KEYFERRY_TRUSTED_PROXIES: list.refine(
      (proxies) => proxies.every((proxy) => network.safeParse(proxy).success),
      'must be addresses or networks such as 10.0.0.0/8, separated by commas',
    ),
    KEYFERRY_URL: ownUrl.optional(),
    KEYFERRY_HSTS_SECONDS: whole(0).default(31_536_000),
    KEYFERRY_SIGN_IN_TRIES_PER_MINUTE: whole(1, 1000).default(10),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl.optional(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpUrl.optional(),
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: otlpUrl.optional(),
    OTEL_EXPORTER_OTLP_PROTOCOL: z
      .enum(['http/protobuf', 'http/json'], { error: 'must be http/protobuf or http/json' })
      .default('http/protobuf'),
    OTEL_TRACES_EXPORTER: exporter,
    OTEL_METRICS_EXPORTER: exporter,
    OTEL_TRACES_SAMPLER: z
      .enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` })
      .default('parentbased_always_on'),
    OTEL_TRACES_SAMPLER_ARG: z.coerce
      .number({ error: 'must be a number from 0 to 1' })
      .min(0, 'must be a number from 0 to 1')
      .max(1, 'must be a number from 0 to 1')
      .default(1),
    OTEL_METRIC_EXPORT_INTERVAL: whole(100).default(60_000),
    OTEL_SDK_DISABLED: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
    KEYFERRY_ALLOWED_HOSTS: list.refine(
      (hosts) => hosts.every((host) => hostnameOf(host) !== null),
      'must be names such as keyferry.example.com, separated by commas',
    ),
    KEYFERRY_RELEASES_URL: z.url({ protocol: /^https?$/, error: 'must start with https:// or http://' }).optional(),
    OIDC_ISSUER: z.url('must be the URL of the provider, without /.well-known/openid-configuration').optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_ALLOWED_DOMAINS: list.transform((domains) => domains.map((domain) => domain.toLowerCase())),
    SECURITY_CONTACT: contacts,
    SECURITY_POLICY: z.url({ protocol: /^https$/, error: 'must be a URL that starts with https://' }).optional(),
    OIDC_ONLY: z
      .enum(['true', 'false', '1', '0'])
      .default('false')
      .transform((text) => text === 'true' || text === '1'),
    PASSWORD_BANNED_WORDS: list,
    OIDC_GROUPS_CLAIM: z.string().default('groups'),
    OIDC_GROUP_ROLES: groupRoles.optional(),
    OIDC_GROUPS_MAX_DAYS: whole(1, 3650).default(30),
    OIDC_REQUIRED_ACR: list,
    OIDC_REQUIRED_AMR: list,
    OIDC_SESSION_MAX_HOURS: whole(1, 8760).default(24),
    SESSION_MAX_HOURS: whole(1, 8760).default(168),
    SESSION_IDLE_MINUTES: whole(5, 525_600).default(1440),
    AUDIT_STREAM_URL: z.url({ protocol: /^https?$/, error: 'must start with https:// or http://' }).optional(),
    AUDIT_STREAM_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
    AUDIT_STREAM_FILE: z.string().optional(),
    AUDIT_STREAM_STDOUT: z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(false),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
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
  .refine((env) => env.SMTP_URL === undefined || env.MAIL_FROM !== undefined, {
    path: ['MAIL_FROM'],
    message: 'is needed beside SMTP_URL: the address that e-mails come from',
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

const SECRETS = [
  { name: 'KEYFERRY_ROOT_KEY', fromCommand: true },
  { name: 'KEYFERRY_ROOT_KEY_NEXT', fromCommand: true },
  { name: 'DATABASE_URL' },
  { name: 'SMTP_URL' },
  { name: 'OIDC_CLIENT_SECRET' },
  { name: 'METRICS_TOKEN' },
  { name: 'AUDIT_STREAM_SECRET' },
]

/** Read by the command line, from the same environment. */
const OF_THE_COMMAND_LINE = ['KEYFERRY_TOKEN', 'KEYFERRY_TOKEN_FILE', 'KEYFERRY_PASSPHRASE', 'KEYFERRY_PASSPHRASE_FILE']

/** What the operator set, with the defaults. Throws `StartupError` naming each wrong variable, never its value. */
export function readEnv(variables: Record<string, string | undefined>): Env {
  // An empty variable is what a shell or a compose file leaves of one that is not set.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = schema.safeParse(withSecrets(set, SECRETS))
  if (result.success) return { ...result.data, warnings: warningsOf(result.data, Object.keys(set)) }
  throw new StartupError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
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
