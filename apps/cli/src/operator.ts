/** The instance's own store, opened beside it for one command. The server's code is loaded only here. */
import type { Actor, Context } from '@keyferry/core/context'
import type { Admin } from '@keyferry/instance'
import type { Cli } from './cli.ts'

/** The instance's settings; its log would mix with what we print. From here on, new files are for this user only. */
export async function instanceEnv({ env }: Cli) {
  process.umask(0o077)
  const instance = await import('@keyferry/instance')
  return { ...instance, settings: instance.readEnv({ LOG_LEVEL: 'error', ...env }) }
}

/** Throws `CannotStart`. */
export async function withAdmin<T>(cli: Cli, act: (admin: Admin & { operator: Actor }) => Promise<T>): Promise<T> {
  const { openAdmin, OPERATOR, settings } = await instanceEnv(cli)
  const admin = await openAdmin(settings)
  try {
    return await act({ ...admin, operator: OPERATOR })
  } finally {
    await admin.close()
  }
}

/** Throws `NotFound`. */
export async function projectNamed(ctx: Context, operator: Actor, slugOrId: string) {
  const { getProject, getProjectBySlug } = await import('@keyferry/core/vault/projects')
  const byId = await ctx.db.selectFrom('projects').where('id', '=', slugOrId).select('id').executeTakeFirst()
  return byId ? getProject(ctx, operator, { projectId: byId.id }) : getProjectBySlug(ctx, operator, { slug: slugOrId })
}
