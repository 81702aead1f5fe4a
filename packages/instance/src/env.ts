import { DEFAULT_LIMITS } from '@keyferry/core/limits'
import { z } from 'zod'
import { CannotStart } from './cannot-start.ts'
import { hostnameOf } from './hosts.ts'

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1')

const port = z.coerce.number().int().min(0).max(65_535)

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

const rootKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64; `openssl rand -base64 32` makes one')

const quota = z.coerce.number().int().min(1)
const { project } = DEFAULT_LIMITS

const schema = z
  .object({
    PORT: port.default(4400),
    HOST: z.string().default('127.0.0.1'),
    KEYFERRY_DATA_DIR: z.string().default('./data'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
      .optional(),
    KEYFERRY_ROOT_KEY: rootKey.optional(),
    KEYFERRY_ROOT_KEY_NEXT: rootKey.optional(),
    KEYFERRY_ALLOW_PRIVATE_NETWORK: flag,
    KEYFERRY_HISTORY_DAYS: z.coerce.number().int().min(1).default(90),
    KEYFERRY_AUDIT_DAYS: z.coerce.number().int().min(30, 'must be at least 30').optional(),
    // An answer below a megabyte would refuse a single value with its frame.
    KEYFERRY_MAX_ANSWER_BYTES: z.coerce.number().int().min(1_048_576).default(DEFAULT_LIMITS.answerBytes),
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
    MAIL_FROM: z.string().optional(),
    KEYFERRY_TRUSTED_PROXIES: list.refine(
      (proxies) => proxies.every((proxy) => network.safeParse(proxy).success),
      'must be addresses or networks such as 10.0.0.0/8, separated by commas',
    ),
    KEYFERRY_URL: z
      .url('must be a URL such as https://keyferry.example.com')
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    KEYFERRY_ALLOWED_HOSTS: list.refine(
      (hosts) => hosts.every((host) => hostnameOf(host) !== null),
      'must be names such as keyferry.example.com, separated by commas',
    ),
    OIDC_ISSUER: z.url('must be the URL of the provider, without /.well-known/openid-configuration').optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_ALLOWED_DOMAINS: list.transform((domains) => domains.map((domain) => domain.toLowerCase())),
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
  .refine((env) => env.SMTP_URL === undefined || env.MAIL_FROM !== undefined, {
    path: ['MAIL_FROM'],
    message: 'is needed beside SMTP_URL: the address that e-mails come from',
  })

/** What the operator set. */
export type Env = z.output<typeof schema>

/** What the operator set, with the defaults. Throws `CannotStart` naming each wrong variable, never its value. */
export function readEnv(variables: Record<string, string | undefined>): Env {
  // An empty variable is what a shell or a compose file leaves of one that is not set.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = schema.safeParse(set)
  if (result.success) return result.data
  throw new CannotStart(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}
