/** Machine identities and API keys. */
import type { ActionWords } from './action-words.ts'
import { asRole, federatedMethod, fields } from './phrases.ts'
import { name, say, text } from './sentence.ts'

export const MACHINE_ACTIONS = {
  'identity.create': { about: 'machines', label: 'Machine created', say: (d) => say`created the machine ${name(d)}` },
  'identity.update': {
    about: 'machines',
    label: 'Machine changed',
    say: (d) => say`changed the machine ${name(d, text(d, 'name') === '' ? 'from' : 'name')}`,
  },
  'identity.delete': { about: 'machines', label: 'Machine deleted', say: (d) => say`deleted the machine ${name(d)}` },
  'identity.universal-auth.attach': {
    about: 'machines',
    label: 'Universal auth set up',
    say: (d) => say`set up universal auth for the machine ${name(d)}`,
  },
  'identity.universal-auth.update': {
    about: 'machines',
    label: 'Universal auth changed',
    say: (d) => say`changed how a machine signs in${fields(d)}`,
  },
  'identity.universal-auth.detach': {
    about: 'machines',
    label: 'Universal auth removed',
    say: () => say`removed universal auth from a machine`,
  },
  'identity.federated-auth.attach': {
    about: 'machines',
    label: 'Sign-in without a secret set up',
    say: (d) => say`set up ${federatedMethod(d)} for the machine ${name(d)}`,
  },
  'identity.federated-auth.update': {
    about: 'machines',
    label: 'Sign-in without a secret changed',
    say: (d) => say`changed ${federatedMethod(d)} of a machine${fields(d)}`,
  },
  'identity.federated-auth.detach': {
    about: 'machines',
    label: 'Sign-in without a secret removed',
    say: (d) => say`removed ${federatedMethod(d)} from a machine`,
  },
  'identity.lock-out': {
    about: 'machines',
    label: 'Machine locked out',
    say: () => say`was locked out after too many wrong client secrets`,
  },
  'identity.client-secret.create': {
    about: 'machines',
    label: 'Client secret created',
    say: (d) =>
      say`created a client secret for a machine${text(d, 'description') === '' ? '' : `: ${text(d, 'description')}`}`,
  },
  'identity.client-secret.revoke': {
    about: 'machines',
    label: 'Client secret revoked',
    say: () => say`revoked a client secret of a machine`,
  },
  'api-key.create': {
    about: 'machines',
    label: 'API key created',
    say: (d) => say`created the API key ${name(d)}${asRole(d)}`,
  },
  'api-key.revoke': {
    about: 'machines',
    label: 'API key revoked',
    say: (d) => say`revoked the API key ${name(d)}${text(d, 'owner') === '' ? '' : ` of ${text(d, 'owner')}`}`,
  },
} satisfies Record<string, ActionWords>
