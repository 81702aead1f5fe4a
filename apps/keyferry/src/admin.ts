/** Operator commands: `node apps/keyferry/src/admin.ts <command>`. They work on the store itself, also while Keyferry serves. */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { backup } from '@keyferry/core/admin/backup'
import { continueRotations, listRotations, rotateDataKey } from '@keyferry/core/admin/rotate-data-key'
import { verifyAudit } from '@keyferry/core/admin/verify-audit'
import type { Context } from '@keyferry/core/context'
import { BadRequest, KeyferryError, NotFound } from '@keyferry/core/errors'
import { exportProject, importProject } from '@keyferry/core/vault/transfer'
import { CannotStart, changeRootKey, openAdmin, OPERATOR, readEnv, restoreBackup, type Env } from '@keyferry/instance'

const USAGE = `Usage: admin <command>
  backup <file>                  writes the store of the embedded profile to a new file
  restore <file>                 puts a backup in the place of the store; Keyferry must be stopped
  rotate-root-key                changes the key that wraps all others
  rotate-data-key <project>      changes the key of a project, given by slug or id
  export-project <project> <file>  writes a project to a file, encrypted with KEYFERRY_PASSPHRASE
  import-project <file>          makes a new project out of such a file
  verify-audit [<seq>:<hash>]    checks the audit log, also against an end noted earlier`

/** Runs one command; resolves to what it says. Throws `CannotStart` and `KeyferryError` with messages for people. */
export async function admin(
  env: Env,
  [command, argument, second, ...rest]: readonly string[],
  passphrase?: string,
): Promise<{ text: string; ok: boolean }> {
  const said = (text: string, ok = true) => ({ text, ok })
  if (rest.length > 0 || (second !== undefined && command !== 'export-project')) return said(USAGE, false)
  if (command === 'rotate-root-key' && argument === undefined) {
    const keys = await changeRootKey(env)
    const then = env.KEYFERRY_ROOT_KEY_NEXT ? ' Restart every process with the new key in KEYFERRY_ROOT_KEY.' : ''
    return said(
      `${keys} keys are wrapped with the new root key. Back that up: older backups still need the old one.${then}`,
    )
  }
  if (command === 'restore' && argument !== undefined) {
    const old = restoreBackup(env, resolve(argument))
    return said(`Restored.${old === null ? '' : ` What was there is kept as ${old}.`}`)
  }
  const run = commandOf(command, argument) ?? transferOf(command, argument, second, passphrase)
  if (!run) return said(USAGE, false)
  const { ctx, close } = await openAdmin(env)
  try {
    return await run(ctx)
  } finally {
    await close()
  }
}

function commandOf(command: string | undefined, argument: string | undefined) {
  const said = (text: string, ok = true) => ({ text, ok })
  if (command === 'backup' && argument !== undefined) {
    return async (ctx: Context) => {
      const bytes = await backup(ctx, resolve(argument))
      return said(`${bytes} bytes. The root key is not in it: keep that elsewhere.`)
    }
  }
  if (command === 'rotate-data-key' && argument !== undefined) {
    return async (ctx: Context) => {
      const projectId = await projectOf(ctx, argument)
      const under = async () => (await listRotations(ctx)).some((rotation) => rotation.projectId === projectId)
      if (!(await under())) await rotateDataKey(ctx, OPERATOR, { projectId })
      await continueRotations(ctx, new AbortController().signal)
      return said(
        (await under())
          ? 'Begun. A sync is running; the rest is done by Keyferry itself as soon as it serves.'
          : 'Everything is sealed with the new key.',
      )
    }
  }
  if (command === 'verify-audit') {
    const [, seq, hash] = /^(\d+):(.+)$/.exec(argument ?? '') ?? []
    if (argument !== undefined && (seq === undefined || hash === undefined)) return null
    return async (ctx: Context) => {
      const { rows, head, problem } = await verifyAudit(
        ctx,
        seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash },
      )
      if (problem) return said(`${problem.message} The ${rows} rows before are as they were written.`, false)
      return said(
        `${rows} rows are as they were written.${head ? ` Note the end elsewhere to check against it later: ${head.seq}:${head.hash}` : ''}`,
      )
    }
  }
  return null
}

function transferOf(
  command: string | undefined,
  argument: string | undefined,
  second: string | undefined,
  passphrase: string | undefined,
) {
  const transfer = command === 'export-project' ? second !== undefined : command === 'import-project'
  if (!transfer || argument === undefined) return null
  if (passphrase === undefined || passphrase.length < 12)
    throw new BadRequest('Set KEYFERRY_PASSPHRASE to the passphrase of the file, at least 12 characters.')
  return async (ctx: Context) => {
    if (second === undefined) {
      const { name, slug } = await importProject(ctx, OPERATOR, {
        file: readFileSync(resolve(argument), 'utf8'),
        passphrase,
      })
      return { text: `Project "${name}" (${slug}) is there.`, ok: true }
    }
    const { file, secrets } = await exportProject(ctx, OPERATOR, {
      projectId: await projectOf(ctx, argument),
      passphrase,
    })
    writeFileSync(resolve(second), file, { flag: 'wx', mode: 0o600 })
    return { text: `${secrets} secrets are in ${resolve(second)}.`, ok: true }
  }
}

async function projectOf(ctx: Context, slugOrId: string): Promise<string> {
  const project = await ctx.db
    .selectFrom('projects')
    .where((eb) => eb.or([eb('slug', '=', slugOrId), eb('id', '=', slugOrId)]))
    .select('id')
    .executeTakeFirst()
  if (!project) throw new NotFound(`There is no project with the slug or id "${slugOrId}".`)
  return project.id
}

if (import.meta.main) {
  try {
    // oxlint-disable-next-line node/no-process-env -- where a process begins.
    const variables = process.env
    const { text, ok } = await admin(readEnv(variables), process.argv.slice(2), variables.KEYFERRY_PASSPHRASE)
    process.stdout.write(`${text}\n`)
    process.exitCode = ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof CannotStart) && !(error instanceof KeyferryError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
