import { randomUUID } from 'node:crypto'
import type { Actor, Context, Tx } from './context.ts'
import { timestamp } from './context.ts'

/** Writes an audit row in the change's own transaction. `details`: names and ids, never values. */
export async function audit(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  action: string,
  projectId: string | null,
  details: Record<string, unknown>,
): Promise<void> {
  await tx
    .insertInto('audit')
    .values({
      id: randomUUID(),
      at: timestamp(ctx),
      actor: actor.name,
      action,
      projectId,
      details: JSON.stringify(details),
    })
    .execute()
}
