/** Permissions: roles, their scopes, people, machines and their keys. */
import { z } from 'zod'
import { madeClientSecret } from './identities.ts'
import { displayName, id, password, timestamp } from '../names/names.ts'
import { ROLES } from './roles.ts'

export const role = z.enum(ROLES)

/** Infisical's names for them are understood too. */
const roleAlias = z.preprocess((name) => (name === 'member' ? 'developer' : name), role)

/** A path with `*` for one folder name and a last `**` for everything at and below: `/api/**`. */
export const pathPattern = z
  .string()
  .trim()
  .max(1024)
  .regex(/^(\/|(\/([A-Za-z0-9_-]+|\*))*(\/\*\*)?)$/, 'Path must look like /api, /api/* or /api/**')
  .min(1, 'Path must look like /api, /api/* or /api/**')

export const scope = z.object({
  environment: z.string().trim().min(1).max(64).describe('Slug of an environment, or `*` for each'),
  secretPath: pathPattern.default('/**'),
})
export type Scope = z.infer<typeof scope>

const scopes = z
  .array(scope)
  .min(1)
  .max(50)
  .nullable()
  .describe('The environments and paths a role is limited to; null: the whole project')

/** Empty: every environment that it was narrowed to is gone. */
const shownScopes = z
  .array(scope)
  .nullable()
  .describe('The environments and paths a role is limited to; null: the whole project')

export const grant = z.object({ projectId: id, role, scopes: shownScopes }).meta({ id: 'Grant' })

export const member = z
  .object({
    id,
    projectId: id,
    kind: z.enum(['user', 'identity']),
    principalId: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    role,
    scopes: shownScopes,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Member' })

/** A machine as a member. */
export const identityMember = member
  .extend({ project: z.object({ id, name: z.string() }), authMethods: z.array(z.string()) })
  .meta({ id: 'IdentityMember' })

export const invitation = z
  .object({
    id,
    email: z.string(),
    projectId: id.nullable(),
    role: role.nullable(),
    scopes: shownScopes,
    instanceAdmin: z.boolean(),
    expiresAt: timestamp,
    createdAt: timestamp,
    createdBy: z.string(),
  })
  .meta({ id: 'Invitation' })

/** An address as it is compared. */
export const emailAddress = z
  .email()
  .max(254)
  .transform((address) => address.toLowerCase())

export const inviteMember = z.object({
  projectId: id,
  email: emailAddress,
  role: roleAlias,
  scopes: scopes.default(null),
})
export const invited = z.object({
  member: member.nullable().describe('Set when the address has an account already'),
  invitation: invitation.nullable(),
  link: z
    .string()
    .nullable()
    .describe('To hand over; null when e-mail is set up: then only the invited person gets it'),
  mailed: z.boolean().describe('False with `link: null`: the mail was not sent; invite again once SMTP_URL works'),
})
/** As `@infisical/sdk` sends it. */
export const inviteMembers = z.object({
  projectId: id,
  emails: z.array(emailAddress).max(50).default([]),
  usernames: z.array(emailAddress).max(50).default([]).describe('Here, a user name is an e-mail address'),
  roleSlugs: z.array(roleAlias).min(1).max(1).default(['developer']),
})
export const updateMember = z.object({
  projectId: id,
  memberId: id,
  role: roleAlias.optional(),
  scopes: scopes.optional(),
})
export const identityMembership = z.object({
  projectId: id,
  identityId: id,
  role: roleAlias.optional(),
  scopes: scopes.optional(),
})

export const invitePerson = z.object({ email: emailAddress, instanceAdmin: z.boolean().default(false) })
const invitationToken = z.string().min(1).max(200)
export const openInvitation = z.object({ token: invitationToken })
/** What the owner of the address sees before they accept. */
export const offer = z
  .object({
    email: z.string(),
    project: z.string().nullable().describe('Its name; null: the instance'),
    role: role.nullable(),
    scopes: shownScopes,
    instanceAdmin: z.boolean(),
    invitedBy: z.string(),
    expiresAt: timestamp,
    hasAccount: z.boolean(),
  })
  .meta({ id: 'InvitationOffer' })
export const newAccount = z.object({ name: displayName('Name'), password })
export const acceptInvitation = newAccount
  .partial()
  .extend({ token: invitationToken })
  .describe('Name and password are for an address that has no account yet')
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
export const apiKey = z
  .object({
    id,
    name: z.string(),
    owner: z.string().describe('Its owner; it has at most their permissions'),
    start: z.string().nullable().describe('Its first characters'),
    instanceAdmin: z.boolean().describe('The token of the first setup: it may do everything that its owner may'),
    grants: z.array(grant),
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'ApiKey' })
export const createApiKey = z.object({
  name: displayName('Key name'),
  grants: z
    .array(z.object({ projectId: id, role: roleAlias, scopes: scopes.default(null) }))
    .min(1)
    .max(50),
  expiresInDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('Default: 90, or the most that the instance allows'),
})
