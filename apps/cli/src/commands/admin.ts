/**
 * For who runs the instance: on its data directory or database, not over HTTP. The server's code is loaded only for
 * these.
 */
import { count } from '@keyferry/schemas/count'
import { Argument, InvalidArgumentError, type Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { EXIT, Failure } from '../failure.ts'
import { instanceEnv, projectNamed, withAdmin } from '../server/operator.ts'
import { wholeNumber } from '../terminal/listing.ts'
import { confirm } from '../terminal/terminal.ts'
import { addBackup } from './admin-backup.ts'
import { addAdminDoctor } from './doctor.ts'
import { addMigrateStore } from './admin-migrate-store.ts'
import { addTransfer } from './admin-transfer.ts'

export function addAdmin(program: Command, cli: Cli): void {
  const admin = program
    .command('admin')
    .description(
      'Run by the operator, beside the instance: reads KEYFERRY_DATA_DIR, DATABASE_URL and KEYFERRY_ROOT_KEY as it does',
    )

  addBackup(admin, cli)
  addAdminDoctor(admin, cli)

  withJson(admin.command('rotate-root-key'))
    .description('Change the key that wraps all others, while the instance serves; after a crash, run it again')
    .option('--force', 'also when a process that runs has not got the new key')
    .action((options: JsonOption & { force?: boolean }) => rotateRootKey(cli, options))

  withJson(admin.command('rotate-key'))
    .description('Change a key of the instance itself')
    .addArgument(new Argument('<key>', 'which one').choices(ROTATED))
    .option('--force', 'the sign-in key: also when a process seems to run')
    .action((key: (typeof ROTATED)[number], options: JsonOption & { force?: boolean }) => rotateKey(cli, key, options))

  withJson(admin.command('rotate-data-key'))
    .description('Seal everything of a project with a new key, while the instance serves')
    .requiredOption('--project <slug or id>', 'the project')
    .option(
      '--discard-unreadable',
      'throw the old key away although it may be the only one that opens what cannot be decrypted',
    )
    .action((options: RotateOptions) => rotateDataKey(cli, options))

  withJson(admin.command('prune-audit'))
    .description('Delete old rows of the audit log after verifying it; the rest can still be verified')
    .requiredOption('--older-than <days>', 'their age', wholeNumber(1, MOST_DAYS))
    .option('-y, --yes', 'do not ask')
    .action((options: PruneOptions) => pruneAudit(cli, options))

  withJson(admin.command('sign-in-link'))
    .description('Create a link that signs a person in once, within 15 minutes, for when no other way works')
    .argument('<email>', 'the address of an account')
    .action((email: string, options: JsonOption) => signInLink(cli, email, options))

  addTransfer(admin, cli)
  addMigrateStore(admin, cli)

  withJson(admin.command('verify-audit'))
    .description('Verify the audit log; names the first row that is wrong')
    .option('--expect <seq:hash>', 'an end of the log that was noted earlier', noted)
    .action((options: VerifyOptions) => verifyAudit(cli, options))

  withJson(admin.command('restart-audit'))
    .description('Begin a new chain of the audit log, under a new key; verify the log first')
    .option('-y, --yes', 'do not ask')
    .action((options: JsonOption & { yes?: boolean }) => restartAudit(cli, options))

  withJson(admin.command('verify-store'))
    .description(
      'Check every sealed row, the ledger, the trash and the contents of every folder; names what was changed outside Keyferry',
    )
    .action((options: JsonOption) => verifyStore(cli, options))

  withJson(admin.command('accept-secrets'))
    .description('Accept the secrets and imports of a folder after a change outside Keyferry')
    .requiredOption('--project <slug or id>', 'the project')
    .requiredOption('--env <slug>', 'the environment')
    .option('--path <path>', 'the folder', '/')
    .option('-y, --yes', 'do not ask')
    .action((options: AcceptOptions) => acceptSecrets(cli, options))

  withJson(admin.command('end-sessions'))
    .description('Sign everybody out, machines included; after a restore with pg_restore, for example')
    .action((options: JsonOption) => endSessions(cli, options))
}

const ROTATED = ['connections', 'authority', 'sign-in'] as const
/** As many as the server takes. */
const MOST_DAYS = 99_999
type PruneOptions = JsonOption & { olderThan: number; yes?: boolean }
type VerifyOptions = JsonOption & { expect?: { seq: number; hash: string } }
type RotateOptions = JsonOption & { project: string; discardUnreadable?: boolean }
type AcceptOptions = JsonOption & { project: string; env: string; path: string; yes?: boolean }

/** The server's code is loaded only when a command needs it. */
const storeVerbs = async () => (await import('@keyferry/core/verbs')).storeVerbs

async function restartAudit(cli: Cli, { yes, json }: JsonOption & { yes?: boolean }): Promise<void> {
  await withAdmin(cli, async ({ perform }) => {
    const question = 'Begin a new chain? What is wrong with the log until now cannot be seen afterwards.'
    await confirm(cli.terminal, yes, question)
    await perform((await storeVerbs()).restartAudit, undefined)
  })
  if (json) cli.terminal.json({ restarted: true })
  else cli.terminal.line('The audit log continues in a new chain.')
}

async function verifyStore(cli: Cli, { json }: JsonOption): Promise<void> {
  const verified = await withAdmin(cli, async ({ perform }) => perform((await storeVerbs()).verify, undefined))
  const { rows, broken, folders, brokenFolders } = verified
  const whole = broken.length + brokenFolders.length === 0
  if (json) cli.terminal.json(verified)
  else if (whole)
    cli.terminal.line(
      `${count(rows, 'sealed row')} and the contents of ${count(folders, 'folder')}, all as they were written last.`,
    )
  for (const { table, id, problem } of json ? [] : broken)
    cli.terminal.note(
      problem === 'changed'
        ? `error: the row ${id} of ${table} was changed outside Keyferry. It is ignored.`
        : `error: the row ${id} of ${table} had ended, and was put back outside Keyferry. It is ignored.`,
    )
  for (const { project, environment, path, what, problem } of json ? [] : brokenFolders)
    cli.terminal.note(
      `error: the ${what} in ${environment}:${path} of ${project} were changed outside Keyferry: ${problem}. They are refused. Restore a backup, or run keyferry admin accept-secrets --project ${project} --env ${environment} --path ${path}`,
    )
  if (!whole) cli.exitWith(EXIT.failed)
}

async function acceptSecrets(cli: Cli, { project, env, path, yes, json }: AcceptOptions): Promise<void> {
  await withAdmin(cli, async (admin) => {
    const { id: projectId } = await projectNamed(admin, project)
    await confirm(cli.terminal, yes, `Accept the secrets and imports in ${env}:${path} of ${project}?`)
    const { acceptSecrets } = await storeVerbs()
    await admin.perform(acceptSecrets, { projectId, environment: env, secretPath: path })
  })
  if (json) cli.terminal.json({ accepted: true })
  else cli.terminal.line(`The secrets and imports in ${env}:${path} are accepted.`)
}

async function endSessions(cli: Cli, { json }: JsonOption): Promise<void> {
  const ended = await withAdmin(cli, async ({ perform }) => perform((await storeVerbs()).endSessions, undefined))
  if (json) cli.terminal.json(ended)
  else
    cli.terminal.line(
      `Ended ${count(ended.sessions, 'session')} and ${count(ended.accessTokens, 'access token')}. API keys and client secrets stay.`,
    )
}

async function signInLink(cli: Cli, email: string, { json }: JsonOption): Promise<void> {
  const { settings } = await instanceEnv(cli)
  const { link } = await withAdmin(cli, async ({ ctx, operator }) => {
    const { createAuth } = await import('@keyferry/access/sign-in')
    const { resetVerbs } = await import('@keyferry/access/verbs')
    const { perform } = await import('@keyferry/access')
    const { instanceSecret } = await import('@keyferry/kernel')
    const baseUrl = settings.KEYFERRY_URL ?? `http://${settings.HOST}:${settings.PORT}`
    const auth = createAuth({ ctx, rootKey: await instanceSecret(ctx), baseUrl, oidc: null })
    return perform(resetVerbs.signIn, { ctx, auth, actor: operator }, { email: email.toLowerCase() })
  })
  if (json) cli.terminal.json({ link })
  else cli.terminal.line(link)
}

async function rotateRootKey(cli: Cli, { force, json }: JsonOption & { force?: boolean }): Promise<void> {
  const { changeRootKey, settings } = await instanceEnv(cli)
  const keys = await changeRootKey(settings, { force })
  if (json) return cli.terminal.json({ keys })
  cli.terminal.line(`Re-wrapped ${count(keys, 'key')}.`)
  if (settings.KEYFERRY_ROOT_KEY) cli.terminal.line('Restart every process with the new key as KEYFERRY_ROOT_KEY.')
  else cli.terminal.line('The new root key is in root.key: back it up; older backups still need the old one.')
}

async function rotateKey(
  cli: Cli,
  key: (typeof ROTATED)[number],
  { force, json }: JsonOption & { force?: boolean },
): Promise<void> {
  if (key === 'sign-in') return rotateSignInKey(cli, { force, json })
  const rows = await withAdmin(cli, async ({ perform }) => perform((await storeVerbs()).rotateInstanceKey, { key }))
  if (json) cli.terminal.json({ key, rows })
  else
    cli.terminal.line(
      `The new key is in use, for ${count(rows, 'row')}. The instance throws the earlier one away a minute from now, while it serves. Tokens and sessions stay valid.`,
    )
}

async function rotateSignInKey(cli: Cli, { force, json }: JsonOption & { force?: boolean }): Promise<void> {
  const { runningProcesses } = await instanceEnv(cli)
  const ended = await withAdmin(cli, async ({ ctx, perform }) => {
    const running = force === true ? [] : await runningProcesses(ctx)
    if (running.length > 0)
      throw new Failure(
        `${running.join(', ')} would continue with the earlier sign-in key`,
        'Stop every process, then run this again; with --force if they have ended.',
      )
    const { signInKeyVerbs } = await import('@keyferry/access/verbs')
    return perform(signInKeyVerbs.rotate, undefined)
  })
  if (json) cli.terminal.json({ key: 'sign-in', ...ended })
  else
    cli.terminal.line(
      `The new sign-in key is in use, for ${count(ended.factors, 'second factor')} too. Everybody has to sign in again.`,
    )
}

async function rotateDataKey(cli: Cli, { project: named, discardUnreadable, json }: RotateOptions): Promise<void> {
  const { done, unreadable } = await withAdmin(cli, async (admin) => {
    const { ctx, perform } = admin
    const { continueRotations, listRotations } = await import('@keyferry/core')
    const { id: projectId } = await projectNamed(admin, named)
    const underWay = async () => (await listRotations(ctx)).find((rotation) => rotation.projectId === projectId)
    const before = await underWay()
    // After a crash the same command continues.
    if (!before || before.unreadable.length > 0)
      await perform((await storeVerbs()).rotateDataKey, { projectId, discard: discardUnreadable === true })
    cli.terminal.progress('Re-encrypting …')
    await continueRotations(ctx, AbortSignal.timeout(600_000))
    const after = await underWay()
    return { done: !after, unreadable: after?.unreadable ?? [] }
  })
  cli.terminal.progress('')
  if (json) cli.terminal.json({ done, unreadable })
  else if (done) cli.terminal.line(`Everything in ${named} is sealed with the new key.`)
  else if (unreadable.length === 0) cli.terminal.line('Started; the instance continues it while it serves.')
  for (const text of unreadable) cli.terminal.note(`error: ${text} cannot be decrypted.`)
  if (unreadable.length === 0) return
  cli.terminal.note(
    'The old key is kept: it may be the only one that opens them. Restore them from a backup and run this again, or give them up with --discard-unreadable.',
  )
  cli.exitWith(EXIT.failed)
}

async function verifyAudit(cli: Cli, { expect: expected, json }: VerifyOptions): Promise<void> {
  const verified = await withAdmin(cli, async ({ perform }) => perform((await storeVerbs()).verifyAudit, { expected }))
  const { rows, floor, head, problem } = verified
  if (json) cli.terminal.json(verified)
  else if (problem)
    cli.terminal.note(`error: ${problem.message}${problem.id === null ? '' : ` Its id is ${problem.id}.`}`)
  else
    cli.terminal.line(
      `${count(rows, 'row')}, unbroken${floor ? ` since row ${floor.seq} (${floor.at}), the last that was taken off` : ''}.${head ? ` It ends at ${head.seq}:${head.hash}` : ''}`,
    )
  if (problem) cli.exitWith(EXIT.failed)
}

async function pruneAudit(cli: Cli, { olderThan: days, yes, json }: PruneOptions): Promise<void> {
  const rows = await withAdmin(cli, async ({ perform }) => {
    await confirm(
      cli.terminal,
      yes,
      `Take everything older than ${count(days, 'day')} off the audit log? They cannot be restored.`,
    )
    return perform((await storeVerbs()).pruneAudit, { days })
  })
  if (json) cli.terminal.json({ rows })
  else cli.terminal.line(`Took ${count(rows, 'row')} off.`)
}

function noted(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d+):(\S+)$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('It looks as `keyferry admin verify-audit` prints it: 42:hash.')
  return { seq: Number(seq), hash }
}
