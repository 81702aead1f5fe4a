/**
 * Devices that signed in before, by a signed cookie (OWASP's device cookies): their guesses are counted apart, so
 * nobody who guesses from elsewhere slows their owner down.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { GenericEndpointContext } from 'better-auth'
import { createEndpoint } from 'better-call'

const DEVICE_COOKIE = 'device'
const MAX_AGE_SECONDS = 365 * 86_400

/** What an address is counted as: no table should list who was tried. */
export const accountKey = (email: string): string =>
  createHash('sha256').update(email.trim().toLowerCase()).digest('base64url')

/** The id of the device that sends this request, if the account signed in on it before; null otherwise. */
export async function deviceOf(ctx: GenericEndpointContext, email: string): Promise<string | null> {
  const cookie = await ctx.getSignedCookie(ctx.context.createAuthCookie(DEVICE_COOKIE).name, ctx.context.secret)
  if (!cookie) return null
  const [account, device] = cookie.split('.')
  return account === accountKey(email) && device ? device : null
}

/** Verifies the cookie `name` of `headers`; undefined for none, and for one that was not signed with `secret`. */
const readSigned = ({ headers, name, secret }: { headers: Headers; name: string; secret: string }) =>
  createEndpoint({ method: 'GET' }, async (ctx) => (await ctx.getSignedCookie(name, secret)) || undefined)({ headers })

/** Which account signed in before on the device that sends `headers`, as `accountKey` names it; null for none. */
export async function knownAccountOf(
  headers: Headers,
  { createAuthCookie, secret }: Pick<GenericEndpointContext['context'], 'createAuthCookie' | 'secret'>,
): Promise<string | null> {
  if (!headers.has('cookie')) return null
  const cookie = await readSigned({ headers, name: createAuthCookie(DEVICE_COOKIE).name, secret })
  return cookie?.split('.', 1)[0] ?? null
}

/** The account signed in on this device. */
export async function rememberDevice(ctx: GenericEndpointContext, email: string): Promise<void> {
  if ((await deviceOf(ctx, email)) !== null) return
  const cookie = ctx.context.createAuthCookie(DEVICE_COOKIE, { maxAge: MAX_AGE_SECONDS })
  const device = `${accountKey(email)}.${randomBytes(16).toString('base64url')}`
  await ctx.setSignedCookie(cookie.name, device, ctx.context.secret, cookie.attributes)
}
