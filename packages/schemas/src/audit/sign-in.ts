/** Sign-ins, refused calls, and what people change about their own sign-in. */
import type { ActionWords } from './action-words.ts'
import { federatedMethod, machine, repeated, times, tokenProblem, withMethod } from './phrases.ts'
import { name, say, text } from './sentence.ts'

export const SIGN_IN_ACTIONS = {
  'person.sign-in': {
    about: 'signIn',
    label: 'Signed in',
    say: (d) => say`signed in${withMethod(d)}`,
  },
  'person.sign-in-failed': {
    about: 'signIn',
    label: 'Sign-in failed',
    say: (d) =>
      text(d, 'others') === ''
        ? say`failed to sign in as ${name(d, 'email', 'an unknown person')}${withMethod(d)}${repeated(d)}`
        : say`failed to sign in to other accounts ${times(d, 'others')}`,
  },
  'person.lock-out': {
    about: 'signIn',
    label: 'Sign-in locked',
    say: (d) =>
      text(d, 'others') === ''
        ? say`was stopped from signing in as ${name(d, 'email', 'an unknown person')}, after too many attempts${repeated(d)}`
        : say`was stopped from signing in to other accounts ${times(d, 'others')}`,
  },
  'person.sign-out': { about: 'signIn', label: 'Signed out', say: () => say`signed out` },
  'person.passkey-add': { about: 'signIn', label: 'Passkey set up', say: () => say`set up a passkey` },
  'person.passkey-remove': { about: 'signIn', label: 'Passkey removed', say: () => say`removed a passkey` },
  'person.end-sessions': {
    about: 'signIn',
    label: 'Sessions ended',
    say: (d) =>
      text(d, 'which') === 'one'
        ? say`ended one of their sessions`
        : text(d, 'which') === 'others'
          ? say`ended all their other sessions`
          : say`ended all their sessions`,
  },
  'person.password-change': {
    about: 'signIn',
    label: 'Password changed',
    say: () => say`changed their password`,
  },
  'person.password-reset-request': {
    about: 'signIn',
    label: 'New password requested',
    say: (d) =>
      text(d, 'others') === ''
        ? say`requested a new password for ${name(d, 'email')}${repeated(d)}`
        : say`requested a new password for other accounts ${times(d, 'others')}`,
  },
  'person.password-reset': {
    about: 'signIn',
    label: 'Password reset',
    say: () => say`set a new password with a link`,
  },
  'person.second-factor-on': {
    about: 'signIn',
    label: 'Second factor turned on',
    say: () => say`turned on their second factor`,
  },
  'person.recovery-codes': {
    about: 'signIn',
    label: 'Recovery codes created',
    say: () => say`created new recovery codes`,
  },
  'person.link-oidc': {
    about: 'signIn',
    label: 'Account linked to the provider',
    say: () => say`linked their account to the OpenID provider`,
  },
  'person.unlink-oidc': {
    about: 'signIn',
    label: 'Link to an earlier provider ended',
    say: (d) => say`ended the link of ${name(d, 'email')} to an earlier OpenID provider`,
  },
  'access.refused': {
    about: 'signIn',
    label: 'Call refused',
    say: (d) =>
      text(d, 'others') === ''
        ? say`was refused ${name(d, 'procedure')}${repeated(d)}`
        : say`were refused other calls ${times(d, 'others')}`,
  },
  'access.token-refused': {
    about: 'signIn',
    label: 'Token refused',
    say: (d) =>
      text(d, 'others') === ''
        ? say`used a token that is not valid${tokenProblem(d)}${repeated(d)}`
        : say`used other tokens that are not valid ${times(d, 'others')}`,
  },
  'identity.sign-in': {
    about: 'signIn',
    label: 'Machine signed in',
    say: (d) =>
      text(d, 'method') === ''
        ? say`signed in with a client secret`
        : say`signed in by ${federatedMethod(d)} as ${name(d, 'subject')}`,
  },
  'identity.sign-in-failed': {
    about: 'signIn',
    label: 'Sign-in of a machine failed',
    say: (d) =>
      text(d, 'others') === ''
        ? say`failed to sign in as ${machine(d)}${text(d, 'problem') === 'address' ? ', from an address that is not trusted' : ''}${text(d, 'method') === '' ? '' : ` by ${federatedMethod(d)} (${text(d, 'problem')})`}${repeated(d)}`
        : say`failed to sign in as other machines ${times(d, 'others')}`,
  },
  'identity.token-renew': { about: 'signIn', label: 'Token renewed', say: () => say`renewed its access token` },
  'identity.token-revoke': { about: 'signIn', label: 'Token revoked', say: () => say`revoked its access token` },
} satisfies Record<string, ActionWords>
