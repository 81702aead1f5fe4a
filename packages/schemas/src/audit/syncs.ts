/** Syncs. */
import { count } from '../count.ts'
import type { ActionWords } from './action-words.ts'
import { lowerFirst } from './phrases.ts'
import { flag, inside, keys, list, records, say, sync, text, type Details } from './sentence.ts'

/** Up to three keys by name, more by their number. */
const keysNamed = (d: Details): string => {
  const keys = list(d, 'keys')
  return keys.length > 3 ? count(keys.length, 'key') : keys.join(', ')
}

/** Where keys stay that a deleted sync wrote; older entries don't say. */
const keptKeys = (d: Details): string => {
  const places = records(d, 'kept')
  if (places.length === 0) return ', keeping what it wrote'
  const keys = places.reduce((sum, place) => sum + Number(text(place, 'keys')), 0)
  return `, keeping ${count(keys, 'key')} at ${places.map((place) => text(place, 'connection')).join(' and ')}`
}

const pauseEnd = (d: Details): string => {
  const until = text(d, 'until')
  return until === '' ? '' : ` until ${until.slice(0, 16).replace('T', ' ')} UTC`
}

export const SYNC_ACTIONS = {
  'create-secret-sync': {
    about: 'syncs',
    label: 'Sync created',
    say: (d) => say`created the sync ${sync(d)}`,
  },
  'update-secret-sync': { about: 'syncs', label: 'Sync changed', say: (d) => say`changed the sync ${sync(d)}` },
  'delete-secret-sync': {
    about: 'syncs',
    label: 'Sync deleted',
    say: (d) =>
      say`deleted the sync ${sync(d)}${flag(d, 'removeSecrets') ? ', and what it wrote' : keptKeys(d)}${
        text(d, 'because') === '' ? '' : `, for the deletion of ${lowerFirst(text(d, 'because'))}`
      }`,
  },
  'secret-sync-sync-secrets': {
    about: 'syncs',
    label: 'Sync now',
    say: (d) => say`started a sync of ${sync(d)}`,
  },
  'secret-sync-approve-plan': {
    about: 'syncs',
    label: 'Plan approved',
    say: (d) => {
      const deletes = Number(text(inside(d, 'summary'), 'delete') || 0)
      return say`approved a plan of ${sync(d)}${deletes === 0 ? '' : ` that deletes ${count(deletes, 'key')}`}`
    },
  },
  'secret-sync-check-drift': {
    about: 'syncs',
    label: 'Drift check started',
    say: (d) => say`started a drift check of ${sync(d)}`,
  },
  'secret-sync-exclude-keys': {
    about: 'syncs',
    label: 'Keys excluded',
    say: (d) => say`excluded ${keysNamed(d)} from ${sync(d)}: ${text(d, 'reason')}`,
  },
  'secret-sync-include-keys': {
    about: 'syncs',
    label: 'Keys included again',
    say: (d) => say`included ${keysNamed(d)} in ${sync(d)} again`,
  },
  'secret-sync-pause': {
    about: 'syncs',
    label: 'Sync paused',
    say: (d) => say`paused ${sync(d)}${pauseEnd(d)}: ${text(d, 'reason')}`,
  },
  'secret-sync-resume': { about: 'syncs', label: 'Sync resumed', say: (d) => say`resumed ${sync(d)}` },
  'project.pause-syncs': {
    about: 'syncs',
    label: 'All syncs of a project paused',
    say: (d) => say`paused all syncs of the project${pauseEnd(d)}: ${text(d, 'reason')}`,
  },
  'project.resume-syncs': {
    about: 'syncs',
    label: 'All syncs of a project resumed',
    say: () => say`resumed the syncs of the project`,
  },
  'instance.pause-syncs': {
    about: 'syncs',
    label: 'All syncs paused',
    say: (d) => say`paused all syncs${pauseEnd(d)}: ${text(d, 'reason')}`,
  },
  'instance.resume-syncs': { about: 'syncs', label: 'All syncs resumed', say: () => say`resumed all syncs` },
  'secret-sync-import-secrets': {
    about: 'syncs',
    label: 'Secrets imported from the destination',
    say: (d) =>
      say`imported the secrets at the destination of ${sync(d)}: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}`,
  },
  'secret-sync-remove-secrets': {
    about: 'syncs',
    label: 'Secrets removed at the destination',
    say: (d) => say`started to remove what ${sync(d)} wrote`,
  },
  'secret-sync-restore': {
    about: 'syncs',
    label: 'Sync rolled back',
    say: (d) =>
      say`rolled ${sync(d)} back to an earlier run: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}, removed ${keys(d, 'removed')}`,
  },
} satisfies Record<string, ActionWords>
