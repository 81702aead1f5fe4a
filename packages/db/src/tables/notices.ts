/** Recipients of alerts, alerts on their way, and heartbeats of the processes. */
import type { Fixed, Flag, Timestamp } from './column.ts'

/** A recipient of alerts about failing syncs. */
export interface NoticeTargetTable {
  id: Fixed<string>
  /** Null: every project. */
  projectId: Fixed<string | null>
  /** What people call it. */
  name: Fixed<string | null>
  kind: Fixed<'webhook' | 'email' | 'slack' | 'teams' | 'pagerduty'>
  /** For people: an email address, or a URL without its path, which may be a secret. */
  address: Fixed<string>
  /** Sealed JSON: a webhook's whole URL, and what signs its deliveries or, for PagerDuty, says whose they are. */
  secret: string | null
  /** Why the last delivery failed; null when it arrived. */
  problem: string | null
  /** Tries in a row that it did not answer, whichever notice it was to get. */
  tries: number
  /** When the next one is; null while it answers. */
  retryAt: Timestamp | null
  /** Also gets `secret.delivered`. */
  deliveries: Fixed<Flag>
  deliveredAt: Timestamp | null
  createdAt: Fixed<Timestamp>
  createdBy: Fixed<string>
}

/** A notification on its way to one recipient. Written with its cause, deleted once it arrived. */
export interface NoticeTable {
  id: Fixed<string>
  targetId: Fixed<string>
  syncId: Fixed<string>
  type: Fixed<string>
  /** JSON: names, states and counts, never values. */
  body: Fixed<string>
  createdAt: Fixed<Timestamp>
  attempts: number
  sendAt: Timestamp
}

/** A secret whose versions are announced once every destination has them; only while a webhook asks for it. */
export interface DeliveryAnnouncementTable {
  secretId: Fixed<string>
  /** The newest version that a run wrote somewhere. */
  written: number
  /** The newest version that was announced; 0: none. */
  announced: number
  /** When to look next, while `announced` is behind `written`. */
  checkAt: Timestamp
}

/** What was last reported of a sync, so that it is not reported again and again. */
export interface SyncHealthTable {
  syncId: Fixed<string>
  state: string
  /** JSON: per failing state, when a notice of it last went out, or will. */
  noticed: string
  /** When the present failure was reported, or will be; null while all is well. */
  toldAt: Timestamp | null
}

/** Something that happened to a sync, for the notification centre. */
export interface SyncEventTable {
  id: Fixed<string>
  projectId: Fixed<string>
  syncId: Fixed<string>
  type: Fixed<string>
  /** JSON: a code with data, never values. */
  reason: Fixed<string | null>
  /** JSON: ids of the folders that the reason says something about; null: not known. */
  reached: Fixed<string | null>
  /** From when on it is shown. */
  at: Fixed<Timestamp>
}

/** An event on its way to one person by email; deleted once it arrived. */
export interface SyncEventMailTable {
  eventId: Fixed<string>
  userId: Fixed<string>
  attempts: number
  sendAt: Timestamp
}

/** What a person chose for one kind of event: `none`, `console` or `mail`. */
export interface NotificationPreferenceTable {
  userId: Fixed<string>
  kind: Fixed<string>
  delivery: string
}

/** Up to where a person has read. */
export interface NotificationReadTable {
  userId: Fixed<string>
  readAt: Timestamp
}

/** How the console shows things to a person. */
export interface DisplayPreferenceTable {
  userId: Fixed<string>
  /** IANA name; null: as the device. */
  timeZone: string | null
  density: string
}

/** Written by the readiness check. */
export interface HeartbeatTable {
  id: Fixed<string>
  at: Timestamp
}
