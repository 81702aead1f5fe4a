/** Checks of an instance from beside its store: what is wrong, and what to do about it. */
import { constants, existsSync, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { perform } from '@keyferry/access'
import { verifyMail } from '@keyferry/core/process'
import { connectionVerbs } from '@keyferry/core/verbs'
import { databaseTime } from '@keyferry/db'
import { openInstanceKeys, type Context } from '@keyferry/kernel'
import { certificateProblem } from '@keyferry/schemas/certificate-problem'
import { openAdmin, OPERATOR } from './admin.ts'
import { readEnv, type Env } from '../settings/env.ts'
import { diskOf, isDiskLow, megabytes } from '../monitoring/disk.ts'
import { networkOf } from '../open.ts'
import { runningProcesses } from '../processes.ts'
import { storeProblem, type Readiness } from '../monitoring/readiness.ts'
import { endpointSettings } from '../monitoring/telemetry.ts'

export interface Finding {
  /** What was checked: `settings`, `store`, `connection Devin`. */
  check: string
  state: 'ok' | 'warning' | 'error'
  message: string
  /** What to do; null when nothing is wrong. */
  remedy: string | null
}

const SLOW_MS = 10_000
/** Seconds by which the clocks of this machine and of the database may differ: codes and tokens allow for as much. */
const CLOCK_SKEW_S = 5

const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message, remedy: null })
const warning = (check: string, message: string, remedy: string): Finding => ({
  check,
  state: 'warning',
  message,
  remedy,
})
const failure = (check: string, message: string, remedy: string): Finding => ({
  check,
  state: 'error',
  message,
  remedy,
})

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Checks settings, disk, store, keys, clock, processes, queue, mail, proxy, sign-in provider, collector and every
 * connection. Never throws: what cannot be checked is a finding. `progress` gets the name of each check.
 */
export async function examine(
  variables: Record<string, string | undefined>,
  progress: (check: string) => void = () => {},
): Promise<Finding[]> {
  progress('settings')
  let env: Env
  try {
    env = readEnv({ LOG_LEVEL: 'silent', ...variables })
  } catch (error) {
    return [failure('settings', wordsOf(error), 'Correct the setting; docs/settings.md lists them all.')]
  }
  const findings = [
    ...settings(env),
    ...(await disk(env)),
    ...(await mail(env, progress)),
    ...(await proxy(env)),
    ...(await signInProvider(env, progress)),
    ...(await collectors(env, progress)),
  ]
  progress('store')
  const admin = await openAdmin(env).catch((error: unknown) => error)
  if (!isOpen(admin)) {
    const remedy = 'Nothing else can be checked until the store opens.'
    return [...findings, failure('store', wordsOf(admin), remedy)]
  }
  try {
    const ctx: Context = { ...admin.ctx, network: networkOf(env) }
    const store = env.DATABASE_URL === undefined ? 'SQLite' : 'Postgres'
    const problem = await storeProblem(ctx)
    findings.push(
      problem === null
        ? ok('store', `${store} opens, at the version of this code, and takes writes.`)
        : failure('store', problem, 'Until it takes writes, connections cannot be checked.'),
    )
    for (const check of [keys, clock, processes]) {
      progress(check.name)
      findings.push(
        await check(ctx, env).catch((error: unknown) =>
          failure(check.name, wordsOf(error), 'Check the store: `keyferry admin verify-store`.'),
        ),
      )
    }
    progress('serving process')
    findings.push(...(await serving(env)))
    if (problem === null) findings.push(...(await connections(ctx, progress)))
  } finally {
    await admin.close()
  }
  return findings
}

const isOpen = (admin: unknown): admin is Awaited<ReturnType<typeof openAdmin>> =>
  typeof admin === 'object' && admin !== null && 'ctx' in admin

function settings(env: Env): Finding[] {
  const remedy = 'Correct or remove it, then restart every process.'
  const found = env.warnings.map((text) => warning('settings', text, remedy))
  return found.length > 0 ? found : [ok('settings', 'Every setting is known and valid.')]
}

