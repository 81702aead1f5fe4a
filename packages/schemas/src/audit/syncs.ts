/** Syncs. */
import { count } from '../count.ts'
import type { ActionWords } from './action-words.ts'
import { lowerFirst } from './phrases.ts'
import { flag, inside, keys, say, sync, text } from './sentence.ts'

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
      say`deleted the sync ${sync(d)}${flag(d, 'removeSecrets') ? ', and what it wrote' : ', keeping what it wrote'}${
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
  'secret-sync-import-secrets': {
    about: 'syncs',
    label: 'Secrets imported from the destination',
    say: (d) =>
      say`imported the secrets at the target of ${sync(d)}: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}`,
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
