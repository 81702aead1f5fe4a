/** Connections. */
import type { ActionWords } from './action-words.ts'
import { flag, name, say } from './sentence.ts'

export const CONNECTION_ACTIONS = {
  'connection.create': {
    about: 'connections',
    label: 'Connection created',
    say: (d) => say`created the connection ${name(d)}`,
  },
  'connection.update': {
    about: 'connections',
    label: 'Connection changed',
    say: (d) =>
      flag(d, 'credentialsReplaced')
        ? say`replaced the credential of the connection ${name(d)}`
        : say`changed the connection ${name(d)}`,
  },
  'connection.delete': {
    about: 'connections',
    label: 'Connection deleted',
    say: (d) => say`deleted the connection ${name(d)}`,
  },
  'connection.check': {
    about: 'connections',
    label: 'Connection tested',
    say: (d) => say`tested the connection ${name(d)}${flag(d, 'works') ? '' : ', which failed'}`,
  },
} satisfies Record<string, ActionWords>
