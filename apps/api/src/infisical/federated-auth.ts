/** How machines sign in with tokens of their platforms, as Infisical's clients know it. */
import type { FederatedMethod } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, type WireOutput } from '../wire/wire.ts'
import { readTrustedIps, sentTrustedIps, shownTrustedIps, writeTrustedIps } from './trusted-ips.ts'

/** The schema of what a way to sign in is shown as. */
export type ShownAuth = z.ZodObject & z.ZodType<{ accessTokenTrustedIps: { ipAddress: string }[] }>

interface Way<Out extends ShownAuth> {
  method: FederatedMethod
  envelope: string
  attach: z.ZodObject
  update: z.ZodObject
  output: Out
}

const sent = z.object({ accessTokenTrustedIps: sentTrustedIps })
const readAs = (own: z.ZodObject) =>
  read(own.extend(sent.shape), {}, (input) => ({
    ...input,
    accessTokenTrustedIps: readTrustedIps(sent.parse(input).accessTokenTrustedIps),
  }))

export function federatedRoutes<Out extends ShownAuth>({ method, envelope, attach, update, output }: Way<Out>) {
  const path = `/api/v1/auth/${method}/identities/:identityId`
  const { id } = z.globalRegistry.get(output) ?? {}
  const answers: WireOutput<z.output<Out>> = {
    schema: output.extend({ accessTokenTrustedIps: shownTrustedIps }).meta({ id }),
    write: (own) => ({ ...own, accessTokenTrustedIps: writeTrustedIps(own.accessTokenTrustedIps) }),
  }
  return {
    attach: [{ method: 'POST', path, envelope, reads: readAs(attach), answers }],
    get: [{ method: 'GET', path, envelope, answers }],
    update: [{ method: 'PATCH', path, envelope, reads: readAs(update), answers }],
    detach: [{ method: 'DELETE', path, envelope, input: 'query', answers }],
  } satisfies Record<string, Route<z.output<Out>>[]>
}
