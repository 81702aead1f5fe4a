/** Environments. */
import type { ActionWords } from './action-words.ts'
import { because } from './phrases.ts'
import { followed, name, say, text } from './sentence.ts'

export const ENVIRONMENT_ACTIONS = {
  'environment.create': {
    about: 'environments',
    label: 'Environment created',
    say: (d) => say`created the environment ${name(d, 'slug')}`,
  },
  'environment.update': {
    about: 'environments',
    label: 'Environment changed',
    say: (d) =>
      text(d, 'from') === text(d, 'slug')
        ? say`changed the environment ${name(d, 'slug')}`
        : say`renamed the environment ${name(d, 'from')} to ${name(d, 'slug')}${followed(d)}`,
  },
  'environment.delete': {
    about: 'environments',
    label: 'Environment deleted',
    say: (d) => say`deleted the environment ${name(d, 'slug')}`,
  },
  'environment.delete-given-up': {
    about: 'environments',
    label: 'Deletion of an environment cancelled',
    say: (d) => say`cancelled the deletion of an environment: ${because(d)}`,
  },
  'environment.restore': {
    about: 'environments',
    label: 'Deleted environment restored',
    say: (d) => say`restored the deleted environment ${name(d)}`,
  },
} satisfies Record<string, ActionWords>
