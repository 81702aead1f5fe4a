/** An address is invited; its owner makes an account with a link that works once. */
import { randomUUID } from 'node:crypto'
import { grantsOf, storeScopes } from '@keyferry/core/access/scopes'
import { audit } from '@keyferry/core/audit'
import { timestamp, type Actor, type Context, type Tx } from '@keyferry/core/context'
import { BadRequest, NotFound, OnlyByProvider } from '@keyferry/core/errors'
import { withOwnNames, type InvitationTable, type Selectable } from '@keyferry/db'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import type { Auth } from '../auth.ts'
import { randomToken } from '../machines/tokens.ts'
import { describe, insertMembership, type Member } from '../members.ts'
import { refuseCommon } from './common-passwords.ts'
import { accept } from './pending.ts'
import { userOfEmail } from './users.ts'

type Invitation = z.output<typeof schemas.invitation>
type Invited = z.output<typeof schemas.invited>
type Row = Selectable<InvitationTable>

/** Milliseconds that an invitation works. */
const LIFE_MS = 7 * 24 * 3_600_000

/** Who has an account becomes a member at once; everybody else gets a link. Throws `BadRequest` for a member. */
export async function inviteMember(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { projectId, email, role, scopes }: z.output<typeof schemas.inviteMember>,
): Promise<Invited> {
  const user = await userOfEmail(ctx.db, email)
  if (!user) return invite(ctx, auth, actor, { email, projectId, role, scopes, instanceAdmin: false })
  const row = await ctx.db.transaction().execute(async (tx) => {
    const row = await insertMembership(ctx, tx, { kind: 'user', id: user.id, name: email }, { projectId, role, scopes })
    await audit(ctx, tx, actor, 'member.add', projectId, { userId: user.id, email, role, scopes })
    return row
  })
  const [member] = await describe(ctx, [row])
  return { member: member ?? null, invitation: null, link: null, mailed: false }
}

/** Several at once, as `@infisical/sdk` asks. Who is a member already stays one. */
export async function inviteMembers(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { projectId, emails, usernames, roleSlugs }: z.output<typeof schemas.inviteMembers>,
): Promise<{ memberships: Member[]; invitations: { email: string; link: string }[] }> {
  const memberships: Member[] = []
  const invitations: { email: string; link: string }[] = []
  const [role = 'viewer'] = roleSlugs
  for (const email of new Set([...emails, ...usernames])) {
    const { member, link } = await inviteMember(ctx, auth, actor, { projectId, email, role, scopes: null })
    if (member) memberships.push(member)
    if (link !== null) invitations.push({ email, link })
  }
  return { memberships, invitations }
}

/** To the instance, without a project. Throws `BadRequest` for an address that has an account. */
export async function invitePerson(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { email, instanceAdmin }: z.output<typeof schemas.invitePerson>,
): Promise<Invited> {
  if (await userOfEmail(ctx.db, email)) throw new BadRequest(`${email} has an account already`)
  return invite(ctx, auth, actor, { email, projectId: null, role: null, scopes: null, instanceAdmin })
}

/** Those that still work: of one project, or with null those to the instance. */
export async function listInvitations(
  ctx: Context,
  _actor: Actor,
  { projectId }: { projectId: string | null },
): Promise<Invitation[]> {
  const rows = await ctx.db
    .selectFrom('invitations')
    .where('expiresAt', '>', timestamp(ctx))
    .where('projectId', projectId === null ? 'is' : '=', projectId)
    .selectAll()
    .orderBy('email')
    .execute()
  return Promise.all(rows.map((row) => shown(ctx.db, row)))
}

/** The link stops working. Throws `NotFound`. */
export async function revokeInvitation(
  ctx: Context,
  actor: Actor,
  { projectId, invitationId }: { projectId: string | null; invitationId: string },
): Promise<Invitation> {
  return ctx.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('invitations')
      .where('id', '=', invitationId)
      .where('projectId', projectId === null ? 'is' : '=', projectId)
      .selectAll()
      .executeTakeFirst()
    if (!row) throw new NotFound(`Invitation with ID ${invitationId} not found`)
    await tx.deleteFrom('invitations').where('id', '=', row.id).execute()
    await audit(ctx, tx, actor, 'invitation.revoke', projectId, { email: row.email })
    return shown(tx, row)
  })
}

/** What the holder of a link is offered. Throws `NotFound` for one that is unknown, used, revoked or too old. */
export async function openInvitation(
  ctx: Context,
  { token }: z.output<typeof schemas.openInvitation>,
): Promise<z.output<typeof schemas.offer>> {
  const row = await findByToken(ctx, ctx.db, token)
  const { email, projectId, role, scopes, instanceAdmin, createdBy, expiresAt } = await shown(ctx.db, row)
  const project =
    projectId === null
      ? undefined
      : await ctx.db.selectFrom('projects').where('id', '=', projectId).select('name').executeTakeFirst()
  const hasAccount = (await userOfEmail(ctx.db, email)) !== undefined
  return {
    email,
    project: project?.name ?? null,
    role,
    scopes,
    instanceAdmin,
    invitedBy: createdBy,
    expiresAt,
    hasAccount,
  }
}

