import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readEnv } from './env.ts'
import { StartupError } from '../startup-error.ts'

const newKey = () => randomBytes(32).toString('base64')

describe('the environment', () => {
  it('has defaults, and an empty variable is none', () => {
    expect(readEnv({ PORT: ' ', HOST: '', LOG_LEVEL: ' info\r' })).toMatchObject({
      LOG_LEVEL: 'info',
      PORT: 4400,
      HOST: '127.0.0.1',
      KEYFERRY_DATA_DIR: './data',
      KEYFERRY_ALLOW_PRIVATE_NETWORK: false,
      KEYFERRY_AUDIT_DAYS: 400,
      KEYFERRY_WORKER_RUNS: 128,
    })
    expect(readEnv({ KEYFERRY_AUDIT_DAYS: 'unlimited' }).KEYFERRY_AUDIT_DAYS).toBeNull()
    const wrong = [
      ['KEYFERRY_AUDIT_DAYS', '29'],
      ['KEYFERRY_AUDIT_DAYS', 'for ever'],
      ['KEYFERRY_WORKER_RUNS', '0'],
      ['KEYFERRY_WORKER_MEMORY', '1'],
      ['KEYFERRY_REQUESTS_PER_MINUTE', '0'],
    ] as const
    for (const [name, value] of wrong) expect(() => readEnv({ [name]: value })).toThrow(`${name}: `)
  })

  it('maps groups to roles, and needs a provider for what is about one', () => {
    const provider = { OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }
    const roles = [{ group: 'dev', project: 'shop', role: 'developer' }]
    expect(readEnv({ ...provider, OIDC_GROUP_ROLES: JSON.stringify(roles) })).toMatchObject({
      OIDC_GROUP_ROLES: roles,
      OIDC_GROUPS_CLAIM: 'groups',
      OIDC_ONLY: false,
    })
    expect(() => readEnv({ OIDC_ONLY: 'true' })).toThrow('OIDC_ISSUER: ')
    for (const wrong of ['dev=shop', '[{"group":"dev","project":"shop","role":"owner"}]'])
      expect(() => readEnv({ ...provider, OIDC_GROUP_ROLES: wrong })).toThrow('OIDC_GROUP_ROLES')
  })

  it('names what is wrong and not its value', () => {
    const wrong = () =>
      readEnv({ PORT: 'none', KEYFERRY_ROOT_KEY: 'c2hvcnQ=', DATABASE_URL: 'mysql://root:hidden@host' })
    expect(wrong).toThrow(StartupError)
    for (const name of ['PORT', 'KEYFERRY_ROOT_KEY', 'DATABASE_URL']) expect(wrong).toThrow(`${name}: `)
    expect(wrong).not.toThrow(/c2hvcnQ|hidden/)
  })

  it.each([
    [{ PORT: 'abc' }, 'PORT: must be a whole number from 0 to 65535'],
    [{ HOST: '999.1.1.1' }, 'HOST: must be an address or a host name'],
    [{ HOST: 'fe80::1%eth0' }, 'HOST: must be an address or a host name'],
    [{ HOST: 'http://x' }, 'HOST: must be an address or a host name'],
    [{ KEYFERRY_URL: 'ftp://x' }, 'KEYFERRY_URL: must be a URL such as https://keyferry.example.com'],
    [{ KEYFERRY_URL: 'https://host.example.com/keyferry' }, 'KEYFERRY_URL: must have no path, query or user: Keyferry'],
    [{ KEYFERRY_URL: 'https://user@host.example.com' }, 'KEYFERRY_URL: must have no path, query or user: Keyferry'],
    [{ SMTP_URL: 'smtp://localhost', MAIL_FROM: 'bad' }, 'MAIL_FROM: must be an address'],
    [{ KEYFERRY_HISTORY_DAYS: '1.5' }, 'KEYFERRY_HISTORY_DAYS: must be a whole number from 1'],
    [{ KEYFERRY_REQUESTS_PER_MINUTE: '0' }, 'KEYFERRY_REQUESTS_PER_MINUTE: must be a whole number from 60'],
    [{ KEYFERRY_HISTORY_DAYS: '9007199254740991' }, 'KEYFERRY_HISTORY_DAYS: must be a whole number from 1 to 100000'],
    [{ KEYFERRY_AUDIT_DAYS: '1e300' }, 'KEYFERRY_AUDIT_DAYS: must be a whole number of days from 30 to 100000'],
    [{ KEYFERRY_WORKER_RUNS: '999999999999' }, 'KEYFERRY_WORKER_RUNS: must be a whole number from 1 to 1024'],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '2147483648' }, 'OTEL_METRIC_EXPORT_INTERVAL: must be a whole number from 100'],
    [{ METRICS_PORT: '4400' }, 'METRICS_PORT: must be another port than PORT'],
    [{ PORT: '0x10' }, 'PORT: must be a whole number'],
    [{ OIDC_ONLY: 'yes please' }, 'OIDC_ONLY: must be true or false'],
    [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: must be one of fatal'],
    [{ OIDC_GROUP_ROLES: '7' }, 'OIDC_GROUP_ROLES: must be JSON such as'],
    [{ OIDC_ISSUER: 'http://[::1' }, 'OIDC_ISSUER: must be the URL of the provider'],
    [{ OIDC_ALLOWED_DOMAINS: '@example.com' }, 'OIDC_ALLOWED_DOMAINS: must be domains such as example.com'],
    [{ KEYFERRY_ALLOWED_HOSTS: '*' }, 'KEYFERRY_ALLOWED_HOSTS: must be names'],
    [{ SMTP_URL: 'smtps://a:b#c@mail.example.com:99', MAIL_FROM: 'a@b.c' }, 'SMTP_URL: must be a URL such as'],
    [{ DATABASE_URL: 'postgres://a:b#c@h:5432/d' }, 'DATABASE_URL: must be a URL such as'],
    [
      { KEYFERRY_DATA_DIR: '"./data"' },
      'KEYFERRY_DATA_DIR: the quotes around the value are part of it. Leave them out',
    ],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'Bearer x' }, 'OTEL_EXPORTER_OTLP_HEADERS: must be name=value pairs'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json'],
  ])('refuses %j with the rule', (variables, words) => {
    expect(() => readEnv(variables)).toThrow(words)
    expect(() => readEnv(variables)).toThrow(StartupError)
    expect(() => readEnv(variables)).not.toThrow(/NaN|;/)
  })

  it('names the setting that a misspelt name was most likely meant for', () => {
    const { warnings } = readEnv({
      KEYFERRY_LOG_LEVEL: 'debug',
      KEYFERY_DATA_DIR: './d',
      METRIC_TOKEN: 'a-token-for-prometheus',
      KEYFERRY_NO_SUCH_THING: '1',
      DATABASE_URI: 'other',
      SMTP_USER: 'of another program',
      MAIL_FROM_FILE: '/run/secrets/from',
      PATH: '/bin',
    })
    expect(warnings.map((text) => text.replace(/ is not a setting of Keyferry and has no effect\./, ''))).toEqual([
      'KEYFERRY_LOG_LEVEL Did you mean LOG_LEVEL?',
      'KEYFERY_DATA_DIR Did you mean KEYFERRY_DATA_DIR?',
      'METRIC_TOKEN Did you mean METRICS_TOKEN?',
      'KEYFERRY_NO_SUCH_THING',
      'DATABASE_URI Did you mean DATABASE_URL?',
      'MAIL_FROM_FILE Did you mean MAIL_FROM?',
    ])
    // Both are set on purpose.
    expect(readEnv({ DATABASE_URL: 'postgres://h/d', DATABASE_URI: 'postgres://h/d' }).warnings).toEqual([])
  })

  it.each([
    ['?sslmode=require', '?sslmode=verify-full'],
    ['?application_name=a&sslmode=verify-ca&options=b', '?application_name=a&sslmode=verify-full&options=b'],
    ['?sslmode=require&uselibpqcompat=true', '?sslmode=require&uselibpqcompat=true'],
    ['?sslmode=no-verify', '?sslmode=no-verify'],
  ])('reads DATABASE_URL with %s as the driver does, without its warning', (given, read) => {
    expect(readEnv({ DATABASE_URL: `postgres://app:pw@db/keyferry${given}` }).DATABASE_URL).toBe(
      `postgres://app:pw@db/keyferry${read}`,
    )
  })

  it('takes every secret from a file, too, and root keys from a command', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-env-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const secrets = {
      DATABASE_URL: 'postgres://app:pw@db/keyferry',
      SMTP_URL: 'smtps://mail.example.com',
      OIDC_CLIENT_SECRET: 'an oidc secret',
      METRICS_TOKEN: 'a-token-for-prometheus',
      KEYFERRY_ROOT_KEY: newKey(),
      KEYFERRY_ROOT_KEY_NEXT: newKey(),
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,x-tenant=shop',
    }
    const others = { MAIL_FROM: 'k@example.com', OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'keyferry' }
    const files: Record<string, string> = {}
    for (const [name, value] of Object.entries(secrets)) {
      files[`${name}_FILE`] = join(dir, name)
      await writeFile(join(dir, name), `${value}\n`, { mode: 0o444 })
    }
    expect(readEnv({ ...others, ...files })).toEqual(readEnv({ ...others, ...secrets }))
    const file = files['KEYFERRY_ROOT_KEY_FILE'] ?? ''
    const key = Buffer.from(secrets.KEYFERRY_ROOT_KEY, 'base64')
    const command = `${process.execPath} -e console.log(require("fs").readFileSync("${file}","utf8"))`
    for (const given of [command.replace('console.log', 'process.stdout.write'), JSON.stringify(['cat', file])])
      expect(readEnv({ KEYFERRY_ROOT_KEY_COMMAND: given }).KEYFERRY_ROOT_KEY).toEqual(key)

    // No shell reads it.
    const noShell = () => readEnv({ KEYFERRY_ROOT_KEY_COMMAND: `echo ${secrets.KEYFERRY_ROOT_KEY} && cat ${file}` })
    expect(noShell).toThrow('KEYFERRY_ROOT_KEY: must be 32 bytes')
    const refusals: [Record<string, string>, string][] = [
      [{ KEYFERRY_ROOT_KEY: secrets.KEYFERRY_ROOT_KEY, KEYFERRY_ROOT_KEY_FILE: file }, 'set one of them, not both'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'cat x', KEYFERRY_ROOT_KEY_FILE: file }, 'set one of them, not both'],
      [{ METRICS_TOKEN_FILE: join(dir, 'absent') }, 'METRICS_TOKEN_FILE: '],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'no-such-command-here' }, 'cannot be run (ENOENT)'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: JSON.stringify(['sh', '-c', 'echo hidden; exit 3']) }, 'sh ended with 3'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'true' }, 'gives no secret'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: '[1]' }, 'a JSON array'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: '[""]' }, 'a JSON array'],
    ]
    for (const [variables, words] of refusals) {
      expect(() => readEnv(variables)).toThrow(words)
      expect(() => readEnv(variables)).toThrow(StartupError)
      expect(() => readEnv(variables)).not.toThrow(/hidden/)
    }
    await chmod(file, 0o666)
    expect(() => readEnv({ KEYFERRY_ROOT_KEY_FILE: file })).toThrow('other users can change')
  })

  it.skipIf(process.platform === 'win32')('reads a pipe, and no file, pipe or device without an end', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-env-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const readFrom = (path: string) => readEnv({ METRICS_TOKEN_FILE: path }).METRICS_TOKEN
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', ['-m', '600', pipe])
    const writer = spawn('sh', ['-c', 'printf a-token-for-prometheus > "$1"', 'sh', pipe])
    onTestFinished(() => void writer.kill())
    expect(readFrom(pipe)).toBe('a-token-for-prometheus')
    expect(() => readFrom(dir)).toThrow(`METRICS_TOKEN_FILE: ${dir} cannot be read: illegal operation on a directory`)
    expect(() => readFrom('/dev/zero')).toThrow('METRICS_TOKEN_FILE: /dev/zero is longer than 65536 bytes')
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(30_001)
    try {
      expect(() => readFrom(pipe)).toThrow(`METRICS_TOKEN_FILE: ${pipe} gave no secret within 30 s`)
    } finally {
      clock.mockRestore()
    }
  })

  it('opens private networks by a list', () => {
    const opened = readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: '10.1.0.0/16, vault.internal:8443,192.168.1.5' })
    expect(opened.KEYFERRY_ALLOW_PRIVATE_NETWORK).toEqual([
      { network: { address: '10.1.0.0', bits: 16 } },
      { host: 'vault.internal', port: 8443 },
      { host: '192.168.1.5' },
    ])
    for (const [text, value] of [
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ] as const)
      expect(readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: text }).KEYFERRY_ALLOW_PRIVATE_NETWORK).toBe(value)
    expect(() => readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: 'yes please' })).toThrow('must be true, false, or networks')
  })

  it('warns of what is most likely a mistake, and refuses an OIDC provider on the internet without TLS', () => {
    const oidc = { OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'x' }
    const mail = { MAIL_FROM: 'k@example.com' }
    expect(readEnv({ SMTP_URL: 'smtp://mail.example.com', ...mail, KEYFERRY_TOKEN: 'x' }).warnings).toEqual([])
    const { warnings } = readEnv({
      ...oidc,
      ...mail,
      HOST: '0.0.0.0',
      KEYFERRY_ROOTKEY: 'x',
      KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
      KEYFERRY_TRUSTED_PROXIES: '10.0.0.0/8,::/0',
      OIDC_ISSUER: 'http://keycloak:8080/realms/x',
      SMTP_URL: 'smtp://mail.example.com?requireTLS=false',
    })
    for (const name of [
      'HOST=0.0.0.0',
      'KEYFERRY_ROOTKEY',
      'ALLOW_PRIVATE_NETWORK=true',
      'OIDC_ISSUER',
      'SMTP_URL',
      'TRUSTED_PROXIES',
    ])
      expect(warnings.join('\n')).toContain(name)
    expect(warnings).toHaveLength(6)
    expect(() => readEnv({ ...oidc, OIDC_ISSUER: 'http://id.example.com' })).toThrow('must start with https://')
    expect(readEnv({ ...oidc, OIDC_ISSUER: 'http://127.0.0.1:9' }).warnings).toEqual([])
  })
})
