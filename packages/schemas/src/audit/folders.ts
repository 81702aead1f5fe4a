/** Folders and imports. */
import type { ActionWords } from './action-words.ts'
import { because, moment } from './phrases.ts'
import { followed, inside, keys, name, place, say, text } from './sentence.ts'

export const FOLDER_ACTIONS = {
  'folder.accept-secrets': {
    about: 'folders',
    label: 'Secrets accepted after a change outside Keyferry',
    say: (d) => say`accepted the secrets in ${place(d)} as they are`,
  },
  'folder.create': { about: 'folders', label: 'Folder created', say: (d) => say`created the folder ${place(d)}` },
  'folder.update': {
    about: 'folders',
    label: 'Folder changed',
    say: (d) =>
      text(d, 'from') === text(d, 'path')
        ? say`changed the folder ${place(d)}`
        : say`renamed the folder ${place({ ...d, path: d.from })} to ${place(d)}${followed(d)}`,
  },
  'folder.move': {
    about: 'folders',
    label: 'Folder moved',
    say: (d) => say`moved the folder ${place(inside(d, 'from'))} to ${place(inside(d, 'to'))}${followed(d)}`,
  },
  'folder.delete': { about: 'folders', label: 'Folder deleted', say: (d) => say`deleted the folder ${place(d)}` },
  'folder.delete-given-up': {
    about: 'folders',
    label: 'Deletion of a folder cancelled',
    say: (d) => say`cancelled the deletion of a folder: ${because(d)}`,
  },
  'folder.restore': {
    about: 'folders',
    label: 'Deleted folder restored',
    say: (d) => say`restored the deleted folder ${name(d)} in ${place(d)}`,
  },
  'folder.restore-time': {
    about: 'folders',
    label: 'Folder restored to an earlier time',
    say: (d) =>
      say`restored ${place(d)} to ${moment(d, 'at')}: wrote ${keys(d, 'written')}, deleted ${keys(d, 'deleted')}`,
  },
  'import.create': {
    about: 'folders',
    label: 'Import added',
    say: (d) => say`imported ${place(inside(d, 'from'))} into ${place(d)}`,
  },
  'import.update': {
    about: 'folders',
    label: 'Import changed',
    say: (d) =>
      say`changed the import of ${place(inside(d, 'from'))} into ${place(d)}, now number ${text(d, 'position')}`,
  },
  'import.delete': {
    about: 'folders',
    label: 'Import removed',
    say: (d) => say`removed the import of ${place(inside(d, 'from'))} into ${place(d)}`,
  },
} satisfies Record<string, ActionWords>
