import type { Context } from '@keyferry/kernel'
import { acceptAll, isInvited } from '../people/pending.ts'
import { endLink, proveByProvider, reportProof } from '../people/proof.ts'
import { userOfEmail, userOfSubject } from '../people/users.ts'
import type { Admission, OidcProvider } from './oidc/oidc-provider.ts'

export type OidcSettings = OidcProvider & { allowedDomains: readonly string[]; only: boolean }

/** Who can sign in by the provider; the sign-in proves their address and accepts their invitations. */
export const admission = (
  ctx: Context,
  baseUrl: string,
  oidc: Pick<OidcSettings, 'allowedDomains'> | null,
): Admission => ({
  endLink: (subject) => endLink(ctx, subject),
  isWelcome: async ({ email, subject }, inGroup) =>
    inGroup ||
    (oidc?.allowedDomains.includes(email.slice(email.lastIndexOf('@') + 1)) ?? false) ||
    // Their address may be another one by now.
    (await userOfSubject(ctx.db, subject)) !== undefined ||
    (await userOfEmail(ctx.db, email)) !== undefined ||
    (await isInvited(ctx.db, ctx.now(), email)),
  async vouch(person, address) {
    const proven = await proveByProvider(ctx, person, address)
    // Not waited for: a slow mail server keeps nobody from signing in.
    if (proven) void reportProof(ctx, baseUrl, proven)
  },
  welcome: (user, address) => acceptAll(ctx, user, address),
})
