/** Alerts as events of PagerDuty's Events API v2 (developer.pagerduty.com, "Send an alert event", 2026-11-28). */
import type { NoticeType } from '@keyferry/schemas'
import type { NoticeBody } from './outbox.ts'
import type { Summary } from './text.ts'

const SEVERITIES = {
  'sync.failed': 'error',
  'sync.partial': 'warning',
  'sync.blocked': 'error',
  'sync.repairs-stopped': 'warning',
  'sync.move-stuck': 'warning',
  'sync.drifted': 'warning',
  'secret.delivered': 'info',
  'audit-stream.failed': 'error',
  'integrity.failed': 'critical',
  test: 'info',
} satisfies Partial<Record<NoticeType, string>>

/** What an event resolves. */
const RESOLVED = { 'sync.recovered': 'sync.health', 'audit-stream.recovered': 'audit-stream.failed' } as const
/** Troubles of a sync that end together. */
const HEALTH: readonly NoticeType[] = ['sync.failed', 'sync.partial', 'sync.blocked', 'sync.drifted']
/** Characters of a summary. */
const SUMMARY = 1_024

/** The events of one alert, in the order to send them. A test resolves the incident that it opens. */
export function pagerDutyEvents(body: NoticeBody, { headline, message, facts, link }: Summary, key: string): object[] {
  const { type, sync, project, at, id } = body
  const keyed = (what: string) => ({ routing_key: key, dedup_key: `keyferry ${what} ${sync.id}`.trim() })
  if (type === 'sync.recovered' || type === 'audit-stream.recovered')
    return [{ ...keyed(RESOLVED[type]), event_action: 'resolve' }]
  const opened = keyed(type === 'test' ? `test ${id}` : HEALTH.includes(type) ? 'sync.health' : type)
  const trigger = {
    ...opened,
    event_action: 'trigger',
    client: 'Keyferry',
    ...(link === null ? {} : { client_url: link }),
    payload: {
      summary: `${headline}. ${message}`.trim().slice(0, SUMMARY),
      source: sync.name === '' ? 'Keyferry' : sync.name,
      severity: SEVERITIES[type],
      timestamp: at,
      class: type,
      ...(project.name === '' ? {} : { group: project.name }),
      custom_details: Object.fromEntries(facts),
    },
  }
  return type === 'test' ? [trigger, { ...opened, event_action: 'resolve' }] : [trigger]
}
