/** The instance's own store, opened beside it for one command. The server's code is loaded only here. */
import type { InputOf, Verb } from '@keyferry/access'
import type { Actor } from '@keyferry/kernel'
import type { Admin } from '@keyferry/runtime'
import type { z } from 'zod'
import type { Cli } from '../cli.ts'
import { serverCode } from './server-code.ts'

/** The code of the server. From here on, new files are for this user only. */
export async function instanceCode() {
  process.umask(0o077)
  return serverCode(() => import('@keyferry/runtime'))
}

/** The instance's settings; its log would mix with what we print. */
export async function instanceEnv({ env }: Cli) {
  const instance = await instanceCode()
  return { ...instance, settings: instance.readEnv({ LOG_LEVEL: 'error', ...env }) }
}

export interface AsOperator extends Admin {
  /** Runs a verb as the operator, checked as every call of it is. */
  perform: <S extends z.ZodType | null, O>(verb: Verb<S, O>, input: InputOf<S>) => Promise<O>
  operator: Actor
}

/** Throws `StartupError`, and `Unavailable` when the store stops working meanwhile. */
export async function withAdmin<T>(cli: Cli, act: (admin: AsOperator) => Promise<T>): Promise<T> {
  const { openAdmin, OPERATOR, settings } = await instanceEnv(cli)
  const admin = await openAdmin(settings)
  const { perform } = await import('@keyferry/access')
  const { unavailable } = await import('@keyferry/kernel')
  try {
    return await act({
      ...admin,
      operator: OPERATOR,
      perform: (verb, input) => perform(verb, { ctx: admin.ctx, actor: OPERATOR }, input),
    })
  } catch (error) {
    throw unavailable(error) ?? error
  } finally {
    await admin.close()
  }
}

/** Throws `NotFound`. */
export async function projectNamed({ ctx, perform }: AsOperator, slugOrId: string) {
  const { projectVerbs } = await import('@keyferry/vault/verbs')
  const byId = await ctx.db.selectFrom('projects').where('id', '=', slugOrId).select('id').executeTakeFirst()
  return byId ? perform(projectVerbs.get, { projectId: byId.id }) : perform(projectVerbs.bySlug, { slug: slugOrId })
}
