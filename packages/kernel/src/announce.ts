/** Live events of changes that the audit log names, so that no writer has to remember them. */
import { settingsSubject, type LiveEvent } from '@keyferry/schemas'
import { AUDIT_ACTIONS } from '@keyferry/schemas/audit'
import type { AuditEntry, Context } from './context.ts'

/** By transaction, what is announced once it is committed. */
const waiting = new WeakMap<object, (() => void)[]>()

/** Announces, after the commit of `tx`, that lists or settings were changed. */
export function announceLater(ctx: Pick<Context, 'events'>, tx: object, entry: AuditEntry): void {
  const about = settingsSubject.safeParse(AUDIT_ACTIONS[entry.action].about)
  if (!about.success) return
  const { actor, projectId } = entry
  const event: LiveEvent = { kind: 'settings', projectId, about: about.data, actorId: actor.id }
  const others = waiting.get(tx) ?? []
  waiting.set(tx, [...others, () => ctx.events.publish(event)])
}

/** To be called once `tx` is committed. */
export function announce(tx: object): void {
  for (const publish of waiting.get(tx) ?? []) publish()
}
