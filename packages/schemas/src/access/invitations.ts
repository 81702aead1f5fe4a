import { z } from 'zod'
import { member } from './members.ts'
import { role, roleAlias, scopes, shownScopes } from './scopes.ts'
import { displayName, id, password, timestamp } from '../names/names.ts'

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
  link: z.string().nullable().describe('To hand over; null when email is set up: then only the invited person gets it'),
  mailed: z.boolean().describe('False with `link: null`: the mail was not sent; invite again once SMTP_URL works'),
})

/** As `@infisical/sdk` sends it. */
export const inviteMembers = z.object({
  projectId: id,
  emails: z.array(emailAddress).max(50).default([]),
  usernames: z.array(emailAddress).max(50).default([]).describe('Here, a user name is an email address'),
  roleSlugs: z.array(roleAlias).min(1).max(1).default(['developer']),
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
