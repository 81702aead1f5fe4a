import { bootstrapInstance } from '@keyferry/auth/bootstrap'
import { NotFound } from '@keyferry/core/errors'
import { isInitialized } from '@keyferry/core/unavailable'
import { bootstrap, bootstrapped, me, status } from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { anyone, may, router } from '../trpc/procedures.ts'

const tag = 'Instance'
const isAdmin = (access: Access): boolean => allows(access, 'instance.manage', { kind: 'instance' })

export const instance = router({
  status: anyone
    .meta({
      tag,
      summary: 'Whether the instance serves, and whether it was set up',
      routes: [
        { method: 'GET', path: '/api/status' },
        { method: 'GET', path: '/healthcheck' },
      ],
    })
    .output(status)
    .query(async ({ ctx: { ctx, instance, auth, readiness } }) => {
      const { ready, reason } = await readiness()
      return {
        date: ctx.now().toISOString(),
        message: 'Ok' as const,
        ...instance,
        signInWith: [...auth.signInWith],
        sendsMail: ctx.mail !== null,
        initialized: await isInitialized(ctx),
        ready,
        reason,
      }
    }),

  bootstrap: anyone
    .meta({
      tag,
      summary: 'Sets up an empty instance: its organization, first account and first token. Works once',
      perMinute: 10,
      routes: [{ method: 'POST', path: '/api/v1/admin/bootstrap' }],
    })
    .input(bootstrap)
    .output(bootstrapped)
    .mutation(({ ctx: { ctx, auth, isLocalProgram }, input }) =>
      bootstrapInstance(ctx, auth, input, { isLocalProgram }),
    ),

  me: may('instance.use')
    .meta({ tag, summary: 'Who is asking', routes: [{ method: 'GET', path: '/api/v1/me', envelope: 'me' }] })
    .output(me)
    .query(async ({ ctx: { ctx, actor, access } }) => {
      const organization = await ctx.db.selectFrom('organizations').select(['id', 'name', 'slug']).executeTakeFirst()
      if (!organization) throw new NotFound('The instance has not been set up yet')
      const grants = [...access.grants].map(([projectId, { role, scopes }]) => ({
        projectId,
        role,
        scopes: scopes && [...scopes],
      }))
      const email = actor.kind === 'user' ? actor.name : ''
      return { id: actor.id, email, name: actor.name, organization, instanceAdmin: isAdmin(access), grants }
    }),
})
