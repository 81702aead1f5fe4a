import { createKeyferryClient } from '@keyferry/client'
import { isLoopback } from '@keyferry/kernel/private-hosts'
import { Option, type Command } from 'commander'
import { instanceUrl } from '../http-url.ts'
import {
  findProject,
  openProject,
  withJson,
  withProject,
  type Cli,
  type JsonOption,
  type PlaceOptions,
} from '../cli.ts'
import { Failure, usageFailure } from '../failure.ts'
import { signInByClientSecret, signInMachine, TOKENS_OF, type TokensOf } from '../session/machine-sign-in.ts'
import { clientWith, refusePlainHttp, signedIn, type Credential } from '../session/session.ts'
import { readSettings, refuseUnwritable, writeSettings } from '../session/settings.ts'
import { signIn } from '../session/sign-in.ts'
import { askHidden, type Terminal } from '../terminal/terminal.ts'

interface LoginOptions extends JsonOption {
  url?: string
  token?: string | true
  email?: string
  code?: string
  identity?: string
  clientId?: string
  method?: TokensOf
  tokenFile?: string
  insecure?: boolean
}

export function addAccount(program: Command, cli: Cli): void {
  withJson(program.command('login'))
    .description('Sign in and remember it')
    .option('--url <url>', 'where the instance serves')
    .option('--token [token]', 'sign in with a token; without a value, prompts for it or reads stdin')
    .option('--email <address>', 'sign in with email and password; prompts for the password or reads stdin')
    .option('--code <code>', 'of the second factor, or a recovery code; prompted for where one is needed')
    .option('--client-id <id>', 'sign in as a machine, with a client secret; prompts for it or reads stdin')
    .option('--identity <id>', 'sign in as a machine, with the token of a CI job or a pod')
    .addOption(new Option('--method <method>', 'whose token it is').choices(TOKENS_OF).default('oidc'))
    .option('--token-file <file>', 'where that token is; left out, prompts for it, reads stdin, or takes the pod’s own')
    .option('--insecure', 'send credentials over http:// to a host that is not private')
    .action((options: LoginOptions) => login(cli, options))

  withJson(program.command('logout'))
    .description('Forget the sign-in')
    .action((options: JsonOption) => logout(cli, options))

  withProject(program.command('use'))
    .description('Remember a project, and an environment of it')
    .argument('[project]', 'its slug or id')
    .option('--env <slug>', 'the environment')
    .action((project: string | undefined, options: PlaceOptions & JsonOption) =>
      use(cli, { ...options, project: project ?? options.project }),
    )
}

async function login(cli: Cli, options: LoginOptions): Promise<void> {
  const { env, terminal } = cli
  const before = await readSettings(env)
  const given =
    options.url ?? (env['KEYFERRY_URL'] || before.url) ?? (await terminal.ask('URL of the instance:', 'Pass --url.'))
  const url = instanceUrl(given)
  refusePlainHttp(url, options.insecure === true)
  if (url.startsWith('http:') && !isLoopback(new URL(url).hostname))
    terminal.note(`warning: ${url} gets your credentials without TLS: others on that network may read them.`)
  await refuseUnwritable(env)
  const credential = await credentialOf(cli, url, options)
  const me = await clientWith(url, credential).instance.me.query()
  const same = before.url === url
  const file = await writeSettings(env, {
    url,
    ...credential,
    ...(options.insecure ? { insecure: true } : {}),
    ...(same ? { project: before.project, environment: before.environment } : {}),
  })
  if (options.json) terminal.json({ url, name: me.name, organization: me.organization.name, file })
  else terminal.line(`Signed in to ${me.organization.name} at ${url} as ${me.name}. Kept in ${file}.`)
}

async function credentialOf(cli: Cli, url: string, options: LoginOptions): Promise<Credential> {
  const { terminal } = cli
  const { token, email, code, identity: identityId, method: tokensOf = 'oidc', tokenFile: file } = options
  if (identityId !== undefined) {
    if (token !== undefined || email !== undefined) throw usageFailure('--identity excludes --token and --email')
    return { token: await signInMachine(terminal, url, { identityId, tokensOf, file }) }
  }
  if (options.clientId !== undefined) {
    if (token !== undefined || email !== undefined) throw usageFailure('--client-id excludes --token and --email')
    return { token: await signInByClientSecret(terminal, url, options.clientId) }
  }
  if (email === undefined) {
    return { token: (typeof token === 'string' ? token : await askHidden(terminal, 'Token:')).trim() }
  }
  if (token !== undefined) throw usageFailure('--token and --email exclude each other')
  const { initialized } = await createKeyferryClient({ url }).instance.status.query()
  if (!initialized) throw new Failure('This instance has no account yet', `Open ${url} and create the first one.`)
  const password = await askHidden(terminal, 'Password:')
  return { session: await signIn(url, { email, password }, () => code ?? askCode(terminal)) }
}

const askCode = (terminal: Terminal): Promise<string> =>
  terminal.ask(
    'Code of the second factor, or a recovery code:',
    'This account is protected by a second factor. Pass --code, or sign in with a token: `keyferry login --token`.',
  )

async function logout({ env, terminal }: Cli, { json }: JsonOption): Promise<void> {
  const { project, environment, url, session } = await readSettings(env)
  if (url !== undefined && session !== undefined) {
    // A session that cannot be ended there is still forgotten here.
    await fetch(`${url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie: session, origin: new URL(url).origin },
    }).catch(() => null)
  }
  await writeSettings(env, { url, project, environment })
  if (json) terminal.json({ signedOut: url ?? null })
  else terminal.note('Signed out.')
}

async function use(cli: Cli, options: PlaceOptions & JsonOption): Promise<void> {
  const { env, terminal } = cli
  const settings = await readSettings(env)
  if (options.project === undefined && options.env === undefined) {
    const { client } = signedIn(env, settings)
    const projects = await client.projects.list.query()
    const now = settings.project === undefined ? null : await findProject(client, settings.project)
    if (options.json)
      return terminal.json({ project: now?.slug ?? null, environment: settings.environment ?? null, projects })
    for (const { id, slug, name, environments } of projects) {
      terminal.line(
        `${id === now?.id ? '*' : ' '} ${slug}  ${name}  (${environments.map((environment) => environment.slug).join(', ')})`,
      )
    }
    return
  }
  const { project } = await openProject(cli, options)
  const known = project.environments.map(({ slug }) => slug)
  if (options.env !== undefined && !known.includes(options.env)) {
    throw new Failure(`There is no environment ${options.env} in ${project.name}`, `There are: ${known.join(', ')}.`)
  }
  await writeSettings(env, { ...settings, project: project.slug, environment: options.env })
  if (options.json) terminal.json({ project: project.slug, environment: options.env ?? null })
  else terminal.line(`Using ${project.name}${options.env === undefined ? '' : `, ${options.env}`}.`)
}
