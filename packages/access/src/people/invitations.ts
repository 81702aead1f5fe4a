/** An address is invited; its owner makes an account with a link that works once. */
import { randomUUID } from 'node:crypto'
import { lockTable, withOwnNames, type InvitationTable, type Selectable } from '@keyferry/db'
import {
  DAY_MS,
  audit,
  BadRequest,
  Forbidden,
  findProject,
  NotFound,
  OnlyByProvider,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Mailer,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { readAccess } from '../grants/grants.ts'
import { grantsOf, storeScopes } from '../grants/scopes.ts'
import { randomToken } from '../machines/tokens.ts'
import type { Auth } from '../sign-in/auth.ts'
import { refuseCommon } from './common-passwords.ts'
import { alreadyMember, describeMembers, insertMembership, type Member } from './members.ts'
import { bannedWords } from './password-rules.ts'
import { accept, stillGiven } from './pending.ts'
import { proveAddress, reportProof } from './proof.ts'
import { markProven, userOfEmail } from './users.ts'

type Invitation = z.output<typeof schemas.invitation>
type Invited = z.output<typeof schemas.invited>
type Row = Selectable<InvitationTable>

/** Milliseconds that an invitation works. */
const LIFE_MS = 7 * DAY_MS

/**
 * Of an instance admin: who has an account becomes a member at once, everybody else gets a link by mail. Of others:
 * everybody gets a link, so that the answer does not tell who has an account. Throws `BadRequest` for a member, and
 * `Forbidden` when somebody else than an instance admin asks and there is no email to send the link with.
 */
export async function inviteMember(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { projectId, email, role, scopes }: z.output<typeof schemas.inviteMember>,
): Promise<Invited> {
  const user = await userOfEmail(ctx.db, email)
  const runsInstance = allows(await readAccess(ctx.db, actor), 'instance.manage', { kind: 'instance' })
  if (!runsInstance) {
    refuseWithoutMail(ctx)
    if (user) await refuseMember(ctx, projectId, { id: user.id, email })
  }
  if (!user || !runsInstance) return invite(ctx, auth, actor, { email, projectId, role, scopes, instanceAdmin: false })
  const row = await transactChecked(ctx, async (tx) => {
    const row = await insertMembership(ctx, tx, { kind: 'user', id: user.id, name: email }, { projectId, role, scopes })
    await audit(ctx, tx, actor, 'member.add', projectId, { userId: user.id, email, role, scopes })
    return row
  })
  const [member] = await describeMembers(ctx, [row])
  return { member: member ?? null, invitation: null, link: null, mailed: false }
}

/** Several at once, as `@infisical/sdk` asks. Who is a member already stays one. */
export async function inviteMembers(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { projectId, emails, usernames, roleSlugs }: z.output<typeof schemas.inviteMembers>,
): Promise<{ memberships: Member[]; invitations: { email: string; link: string | null; mailed: boolean }[] }> {
  const memberships: Member[] = []
  const invitations = []
  const [role = 'viewer'] = roleSlugs
  const addresses = new Set([...emails, ...usernames])
  for (const email of addresses) {
    const { member, link, mailed } = await inviteMember(ctx, auth, actor, { projectId, email, role, scopes: null })
    if (member) memberships.push(member)
    else invitations.push({ email, link, mailed })
  }
  return { memberships, invitations }
}

/** Without email the inviter gets the link and could use it, so only instance admins may invite. */
function refuseWithoutMail({ mail }: Pick<Context, 'mail'>): void {
  if (mail) return
  throw new Forbidden('Email is not set up, so only an instance admin can add people. Ask one, or have SMTP_URL set.')
}

/** Members are listed to who invites: that this one is there already is no news. */
async function refuseMember(ctx: Context, projectId: string, user: { id: string; email: string }): Promise<void> {
  const present = await ctx.db
    .selectFrom('memberships')
    .where('projectId', '=', projectId)
    .where('principalId', '=', user.id)
    .select('id')
    .executeTakeFirst()
  if (present) throw alreadyMember(user.email)
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
  return Promise.all((await stillGiven(ctx.db, rows)).map((row) => shown(ctx.db, row)))
}

/** The link stops working. Throws `NotFound`. */
export async function revokeInvitation(
  ctx: Context,
  actor: Actor,
  { projectId, invitationId }: { projectId: string | null; invitationId: string },
): Promise<Invitation> {
  return transactChecked(ctx, async (tx) => {
    const row = await tx
      .selectFrom('invitations')
      .where('id', '=', invitationId)
      .where('projectId', projectId === null ? 'is' : '=', projectId)
      .selectAll()
      // It may be accepted at this moment: then nothing is revoked.
      .forUpdate()
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
 * Creates the account that an invitation is for. When the address has one, gives it what the invitation is for, if it
 * is `actor` who calls. A link that only a mail carried proves the address.
 *
 * Throws `NotFound` for a link that is unknown, used, revoked or too old. Throws `BadRequest` when the account's owner
 * has to sign in first, or a new account lacks its name or password.
 */
export async function acceptInvitation(
  ctx: Context,
  auth: Auth,
  actor: Actor | null,
  sent: z.output<typeof schemas.acceptInvitation>,
  address: string | null,
): Promise<{ email: string }> {
  const made = await newAccount(ctx, auth, sent)
  const { email, proven } = await transactChecked(ctx, async (tx) => {
    // Of two who open the link at once, one gets the account.
    const row = await findByToken(ctx, tx, sent.token, { lock: true })
    const user = await userOfEmail(tx, row.email)
    if (user && actor?.id !== user.id)
      throw new BadRequest(`${row.email} has an account already; sign in, then open the link again`)
    let id = user?.id
    if (id === undefined) {
      if (!made) throw incomplete()
      id = (await auth.within(withOwnNames(tx)).createUser({ email: row.email, ...made })).id
      if (row.mailed === 1) await markProven(tx, id)
    }
    const wasUnproven = user && !user.emailVerified && row.mailed === 1
    const proof = { by: 'mail', keepsPassword: false } as const
    const proven = wasUnproven ? await proveAddress(ctx, tx, user, proof, address) : null
    await accept(ctx, tx, { kind: 'user', id, name: row.email, ...(address === null ? {} : { address }) }, row)
    return { email: row.email, proven }
  })
  if (proven) void reportProof(ctx, auth.baseUrl, proven)
  return { email }
}

/** What `createUser` needs beside the address; null when that has an account. Throws as `acceptInvitation` does. */
async function newAccount(
  ctx: Context,
  auth: Auth,
  { token, name, password }: z.output<typeof schemas.acceptInvitation>,
): Promise<{ name: string; passwordHash: string } | null> {
  const { email } = await findByToken(ctx, ctx.db, token)
  if (await userOfEmail(ctx.db, email)) return null
  if (!auth.signInWith.includes('password')) throw new OnlyByProvider()
  if (name === undefined || password === undefined) throw incomplete()
  refuseCommon(password, { email, words: await bannedWords(ctx.db, auth.bannedWords) })
  return { name, passwordHash: await auth.hashNewPassword(password) }
}

const incomplete = (): BadRequest => new BadRequest('A new account needs a name and a password')

async function findByToken(ctx: Context, db: Context['db'] | Tx, token: string, { lock = false } = {}): Promise<Row> {
  const row = await db
    .selectFrom('invitations')
    .where('tokenHash', 'in', ctx.authority.hashesOf(token))
    .where('expiresAt', '>', timestamp(ctx))
    .selectAll()
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst()
  const [given] = await stillGiven(db, row ? [row] : [])
  if (!given) throw new NotFound('This invitation was used, revoked or has expired. Ask for a new one')
  return given
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
    createdByKind: actor.kind,
    createdById: actor.id,
    mailed: ctx.mail ? 1 : 0,
  }
  const place = await transactChecked(ctx, async (tx) => {
    const project = projectId === null ? null : await findProject(tx, projectId)
    // A new link takes the place of an earlier one, also of one that is made at this moment.
    await lockTable(tx, 'invitations', 'share row exclusive')
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
  const { mail } = ctx
  const invitation = await shown(ctx.db, row)
  if (!mail) return { member: null, invitation, link, mailed: false }
  // The link makes its holder the invited person, so it is sent only to their mailbox.
  return { member: null, invitation, link: null, mailed: await isMailed({ ...ctx, mail }, email, place, link) }
}

/** The invitation stays when its mail was not sent: inviting again replaces it. */
async function isMailed(
  { mail, log }: Pick<Context, 'log'> & { mail: Mailer },
  to: string,
  place: string,
  link: string,
): Promise<boolean> {
  try {
    await mail.send({
      to,
      subject: 'You are invited to Keyferry',
      text: `You are invited to ${place}. Within 7 days, open\n\n${link}\n\nto accept, and to choose a password if you have no account yet.\n`,
    })
    return true
  } catch (error) {
    log.warn({ part: 'auth', err: error }, 'an invitation was not mailed')
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
