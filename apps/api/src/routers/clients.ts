/** What Infisical's command line and editors call to sign a person in. */
import { listOrganizations } from '@keyferry/access/sign-in'
import { NotFound, Unauthorized } from '@keyferry/kernel'
import { storedText, timestamp } from '@keyferry/schemas'
import { z } from 'zod'
import type { RequestContext } from '../trpc/context.ts'
import { anyone, router } from '../trpc/procedures.ts'

const tag = 'Sign-in of clients'
/** Tries per minute and address, as for the console's own form. */
const perMinute = 10
const organization = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
})
const credential = storedText.min(1).max(512)

export const clients = router({
  login: anyone
    .meta({
      tag,
      perMinute,
      summary: 'A short-lived token for email and password; with a second factor it is good for entering the code only',
      routes: [{ method: 'POST', path: '/api/v3/auth/login', form: true }],
    })
    .input(z.object({ email: storedText.trim().min(1).max(254), password: credential }))
    .output(z.object({ accessToken: z.string() }))
    .mutation(async ({ ctx, input }) => ({
      accessToken: (await ctx.auth.client.signIn(input, ctx.address)).token,
    })),

  organizations: anyone
    .meta({
      tag,
      wrongPerMinute: 120,
      summary: 'The organization, for a token of a person',
      routes: [{ method: 'GET', path: '/api/v1/organization' }],
    })
    .output(z.object({ organizations: z.array(organization) }))
    .query(async ({ ctx }) => {
      if (!ctx.actor) await tokenOf(ctx)
      return { organizations: await listOrganizations(ctx.ctx) }
    }),

  selectOrganization: anyone
    .meta({
      tag,
      wrongPerMinute: 120,
      summary: 'Says whether the code of a second factor is still to be entered',
      routes: [{ method: 'POST', path: '/api/v3/auth/select-organization', form: true }],
    })
    .input(z.object({ organizationId: z.string().trim().min(1).max(64) }))
    .output(z.object({ token: z.string(), isMfaEnabled: z.boolean(), mfaMethod: z.literal('totp').optional() }))
    .mutation(async ({ ctx, input }) => {
      const { token, isPending } = await tokenOf(ctx)
      const known = await listOrganizations(ctx.ctx)
      if (!known.some(({ id }) => id === input.organizationId))
        throw new NotFound(`Organization with ID ${input.organizationId} not found`)
      return { token, isMfaEnabled: isPending, ...(isPending ? { mfaMethod: 'totp' as const } : {}) }
    }),

  verifyCode: anyone
    .meta({
      tag,
      perMinute,
      summary: 'A token that is good for everything, for the code of a second factor',
      routes: [{ method: 'POST', path: '/api/v2/auth/mfa/verify', form: true }],
    })
    .input(z.object({ mfaToken: credential }))
    .output(z.object({ token: z.string() }))
    .mutation(async ({ ctx, input }) => ({
      token: (await ctx.auth.client.confirm(bearerOf(ctx), input.mfaToken, ctx.address)).token,
    })),

  check: anyone
    .meta({
      tag,
      wrongPerMinute: 120,
      summary: 'Whether a token is good',
      routes: [{ method: 'POST', path: '/api/v1/auth/checkAuth' }],
    })
    .output(z.object({ message: z.string() }))
    .mutation(({ ctx }) => {
      if (!ctx.actor) throw ctx.refusal ?? new Unauthorized('Token is not valid')
      return { message: 'Authenticated' }
    }),
})

/** Throws for a token whose session ended; one that waits for the code of a second factor has none yet. */
async function tokenOf(ctx: RequestContext): Promise<{ token: string; isPending: boolean }> {
  const read = await ctx.auth.client.read(bearerOf(ctx))
  if (!read.isPending && !ctx.actor) throw ctx.refusal ?? new Unauthorized('Token is not valid')
  return read
}

function bearerOf({ bearer }: { bearer: string | null }): string {
  if (bearer === null) throw new Unauthorized('Token missing')
  return bearer
}
