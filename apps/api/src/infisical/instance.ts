/** The instance, as Infisical's clients know it. */
import { bootstrapAnswer, status } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import type { WireOutput } from '../wire/wire.ts'

type Status = z.output<typeof status>
type Bootstrapped = z.output<typeof bootstrapAnswer>

const shownStatus: WireOutput<Status> = {
  schema: status.extend({
    emailConfigured: z.boolean(),
    inviteOnlySignup: z.literal(true),
    redisConfigured: z.literal(false),
    secretScanningConfigured: z.literal(false),
  }),
  write: (own) => ({
    ...own,
    emailConfigured: own.sendsMail,
    inviteOnlySignup: true,
    redisConfigured: false,
    secretScanningConfigured: false,
  }),
}
const shownBootstrapped: WireOutput<Bootstrapped> = {
  schema: bootstrapAnswer.extend({ user: bootstrapAnswer.shape.user.extend({ lastName: z.literal('') }) }),
  write: ({ user, ...own }) => ({ ...own, user: { ...user, lastName: '' } }),
}

export const instanceRoutes = {
  status: ['/api/status', '/healthcheck'].map((path) => ({ method: 'GET', path, answers: shownStatus })),
  bootstrap: [{ method: 'POST', path: '/api/v1/admin/bootstrap', answers: shownBootstrapped }],
} satisfies Record<string, Route[]>
