/** How machines sign in with client secrets, as Infisical's clients know it. */
import { attachUniversalAuth, universalAuth, updateUniversalAuth } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, type WireOutput } from '../wire/wire.ts'
import { readTrustedIps, sentTrustedIps, shownTrustedIps, writeTrustedIps } from './trusted-ips.ts'

type UniversalAuth = z.output<typeof universalAuth>

const shown = universalAuth
  .extend({
    clientSecretTrustedIps: shownTrustedIps,
    accessTokenTrustedIps: shownTrustedIps,
    accessTokenPeriod: z.literal(0).describe('Tokens have a longest life here, and no period'),
  })
  .meta({ id: 'IdentityUniversalAuth' })
const answers: WireOutput<UniversalAuth> = {
  schema: shown,
  write: (own) => ({
    ...own,
    clientSecretTrustedIps: writeTrustedIps(own.clientSecretTrustedIps),
    accessTokenTrustedIps: writeTrustedIps(own.accessTokenTrustedIps),
    accessTokenPeriod: 0,
  }),
}

const sent = {
  clientSecretTrustedIps: sentTrustedIps,
  accessTokenTrustedIps: sentTrustedIps,
  accessTokenPeriod: z.literal(0, 'Periodic tokens are not available. Send 0, or leave the field out.').optional(),
}
const toOwn = ({ accessTokenPeriod: _, ...rest }: z.output<z.ZodObject<typeof sent>>) => ({
  ...rest,
  clientSecretTrustedIps: readTrustedIps(rest.clientSecretTrustedIps),
  accessTokenTrustedIps: readTrustedIps(rest.accessTokenTrustedIps),
})

const path = '/api/v1/auth/universal-auth/identities/:identityId'
const envelope = 'identityUniversalAuth'

export const universalAuthRoutes = {
  attach: [{ method: 'POST', path, envelope, reads: read(attachUniversalAuth.extend(sent), {}, toOwn), answers }],
  get: [{ method: 'GET', path, envelope, answers }],
  update: [{ method: 'PATCH', path, envelope, reads: read(updateUniversalAuth.extend(sent), {}, toOwn), answers }],
  detach: [{ method: 'DELETE', path, envelope, input: 'query', answers }],
} satisfies Record<string, Route[]>
