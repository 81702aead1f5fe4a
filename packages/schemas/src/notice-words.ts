/** The words of alerts, for every place that shows one: mail, chat, the console. */
import { count } from './count.ts'
import type { NoticeReason, NoticeType } from './notices.ts'
import { syncMessageText } from './sync-messages.ts'

/** `name`: of the sync. */
const HEADLINES: Record<NoticeType, (name: string) => string> = {
  'sync.failed': (name) => `${name} failed`,
  'sync.partial': (name) => `${name} did not deliver everything`,
  'sync.blocked': (name) => `${name} is blocked`,
  'sync.recovered': (name) => `${name} is in sync again`,
  'sync.repairs-stopped': (name) => `${name} does not repair drift any more`,
  'sync.move-stuck': (name) => `${name} cannot leave its old place`,
  'audit-stream.failed': () => 'The audit log cannot be streamed',
  'audit-stream.recovered': () => 'The audit log is streamed again',
  'integrity.failed': () => 'The store was changed outside Keyferry',
  test: () => 'Test: alerts arrive here',
}

export const noticeHeadline = (type: NoticeType, name: string): string => HEADLINES[type](name)

/** What happened and what to do. */
export function noticeReasonText(reason: NoticeReason): string {
  switch (reason.code) {
    case 'in-sync':
      return 'The target is in sync again.'
    case 'test':
      return `${reason.by} requested this test. When a sync fails, an alert like this one is sent here.`
    case 'audit-stream-failed':
      return `The audit log cannot be streamed (${reason.stream}): ${reason.problem} It is tried again.`
    case 'audit-stream-recovered':
      return `The audit log is streamed again (${reason.stream}). Nothing is missing.`
    case 'changed-outside':
      return `${count(reason.count, 'row, folder or part', 'rows, folders or parts')} of the audit log ${reason.count === 1 ? 'was' : 'were'} changed outside Keyferry. The audit log names them. "keyferry admin verify-store" and "keyferry admin verify-audit" say what to do.`
    default:
      return syncMessageText(reason)
  }
}
