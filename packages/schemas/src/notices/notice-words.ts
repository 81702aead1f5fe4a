/** The words of alerts, for every place that shows one: mail, chat, the console. */
import { count } from '../count.ts'
import type { NoticeReason, NoticeType, NotificationKind } from './notices.ts'
import { listed, NAMED_KEYS, syncMessageText } from '../syncs/sync-messages.ts'

/** `name`: of the sync. */
const HEADLINES: Record<NoticeType, (name: string) => string> = {
  'sync.failed': (name) => `${name} failed`,
  'sync.partial': (name) => `${name} did not deliver everything`,
  'sync.blocked': (name) => `${name} is blocked`,
  'sync.recovered': (name) => `${name} is in sync again`,
  'sync.repairs-stopped': (name) => `${name} no longer repairs drift`,
  'sync.move-stuck': (name) => `${name} can’t clean up its previous destination`,
  'sync.drifted': (name) => `${name} drifted`,
  'secret.delivered': () => 'Secrets were delivered',
  'audit-stream.failed': () => 'The audit log cannot be streamed',
  'audit-stream.recovered': () => 'The audit log is streamed again',
  'integrity.failed': () => 'The store was changed outside Keyferry',
  test: () => 'Test: alerts arrive here',
}

interface Happened {
  type: NoticeType
  reason: NoticeReason | null
}

/** `name`: of the sync. */
export const noticeHeadline = ({ type, reason }: Happened, name: string): string =>
  reason?.code === 'approval-needed' ? `${name} needs approval` : HEADLINES[type](name)

const KINDS: Partial<Record<NoticeType, NotificationKind>> = {
  'sync.failed': 'failed',
  'sync.partial': 'failed',
  'sync.move-stuck': 'failed',
  'sync.blocked': 'blocked',
  'sync.drifted': 'drifted',
  'sync.repairs-stopped': 'drifted',
  'sync.recovered': 'recovered',
}

/** What a person chooses by; null: it is about no sync. */
export const kindOfNotice = ({ type, reason }: Happened): NotificationKind | null =>
  reason?.code === 'approval-needed' ? 'approval' : (KINDS[type] ?? null)

/** What happened and what to do. */
export function noticeReasonText(reason: NoticeReason): string {
  switch (reason.code) {
    case 'in-sync':
      return 'The destination is in sync again.'
    case 'drifted':
      return `Someone else changed ${listed(reason.keys, reason.count)} at the destination. “Sync now” writes what Keyferry has; the sync can also repair drift automatically.`
    case 'secrets-delivered':
      return `Every destination has the newest version of ${listed(
        reason.secrets.slice(0, NAMED_KEYS).map(({ key }) => key),
        reason.secrets.length,
      )} in ${reason.environment}:${reason.secretPath}.`
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
