/** What is wrong with an instance and what to do about it: as far as its API says, and beside its store. */
import type { KeyferryClient, Outputs } from '@keyferry/client'
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { EXIT, explain } from '../failure.ts'
import { instanceCode } from '../server/operator.ts'
import { signedIn } from '../session/session.ts'
import { readSettings } from '../session/settings.ts'

interface Finding {
  check: string
  state: 'ok' | 'warning' | 'error'
  message: string
  remedy: string | null
}

export function addDoctor(program: Command, cli: Cli): void {
  withJson(program.command('doctor'))
    .description(
      'Check the instance through its API: reach, readiness, clock, connections, live feed and syncs. Exits with 1 on an error',
    )
    .action((options: JsonOption) => overApi(cli, options))
}

export function addAdminDoctor(admin: Command, cli: Cli): void {
  withJson(admin.command('doctor'))
    .description(
      'Check settings, disk, store, queue, keys, clock, mail, proxy, sign-in provider, collector and each connection. Exits with 1 on an error',
    )
    .action(async (options: JsonOption) => {
      const { examine } = await instanceCode()
      const findings = await examine(cli.env, (check) => cli.terminal.progress(`Checking ${check} …`))
      cli.terminal.progress('')
      report(cli, findings, options)
    })
}

function report(cli: Cli, findings: readonly Finding[], { json }: JsonOption): void {
  const errors = findings.filter(({ state }) => state === 'error').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  if (json) cli.terminal.json({ ok: errors === 0, errors, warnings, findings })
  else {
    for (const { check, state, message, remedy } of findings) {
      cli.terminal.line(`${state.padEnd(7)}  ${check}: ${message}`, STYLES[state])
      if (remedy !== null) cli.terminal.line(`         ${remedy}`)
    }
    cli.terminal.line(`${count(findings.length, 'check')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}.`)
  }
  if (errors > 0) cli.exitWith(EXIT.failed)
}

const STYLES = { ok: 'green', warning: 'yellow', error: 'red' } as const

/** Seconds by which the clocks may differ: codes and tokens allow for as much. */
const CLOCK_SKEW_S = 5

/** Longer than any server takes to say that a feed is open. */
const FEED_OPENS_MS = 10_000

/** Whether live events arrive: what buffers answers on the way keeps them back, without an error. */
async function feedFinding(client: KeyferryClient, projectId: string): Promise<Finding> {
  const check = 'live feed'
  const { promise, resolve } = Promise.withResolvers<Finding>()
  const failed = (message: string, remedy: string): void => resolve({ check, state: 'error', message, remedy })
  const feed = client.syncs.events.subscribe(
    // A feed that is refused starts, too.
    { projectId, saysOpened: true },
    {
      onData: () => resolve({ check, state: 'ok', message: 'Events arrive as they happen.', remedy: null }),
      onError: (error) => failed(error.message, explain(error).remedy ?? 'Check the proxy in front of the instance.'),
    },
  )
  const timer = setTimeout(() => {
    const late = `Nothing arrives within ${FEED_OPENS_MS / 1000} s: a proxy on the way keeps the events back.`
    failed(late, 'Switch off its buffering of answers, such as by `proxy_buffering off`.')
  }, FEED_OPENS_MS)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    feed.unsubscribe()
  }
}

/** Whether a proxy on the way is taken for the caller. Older instances don't say. */
function proxyFinding({ address, unknownProxy }: Outputs['instance']['status']): Finding[] {
  const check = 'proxy'
  if (unknownProxy !== undefined)
    return [
      {
        check,
        state: 'warning',
        message: `It takes ${unknownProxy}, which passed this request on, for the caller: in rate limits and in the audit log.`,
        remedy: 'Set KEYFERRY_TRUSTED_PROXIES of the instance to the address of its proxy.',
      },
    ]
  if (address === undefined) return []
  return [{ check, state: 'ok', message: `It knows this machine by the address ${address}.`, remedy: null }]
}

async function overApi(cli: Cli, options: JsonOption): Promise<void> {
  const { url, client } = signedIn(cli.env, await readSettings(cli.env))
  const findings: Finding[] = []
  const add = (check: string, state: Finding['state'], message: string, remedy: string | null = null): void =>
    void findings.push({ check, state, message, remedy })
  const before = Date.now()
  const status = await client.instance.status.query().catch((error: unknown) => explain(error))
  if (!('profile' in status)) {
    add('reach', 'error', status.message, status.remedy ?? `Check the address ${url}, its proxy and its TLS.`)
    return report(cli, findings, options)
  }
  add(
    'reach',
    'ok',
    `${url} answers after ${Date.now() - before} ms${status.version ? `, version ${status.version}` : ''}.`,
  )
  if (status.ready) add('readiness', 'ok', 'It can do its work.')
  else add('readiness', 'error', status.reason ?? 'It cannot do its work.', 'Run `keyferry admin doctor` beside it.')
  if (!status.initialized)
    add('set-up', 'error', 'Nothing is set up yet.', 'Open the link that its log names, and create the first account.')
  const skew = Math.abs(Date.parse(status.date) - (before + Date.now()) / 2) / 1000
  if (skew <= CLOCK_SKEW_S) add('clock', 'ok', 'Its clock and this one agree.')
  else add('clock', 'warning', `Its clock and this one differ by ${Math.round(skew)} s.`, 'Synchronize both with NTP.')
  if (!status.sendsMail)
    add(
      'mail',
      'warning',
      'It sends no email: no invitations, password resets or alerts.',
      'Set SMTP_URL and MAIL_FROM.',
    )
  const me = await client.instance.me.query().catch((error: unknown) => explain(error))
  if ('exitCode' in me) {
    add('sign-in', 'error', me.message, me.remedy ?? 'Run `keyferry login`.')
    return report(cli, findings, options)
  }
  add('sign-in', 'ok', 'The credentials of this command are valid.')
  findings.push(...proxyFinding(status))
  for (const { id, name } of await client.connections.list.query({})) {
    cli.terminal.progress(`Checking connection ${name} …`)
    const checked = await client.connections.check
      .mutate({ connectionId: id })
      .catch((error: unknown) => explain(error))
    const problem = 'exitCode' in checked ? checked.message : checked.problem
    if (problem === null) add(`connection ${name}`, 'ok', 'Its provider takes the credentials.')
    else add(`connection ${name}`, 'error', problem, 'Replace its credentials, or let the instance reach the provider.')
  }
  cli.terminal.progress('')
  const projects = await client.projects.list.query()
  const [project] = projects
  if (project) {
    cli.terminal.progress('Checking the live feed …')
    findings.push(await feedFinding(client, project.id))
    cli.terminal.progress('')
  }
  // Names of projects can be the same.
  const slugs = new Map(projects.map(({ id, slug }) => [id, slug]))
  for (const { id, name, syncs } of await client.overview.instance.query()) {
    const slug = slugs.get(id) ?? id
    const failing = syncs.find(({ status }) => status === 'needs-attention')?.count ?? 0
    if (failing === 0) add(`syncs of ${name} (${slug})`, 'ok', 'None needs attention.')
    else
      add(
        `syncs of ${name} (${slug})`,
        'error',
        `${count(failing, 'sync')} ${failing === 1 ? 'needs' : 'need'} attention.`,
        `\`keyferry syncs list --project ${slug}\` names them, and why.`,
      )
  }
  report(cli, findings, options)
}
