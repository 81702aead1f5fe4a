import { bootstrapInstance } from '@keyferry/access/sign-in'
import { instanceVerbs, signInPolicyVerbs } from '@keyferry/access/verbs'
import { isInitialized } from '@keyferry/kernel'
import { rootKeyVerbs } from '@keyferry/core/verbs'
import { bootstrap, bootstrapAnswer, me, rootKeyBackup, signInPolicy, status } from '@keyferry/schemas'
import { instanceRoutes } from '../infisical/instance.ts'
import { anyone, mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Instance'

export const instance = router({
  status: anyone
    .meta({
      tag,
      summary: 'Whether the instance serves, and whether it was set up',
      routes: instanceRoutes.status,
    })
    .output(status)
    .query(async ({ ctx: { ctx, actor, instance, auth, readiness, address, unknownProxy } }) => {
      const { ready, reason } = await readiness()
      return {
        date: ctx.now().toISOString(),
        message: 'Ok' as const,
        profile: instance.profile,
        ...(actor ? { version: instance.version, newerVersion: instance.newerVersion?.(), address, unknownProxy } : {}),
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
      summary: 'Sets up an empty instance: its organization, owner account and a token. Works once',
      perMinute: 10,
      routes: instanceRoutes.bootstrap,
    })
    .input(bootstrap)
    .output(bootstrapAnswer)
    .mutation(({ ctx: { ctx, auth, isLocalProgram, address }, input }) =>
      bootstrapInstance(ctx, auth, input, { isLocalProgram, address }),
    ),

  signInPolicy: query(signInPolicyVerbs.get, {
    tag,
    summary: 'Who needs a second factor',
    routes: [{ method: 'GET', path: '/api/v1/admin/sign-in-policy', envelope: 'signInPolicy' }],
    output: signInPolicy,
  }),

  updateSignInPolicy: mutation(signInPolicyVerbs.update, {
    tag,
    summary: 'Changes who needs a second factor',
    routes: [{ method: 'PATCH', path: '/api/v1/admin/sign-in-policy', envelope: 'signInPolicy' }],
    output: signInPolicy,
  }),

  rootKeyBackup: query(rootKeyVerbs.backup, {
    tag,
    summary: 'Whether an admin confirmed that there is a copy of the root key',
    routes: [{ method: 'GET', path: '/api/v1/admin/root-key-backup', envelope: 'rootKeyBackup' }],
    output: rootKeyBackup,
  }),

  confirmRootKeyBackup: mutation(rootKeyVerbs.confirmBackup, {
    tag,
    summary: 'Confirms that there is a copy of the root key',
    routes: [{ method: 'POST', path: '/api/v1/admin/root-key-backup', envelope: 'rootKeyBackup' }],
    output: rootKeyBackup,
  }),

  me: query(instanceVerbs.me, {
    tag,
    summary: 'Who is asking',
    routes: [{ method: 'GET', path: '/api/v1/me', envelope: 'me' }],
    output: me,
  }),
})
