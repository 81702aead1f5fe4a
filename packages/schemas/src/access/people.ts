import { z } from 'zod'
import { madeClientSecret } from './identities.ts'
import { id, timestamp } from '../names/names.ts'

export const person = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    instanceAdmin: z.boolean(),
    twoFactor: z.boolean(),
    emailVerified: z.boolean().describe('A mail or the OpenID provider proved that the address is theirs'),
    createdAt: timestamp,
  })
  .meta({ id: 'Person' })

export const instanceAdmin = person.pick({ id: true, email: true, name: true })

export const personSession = z
  .object({
    id: z.string(),
    createdAt: timestamp,
    lastSeenAt: timestamp,
    address: z.string().nullable(),
    device: z.string().nullable().describe('As the browser names itself'),
    signedInBy: z.enum(['password', 'passkey', 'oidc', 'link']).nullable(),
  })
  .meta({ id: 'PersonSession' })

export const removePerson = z.object({
  userId: id,
  revokeClientSecrets: z
    .boolean()
    .default(false)
    .describe('Also the client secrets that they made; otherwise machines continue signing in with those'),
})

export const removedPerson = person
  .extend({
    clientSecrets: z.array(madeClientSecret).describe('Those that they created, revoked or not as requested'),
  })
  .meta({ id: 'RemovedPerson' })
