/** Projects, their data keys and tags. */
import { count } from '../count.ts'
import type { ActionWords } from './action-words.ts'
import { because } from './phrases.ts'
import { name, say, text } from './sentence.ts'

export const PROJECT_ACTIONS = {
  'project.create': { about: 'project', label: 'Project created', say: (d) => say`created the project ${name(d)}` },
  'project.update': { about: 'project', label: 'Project changed', say: (d) => say`changed the project ${name(d)}` },
  'project.delete': { about: 'project', label: 'Project deleted', say: (d) => say`deleted the project ${name(d)}` },
  'project.delete-given-up': {
    about: 'project',
    label: 'Deletion of a project cancelled',
    say: (d) => say`cancelled the deletion of a project: ${because(d)}`,
  },
  'project.export': {
    about: 'project',
    label: 'Project exported',
    say: (d) => say`exported the project with ${count(Number(text(d, 'secrets')), 'secret')} as an encrypted file`,
  },
  'project.import': {
    about: 'project',
    label: 'Project imported',
    say: (d) => say`created the project ${name(d)} from a file with ${count(Number(text(d, 'secrets')), 'secret')}`,
  },
  'project.rotate-data-key': {
    about: 'project',
    label: 'Data key rotation started',
    say: () => say`started to rotate the data key`,
  },
  'project.data-key-rotated': {
    about: 'project',
    label: 'Data key rotated',
    say: (d) => say`finished rotating the data key: ${count(Number(text(d, 'rows')), 'row')} re-encrypted`,
  },
  'tag.create': { about: 'project', label: 'Tag created', say: (d) => say`created the tag ${name(d)}` },
  'tag.update': { about: 'project', label: 'Tag changed', say: (d) => say`changed the tag ${name(d)}` },
  'tag.delete': { about: 'project', label: 'Tag deleted', say: (d) => say`deleted the tag ${name(d, 'slug')}` },
} satisfies Record<string, ActionWords>
