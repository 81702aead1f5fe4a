/** Invitations that wait for an account to be made. */
import { randomUUID } from 'node:crypto'
import type { Tx } from '@keyferry/core/context'
import type { Db, InvitationTable, Selectable } from '@keyferry/db'

type Row = Selectable<InvitationTable>

/** `email` in lower case. */
export async function isInvited(db: Db, now: Date, email: string): Promise<boolean> {
  return (await waiting(db, now, email)).length > 0
}

const waiting = (db: Db | Tx, now: Date, email: string): Promise<Row[]> =>
  db
    .selectFrom('invitations')
    .where('email', '=', email.toLowerCase())
    .where('expiresAt', '>', now.toISOString())
    .selectAll()
    .execute()

/** Gives a new account everything that waits for its address, which somebody has vouched for. */
export async function acceptAll(db: Db, now: Date, user: { id: string; email: string }): Promise<void> {
  for (const invitation of await waiting(db, now, user.email)) await accept(db, now, invitation, user.id)
}

/** Gives `userId` what the invitation is for; it is used up. */
export async function accept(db: Db | Tx, now: Date, invitation: Row, userId: string): Promise<void> {
  const at = now.toISOString()
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
}
