/** The instance: backups, keys, the audit log. */
import { count } from '../count.ts'
import type { ActionWords } from './action-words.ts'
import { name, say, text } from './sentence.ts'

export const INSTANCE_ACTIONS = {
  'instance.bootstrap': {
    about: 'instance',
    label: 'Instance set up',
    say: (d) => say`set up the instance for ${name(d, 'organization')}`,
  },
  'instance.backup': {
    about: 'instance',
    label: 'Backup written',
    say: (d) => say`wrote a backup of the whole store to ${name(d, 'file')}`,
  },
  'instance.restore': {
    about: 'instance',
    label: 'Backup restored',
    say: (d) => say`replaced the store with the backup ${name(d, 'file')}`,
  },
  'instance.migrate-store': {
    about: 'instance',
    label: 'Store moved',
    say: (d) => say`moved the store to ${name(d, 'to')}`,
  },
  'instance.root-key-backup': {
    about: 'instance',
    label: 'Root key backed up',
    say: () => say`confirmed that there is a copy of the root key`,
  },
  'audit.export': {
    about: 'instance',
    label: 'Audit log exported',
    say: () => say`exported the audit log`,
  },
  'instance.sign-in-policy': {
    about: 'instance',
    label: 'Second factor required',
    say: (d) => say`required a second factor of ${text(d, 'requireSecondFactor')}, before of ${text(d, 'from')}`,
  },
  'instance.rotate-key': {
    about: 'instance',
    label: 'Key rotation started',
    say: (d) => say`started to rotate the key ${name(d, 'key')}`,
  },
  'instance.key-rotated': {
    about: 'instance',
    label: 'Key rotated',
    say: (d) => say`finished rotating the key ${name(d, 'key')}`,
  },
  'instance.rotate-root-key': {
    about: 'instance',
    label: 'Root key rotated',
    say: (d) => say`rotated the root key: ${count(Number(text(d, 'keys')), 'key')} re-wrapped`,
  },
  'instance.prune-audit': {
    about: 'instance',
    label: 'Old entries removed',
    say: (d) => say`removed the oldest ${count(Number(text(d, 'rows')), 'entry', 'entries')} of the log`,
  },
  'instance.end-sessions': {
    about: 'instance',
    label: 'Everyone signed out',
    say: (d) =>
      say`ended ${count(Number(text(d, 'sessions')), 'session')} and ${count(Number(text(d, 'accessTokens')), 'access token')}`,
  },
  'instance.restart-audit': {
    about: 'instance',
    label: 'Audit log continued in a new chain',
    say: () => say`started a new chain of the audit log`,
  },
  'integrity.rows-ended': {
    about: 'instance',
    label: 'Rights ended',
    say: () => say`noted which sessions, tokens and rights ended`,
  },
  'integrity.failure': {
    about: 'instance',
    label: 'Row changed outside Keyferry',
    say: (d) => say`ignored a row of ${text(d, 'table')} that was changed outside Keyferry: ${name(d, 'row')}`,
  },
  'notice-target.create': {
    about: 'instance',
    label: 'Alert recipient added',
    say: (d) => say`added the alert recipient ${name(d, 'address')}`,
  },
  'notice-target.delete': {
    about: 'instance',
    label: 'Alert recipient removed',
    say: (d) => say`removed the alert recipient ${name(d, 'address')}`,
  },
} satisfies Record<string, ActionWords>