async function disk(env: Env): Promise<Finding[]> {
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  const isEmbedded = env.DATABASE_URL === undefined
  if (!existsSync(dataDir))
    return isEmbedded
      ? [failure('disk', `The data directory ${dataDir} does not exist.`, 'Set KEYFERRY_DATA_DIR to it.')]
      : []
  if (isEmbedded && !(await isWritable(dataDir)))
    return [
      failure('disk', `${dataDir} cannot be written.`, 'Mount it writable, and run this as the user of the instance.'),
    ]
  const { free, size } = await diskOf(dataDir)
  const space = `${megabytes(free)} of ${megabytes(size)} are free in ${dataDir}.`
  const room = isDiskLow({ free, size })
    ? failure('disk', space, 'Make room or enlarge the volume; writes are refused once it is full.')
    : ok('disk', space)
  const mode = statSync(dataDir).mode & 0o077
  if (mode === 0) return [room]
  const said = `Other users of this machine can open ${dataDir}, where the root key may be.`
  return [room, warning('disk', said, `Run: chmod 700 ${dataDir}`)]
}

const isWritable = (dir: string): Promise<boolean> =>
  access(dir, constants.W_OK).then(
    () => true,
    () => false,
  )

async function keys(ctx: Context, env: Env): Promise<Finding> {
  await openInstanceKeys(ctx)
  return env.KEYFERRY_ROOT_KEY_NEXT === undefined
    ? ok('keys', 'The root key opens the keys of the store.')
    : warning(
        'keys',
        'KEYFERRY_ROOT_KEY_NEXT is set: the root key is being changed.',
        'Finish with `keyferry admin rotate-root-key`, then set it as KEYFERRY_ROOT_KEY.',
      )
}

async function clock(ctx: Context): Promise<Finding> {
  const before = Date.now()
  const { time } = await ctx.db.selectNoFrom(databaseTime(ctx.db).as('time')).executeTakeFirstOrThrow()
  const seconds = Math.abs(Date.parse(time) - (before + Date.now()) / 2) / 1000
  if (seconds <= CLOCK_SKEW_S) return ok('clock', 'This machine and the store agree on the time.')
  const said = `The clocks of this machine and of the database differ by ${Math.round(seconds)} s.`
  return failure('clock', said, 'Synchronize both with NTP: sign-in codes and tokens depend on the time.')
}

async function processes(ctx: Context): Promise<Finding> {
  const running = await runningProcesses(ctx)
  return running.length > 0
    ? ok('processes', `${running.join(', ')} ${running.length === 1 ? 'runs' : 'run'} on this store.`)
    : warning('processes', 'No process runs on this store.', 'Start Keyferry, or its API and a worker.')
}

/** The queue and the live state of a process are known to itself only. */
async function serving(env: Env): Promise<Finding[]> {
  const host = ['0.0.0.0', '::'].includes(env.HOST) ? '127.0.0.1' : env.HOST
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${env.PORT}`
  try {
    const answer = await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(SLOW_MS) })
    const readiness = (await answer.json()) as Readiness
    return Object.entries(readiness.checks).map(([check, text]) =>
      text === 'ok' || text === 'not checked yet'
        ? ok(`serving process: ${check}`, text)
        : (readiness.ready ? warning : failure)(`serving process: ${check}`, text, 'Read the log of that process.'),
    )
  } catch {
    const remedy = 'Set HOST and PORT as that process has them, or run this beside it.'
    return [warning('serving process', `Nothing answers at ${url}, so its queue was not checked.`, remedy)]
  }
}

async function mail(env: Env, progress: (check: string) => void): Promise<Finding[]> {
  if (env.SMTP_URL === undefined) return [ok('mail', 'Email is not set up.')]
  progress('mail')
  try {
    await verifyMail(env.SMTP_URL)
    return [ok('mail', 'The mail server takes the credentials.')]
  } catch (error) {
    return [failure('mail', `The mail server can't be used: ${causeOf(error)}`, 'Check SMTP_URL and the network.')]
  }
}

