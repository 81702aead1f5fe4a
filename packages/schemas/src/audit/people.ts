/** Accounts, members and invitations. */
import type { ActionWords } from './action-words.ts'
import { asRole, repeated } from './phrases.ts'
import { flag, name, say, text } from './sentence.ts'

export const PEOPLE_ACTIONS = {
  'person.create': {
    about: 'people',
    label: 'Account created',
    say: () => say`got an account by signing in with the OpenID provider`,
  },
  'person.rename': { about: 'people', label: 'Name changed', say: (d) => say`changed their name to ${name(d)}` },
  'person.list': {
    about: 'people',
    label: 'List of people read',
    say: (d) => say`read the list of accounts${repeated(d)}`,
  },
  'invitation.create': {
    about: 'people',
    label: 'Invitation sent',
    say: (d) => say`invited ${name(d, 'email')}${asRole(d)}`,
  },
  'invitation.accept': {
    about: 'people',
    label: 'Invitation accepted',
    say: (d) => say`accepted an invitation${asRole(d)}`,
  },
  'invitation.revoke': {
    about: 'people',
    label: 'Invitation revoked',
    say: (d) => say`revoked the invitation of ${name(d, 'email')}`,
  },
  'member.add': {
    about: 'people',
    label: 'Member added',
    say: (d) => say`added ${name(d, text(d, 'email') === '' ? 'name' : 'email')}${asRole(d)}`,
  },
  'member.update': {
    about: 'people',
    label: 'Member changed',
    say: (d) =>
      text(d, 'role') === '' || text(d, 'from') === text(d, 'role')
        ? say`changed the limits of a member${asRole(d)}`
        : say`changed a member from ${text(d, 'from')} to ${text(d, 'role')}`,
  },
  'member.remove': {
    about: 'people',
    label: 'Member removed',
    say: (d) => say`removed ${name(d)} from the project`,
  },
  'person.address-proven': {
    about: 'people',
    label: 'Address confirmed',
    say: (d) =>
      say`confirmed the address ${name(d, 'email')} by ${text(d, 'by') === 'mail' ? 'mail' : 'the organization’s sign-in'}; what was set in the account before has ended`,
  },
  'person.update': {
    about: 'people',
    label: 'Instance admin changed',
    say: (d) =>
      flag(d, 'instanceAdmin')
        ? say`made ${name(d, 'email')} an instance admin`
        : say`removed ${name(d, 'email')} from the instance admins`,
  },
  'person.remove': {
    about: 'people',
    label: 'Account removed',
    say: (d) => say`removed the account of ${name(d, 'email')}`,
  },
  'person.reset-link': {
    about: 'people',
    label: 'Password link created',
    say: (d) => say`created a password link for ${name(d, 'email')}`,
  },
  'person.second-factor-off': {
    about: 'people',
    label: 'Second factor turned off',
    say: (d) =>
      text(d, 'email') === ''
        ? say`turned off their second factor`
        : say`turned off the second factor of ${name(d, 'email')}`,
  },
  'person.sign-in-link': {
    about: 'people',
    label: 'Sign-in link created',
    say: (d) => say`created a sign-in link for ${name(d, 'email')}`,
  },
  'person.sign-out-everywhere': {
    about: 'people',
    label: 'Person signed out everywhere',
    say: (d) => say`signed ${name(d, 'email')} out everywhere`,
  },
} satisfies Record<string, ActionWords>
