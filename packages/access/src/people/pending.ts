/** Invitations that wait for an account to be made. */
import { randomUUID } from 'node:crypto'
import type { Db, InvitationTable, Selectable } from '@keyferry/db'
import { audit, NotFound, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { allows, type Access, type Action, type Resource } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { readAccess } from '../grants/grants.ts'
import { holdUser } from './users.ts'

type Row = Selectable<InvitationTable>

/** `email` in lower case. */
export async function isInvited(db: Db, now: Date, email: string): Promise<boolean> {
  return (await waiting(db, now, email)).length > 0
}

async function waiting(db: Db | Tx, now: Date, email: string): Promise<Row[]> {
  const rows = await db
    .selectFrom('invitations')
    .where('email', '=', email.toLowerCase())
    .where('expiresAt', '>', now.toISOString())
    .selectAll()
    .execute()
  return stillGiven(db, rows)
}

/** Those whose inviter may still give what they are for: an invitation gives no more than its maker may give now. */
export async function stillGiven(db: Db | Tx, rows: readonly Row[]): Promise<Row[]> {
  const given = await Promise.all(rows.map(async (row) => allows(await accessOfInviter(db, row), ...neededFor(row))))
  return rows.filter((_, index) => given[index])
}

async function accessOfInviter(db: Db | Tx, { createdByKind, createdById }: Row): Promise<Access> {
  const { data } = inviter.safeParse({ kind: createdByKind, id: createdById })
  return data ? readAccess(db, data) : NOTHING
}

const inviter = z.object({ kind: z.enum(['user', 'identity', 'system']), id: z.string() })
const NOTHING: Access = { instanceAdmin: false, grants: new Map() }

const neededFor = ({ projectId }: Row): [Action, Resource] =>
  projectId === null ? ['instance.manage', { kind: 'instance' }] : ['members.manage', { kind: 'project', projectId }]

/** Gives a new account everything that waits for its address, which somebody has vouched for. */
export async function acceptAll(
  ctx: Context,
  { id, email }: { id: string; email: string },
  address: string | null,
): Promise<void> {
  const actor: Actor = { kind: 'user', id, name: email, ...(address === null ? {} : { address }) }
  await transact(ctx, async (tx) => {
    for (const invitation of await waiting(tx, ctx.now(), email)) await accept(ctx, tx, actor, invitation)
  })
}

/** Gives the person what the invitation is for; it is used up. */
export async function accept(ctx: Context, db: Tx, person: Actor, invitation: Row): Promise<void> {
  const at = timestamp(ctx)
  const userId = person.id
  if (!(await holdUser(db, userId))) throw new NotFound(`${person.name} no longer has an account`)
  if (invitation.instanceAdmin === 1) {
    await db
      .insertInto('instanceAdmins')
      .values({ principalId: userId, createdAt: at })
      .onConflict((conflict) => conflict.column('principalId').doNothing())
      .execute()
  }
  if (invitation.projectId !== null && invitation.role !== null) {
    const { projectId, role, scopes } = invitation
    await db
      .insertInto('memberships')
      .values({
        id: randomUUID(),
        projectId,
        principalKind: 'user',
        principalId: userId,
        role,
        scopes,
        createdAt: at,
        updatedAt: at,
      })
      .onConflict((conflict) => conflict.columns(['projectId', 'principalId']).doNothing())
      .execute()
  }
  await db.deleteFrom('invitations').where('id', '=', invitation.id).execute()
  await audit(ctx, db, person, 'invitation.accept', invitation.projectId, {
    email: invitation.email,
    role: invitation.role,
    instanceAdmin: invitation.instanceAdmin === 1,
  })
}