async function proxy(env: Env): Promise<Finding[]> {
  const url = env.KEYFERRY_URL
  if (url === undefined) return [ok('proxy', 'KEYFERRY_URL is not set: people use the address it listens on.')]
  const findings: Finding[] = []
  const isBehindProxy = url.startsWith('https:')
  if (isBehindProxy && env.KEYFERRY_TRUSTED_PROXIES.length === 0)
    findings.push(
      warning(
        'proxy',
        'KEYFERRY_URL is https, so a proxy is in front, and none is trusted: everyone has the address of the proxy, in rate limits and in the audit log.',
        'Set KEYFERRY_TRUSTED_PROXIES to the address of the proxy.',
      ),
    )
  try {
    const answer = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(SLOW_MS), redirect: 'manual' })
    if (answer.status === 421)
      findings.push(
        failure('proxy', `${url} is refused: the proxy sends another Host header.`, 'Pass the Host header on.'),
      )
    else if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/json'))
      findings.push(
        failure('proxy', `${url}/api/status answers ${answer.status}, not Keyferry.`, 'Check the route of the proxy.'),
      )
    else findings.push(ok('proxy', `${url} leads to Keyferry.`))
  } catch (error) {
    findings.push(
      warning('proxy', `${url} cannot be reached from here: ${causeOf(error)}.`, 'Check DNS, TLS and the proxy.'),
    )
  }
  return findings
}

/** What fetch says is only that it failed. */
const causeOf = (error: unknown): string =>
  certificateProblem(error) ??
  (error instanceof Error && error.cause instanceof Error ? error.cause.message : wordsOf(error))

async function signInProvider(env: Env, progress: (check: string) => void): Promise<Finding[]> {
  if (env.OIDC_ISSUER === undefined) return []
  progress('sign-in provider')
  const url = `${env.OIDC_ISSUER.replace(/\/+$/, '')}/.well-known/openid-configuration`
  return [await reach('sign-in provider', url, 'OIDC_ISSUER', (answer) => answer.ok)]
}

/** Whatever a collector answers to a GET, it is there. */
async function collectors(env: Env, progress: (check: string) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  const { traces, metrics } = endpointSettings(env)
  for (const setting of new Set([traces, metrics])) {
    const url = setting && env[setting]
    if (!url) continue
    progress('collector')
    findings.push(await reach('collector', url, setting, () => true))
  }
  return findings
}

/** Whether the service answers that a setting names. */
async function reach(
  check: string,
  url: string,
  setting: string,
  isRight: (answer: Response) => boolean,
): Promise<Finding> {
  // Without the password that may be in it, with which fetch refuses a URL.
  const { origin, pathname, search } = new URL(url)
  const remedy = `Check ${setting} and the network.`
  try {
    const answer = await fetch(origin + pathname + search, { signal: AbortSignal.timeout(SLOW_MS) })
    if (isRight(answer)) return ok(check, `${origin}${pathname} answers.`)
    return failure(check, `${origin}${pathname} answers ${answer.status}.`, remedy)
  } catch (error) {
    return failure(check, `${origin}${pathname} cannot be reached from here: ${causeOf(error)}.`, remedy)
  }
}

/** As the operator: the credentials of each, at its provider. */
async function connections(ctx: Context, progress: (check: string) => void): Promise<Finding[]> {
  const as = { ctx, actor: OPERATOR }
  const findings: Finding[] = []
  for (const { id, name } of await perform(connectionVerbs.list, as, {})) {
    const check = `connection ${name}`
    progress(check)
    const problem = await perform(connectionVerbs.check, as, { connectionId: id }).then(
      (checked) => checked.problem,
      wordsOf,
    )
    findings.push(
      problem === null
        ? ok(check, 'Its provider takes the credentials.')
        : failure(check, problem, 'Replace its credentials, or let this machine reach the provider.'),
    )
  }
  return findings
}