/**
 * Makes the account that an invitation is for, or, when the address has one, gives it what the invitation is for, if it is `actor` who asks.
 * Throws `NotFound` for a link that is unknown, used, revoked or too old, and `BadRequest` when the account's owner has to sign in first
 * or a new account lacks its name or password.
 */
export async function acceptInvitation(
  ctx: Context,
  auth: Auth,
  actor: Actor | null,
  { token, name, password }: z.output<typeof schemas.acceptInvitation>,
  address: string | null,
): Promise<{ email: string }> {
  return ctx.db.transaction().execute(async (tx) => {
    // Of two who open the link at once, one gets the account.
    const row = await findByToken(ctx, tx, token, { lock: true })
    const user = await userOfEmail(tx, row.email)
    if (user && actor?.id !== user.id)
      throw new BadRequest(`${row.email} has an account already; sign in, then open the link again`)
    let id = user?.id
    if (id === undefined) {
      if (!auth.signInWith.includes('password')) throw new OnlyByProvider()
      if (name === undefined || password === undefined)
        throw new BadRequest('A new account needs a name and a password')
      refuseCommon(password, row.email)
      id = (await auth.within(withOwnNames(tx)).createUser({ email: row.email, password, name })).id
    }
    await accept(ctx, tx, { kind: 'user', id, name: row.email, ...(address === null ? {} : { address }) }, row)
    return { email: row.email }
  })
}

async function findByToken(ctx: Context, db: Context['db'] | Tx, token: string, { lock = false } = {}): Promise<Row> {
  const row = await db
    .selectFrom('invitations')
    .where('tokenHash', '=', ctx.authority.hashToken(token))
    .where('expiresAt', '>', timestamp(ctx))
    .selectAll()
    .$if(lock && ctx.db.dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst()
  if (!row) throw new NotFound('This invitation does not work any more; ask for a new one')
  return row
}

interface Offer {
  email: string
  projectId: string | null
  role: schemas.Role | null
  scopes: readonly schemas.Scope[] | null
  instanceAdmin: boolean
}

async function invite(ctx: Context, auth: Auth, actor: Actor, offer: Offer): Promise<Invited> {
  const token = randomToken()
  const { email, projectId, role, scopes, instanceAdmin } = offer
  const row: Row = {
    id: randomUUID(),
    email,
    projectId,
    role,
    scopes: projectId === null ? null : await storeScopes(ctx.db, projectId, scopes),
    instanceAdmin: instanceAdmin ? 1 : 0,
    tokenHash: ctx.authority.hashToken(token),
    expiresAt: new Date(ctx.now().getTime() + LIFE_MS).toISOString(),
    createdAt: timestamp(ctx),
    createdBy: actor.name,
  }
  const place = await ctx.db.transaction().execute(async (tx) => {
    const project =
      projectId === null
        ? null
        : await tx.selectFrom('projects').where('id', '=', projectId).select('name').executeTakeFirst()
    if (project === undefined) throw new NotFound(`Project with ID ${projectId} not found`)
    // A new link takes the place of an earlier one.
    await tx
      .deleteFrom('invitations')
      .where('email', '=', email)
      .where('projectId', projectId === null ? 'is' : '=', projectId)
      .execute()
    await tx.insertInto('invitations').values(row).execute()
    await audit(ctx, tx, actor, 'invitation.create', projectId, { email, role, scopes, instanceAdmin })
    return project === null ? 'Keyferry' : `the project "${project.name}" in Keyferry`
  })
  const link = `${auth.baseUrl}/accept-invitation?token=${encodeURIComponent(token)}`
  return { member: null, invitation: await shown(ctx.db, row), link, mailed: await mailed(ctx, email, place, link) }
}

/** The inviter has the link as well, so a mail that is not sent is no failure. */
async function mailed(ctx: Context, to: string, place: string, link: string): Promise<boolean> {
  if (!ctx.mail) return false
  try {
    await ctx.mail.send({
      to,
      subject: 'You are invited to Keyferry',
      text: `You are invited to ${place}. Within 7 days, open\n\n${link}\n\nto choose a password.\n`,
    })
    return true
  } catch (error) {
    ctx.log.warn({ part: 'auth', err: error }, 'an invitation was not mailed')
    return false
  }
}

async function shown(db: Context['db'] | Tx, row: Row): Promise<Invitation> {
  const { id, email, projectId, expiresAt, createdAt, createdBy } = row
  const [grant] = await grantsOf(db, row.role === null ? [] : [{ role: row.role, scopes: row.scopes }])
  return {
    id,
    email,
    projectId,
    role: grant?.role ?? null,
    scopes: grant?.scopes ? [...grant.scopes] : null,
    instanceAdmin: row.instanceAdmin === 1,
    expiresAt,
    createdAt,
    createdBy,
  }
}
