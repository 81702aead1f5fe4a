/** The audit log in words: for each action what it is called in a filter, and what a row of it says after the name of who did it. */
import type { AuditAction } from '@keyferry/schemas'
import { count } from '../../lib/words.ts'
import {
  flag,
  followed,
  inside,
  key,
  keys,
  list,
  name,
  place,
  records,
  say,
  sync,
  text,
  type Details,
  type Sentence,
} from './sentence.ts'

export const ABOUT = {
  readings: 'Values read',
  secrets: 'Secrets',
  folders: 'Folders and imports',
  environments: 'Environments',
  syncs: 'Syncs',
  connections: 'Connections',
  signIn: 'Sign-in',
  people: 'People',
  machines: 'Machines and keys',
  project: 'Project',
  instance: 'Instance',
} as const
export type About = keyof typeof ABOUT

export interface Words {
  about: About
  label: string
  say: (details: Details) => Sentence
}

export const WORDS: Record<AuditAction, Words> = {
  'secret.read': {
    about: 'readings',
    label: 'Value read',
    say: (d) => say`read the value of ${key(d)} in ${place(d)}`,
  },
  'secret.list': {
    about: 'readings',
    label: 'Values of a folder read',
    say: (d) =>
      list(d, 'keys').length > 0
        ? say`read the values of ${keys(d)} in ${place(d)}`
        : say`read the values of ${count(Number(text(d, 'count')), 'secret')} in ${place(d)}`,
  },
  'secret.read-tree': {
    about: 'readings',
    label: 'References of a value read',
    say: (d) => say`read what the value of ${key(d)} in ${place(d)} is made of`,
  },

  'secret.create': { about: 'secrets', label: 'Secret created', say: (d) => say`created ${keys(d)} in ${place(d)}` },
  'secret.update': {
    about: 'secrets',
    label: 'Secret changed',
    say: (d) => {
      const renamed = records(d, 'renamed')
      const [first] = renamed
      return first && renamed.length === 1 && list(d, 'keys').length === 1
        ? say`renamed ${name(first, 'from')} to ${key({ ...d, key: first.to })} in ${place(d)}${followed(d)}`
        : say`changed ${keys(d)} in ${place(d)}${followed(d)}`
    },
  },
  'secret.paste': {
    about: 'secrets',
    label: '.env pasted',
    say: (d) => say`pasted a .env into ${place(d)}: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}`,
  },
  'secret.move': {
    about: 'secrets',
    label: 'Secret moved',
    say: (d) =>
      say`moved ${keys({ ...inside(d, 'to'), keys: d.keys })} from ${place(inside(d, 'from'))} to ${place(inside(d, 'to'))}${followed(d)}`,
  },
  'secret.delete': { about: 'secrets', label: 'Secret deleted', say: (d) => say`deleted ${keys(d)} in ${place(d)}` },
  'secret.restore': {
    about: 'secrets',
    label: 'Deleted secret brought back',
    say: (d) => say`brought back the deleted ${key(d, 'name')} in ${place(d)}`,
  },
  'secret.restore-version': {
    about: 'secrets',
    label: 'Version restored',
    say: (d) => say`took ${key(d)} in ${place(d)} back to version ${text(d, 'from')}`,
  },

  'folder.accept-secrets': {
    about: 'folders',
    label: 'Secrets accepted after a change outside Keyferry',
    say: (d) => say`accepted the secrets in ${place(d)} as they are`,
  },
  'folder.create': { about: 'folders', label: 'Folder created', say: (d) => say`made the folder ${place(d)}` },
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
    label: 'Deletion of a folder given up',
    say: (d) => say`did not delete a folder: ${because(d)}`,
  },
  'folder.restore': {
    about: 'folders',
    label: 'Deleted folder brought back',
    say: (d) => say`brought back the deleted folder ${name(d)} in ${place(d)}`,
  },
  'folder.restore-time': {
    about: 'folders',
    label: 'Folder taken back in time',
    say: (d) =>
      say`took ${place(d)} back to how it was at ${text(d, 'at')}: wrote ${keys(d, 'written')}, deleted ${keys(d, 'deleted')}`,
  },
  'import.create': {
    about: 'folders',
    label: 'Import added',
    say: (d) => say`made ${place(d)} import ${place(inside(d, 'from'))}`,
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
    say: (d) => say`stopped ${place(d)} from importing ${place(inside(d, 'from'))}`,
  },

  'environment.create': {
    about: 'environments',
    label: 'Environment created',
    say: (d) => say`made the environment ${name(d, 'slug')}`,
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
    label: 'Deletion of an environment given up',
    say: (d) => say`did not delete an environment: ${because(d)}`,
  },
  'environment.restore': {
    about: 'environments',
    label: 'Deleted environment brought back',
    say: (d) => say`brought back the deleted environment ${name(d)}`,
  },

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
      say`deleted the sync ${sync(d)}${flag(d, 'removeSecrets') ? ', with what it wrote' : ', leaving what it wrote'}${
        text(d, 'because') === '' ? '' : `, for the deletion of ${lowerFirst(text(d, 'because'))}`
      }`,
  },
  'secret-sync-sync-secrets': {
    about: 'syncs',
    label: 'Sync now',
    say: (d) => say`asked ${sync(d)} to sync now`,
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
    label: 'Look for drift',
    say: (d) => say`asked ${sync(d)} to look for drift`,
  },
  'secret-sync-remove-secrets': {
    about: 'syncs',
    label: 'Secrets removed at the target',
    say: (d) => say`asked ${sync(d)} to remove what it wrote`,
  },
  'secret-sync-restore': {
    about: 'syncs',
    label: 'Run restored',
    say: (d) =>
      say`went back to an earlier run of ${sync(d)}: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}, removed ${keys(d, 'removed')}`,
  },

  'connection.create': {
    about: 'connections',
    label: 'Connection created',
    say: (d) => say`made the connection ${name(d)}`,
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
    label: 'Sign-in stopped for a while',
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
    label: 'Second factor switched on',
    say: () => say`switched on their second factor`,
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
  'person.create': {
    about: 'people',
    label: 'Account created',
    say: () => say`got an account by signing in with the OpenID provider`,
  },
  'person.rename': { about: 'people', label: 'Name changed', say: (d) => say`changed their name to ${name(d)}` },
  'person.list': {
    about: 'people',
    label: 'List of people read',
    say: (d) => say`read the list of everybody who has an account${repeated(d)}`,
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

  'invitation.create': {
    about: 'people',
    label: 'Invitation sent',
    say: (d) => say`invited ${name(d, 'email')}${as(d)}`,
  },
  'invitation.accept': {
    about: 'people',
    label: 'Invitation accepted',
    say: (d) => say`accepted an invitation${as(d)}`,
  },
  'invitation.revoke': {
    about: 'people',
    label: 'Invitation taken back',
    say: (d) => say`took back the invitation of ${name(d, 'email')}`,
  },
  'member.add': {
    about: 'people',
    label: 'Member added',
    say: (d) => say`added ${name(d, text(d, 'email') === '' ? 'name' : 'email')}${as(d)}`,
  },
  'member.update': {
    about: 'people',
    label: 'Member changed',
    say: (d) =>
      text(d, 'role') === '' || text(d, 'from') === text(d, 'role')
        ? say`changed where a member may do what${as(d)}`
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
        : say`took the instance from ${name(d, 'email')}: no longer an instance admin`,
  },
  'person.remove': {
    about: 'people',
    label: 'Account removed',
    say: (d) => say`removed the account of ${name(d, 'email')}`,
  },
  'person.reset-link': {
    about: 'people',
    label: 'Link for a new password',
    say: (d) => say`made a link that sets the password of ${name(d, 'email')}`,
  },
  'person.second-factor-off': {
    about: 'people',
    label: 'Second factor switched off',
    say: (d) =>
      text(d, 'email') === ''
        ? say`switched off their second factor`
        : say`switched off the second factor of ${name(d, 'email')}`,
  },
  'person.sign-in-link': {
    about: 'people',
    label: 'Link to sign in made',
    say: (d) => say`made a link that signs ${name(d, 'email')} in`,
  },
  'person.sign-out-everywhere': {
    about: 'people',
    label: 'Person signed out everywhere',
    say: (d) => say`signed ${name(d, 'email')} out everywhere`,
  },

  'identity.create': { about: 'machines', label: 'Machine created', say: (d) => say`made the machine ${name(d)}` },
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
    say: () => say`took universal auth from a machine: it can no longer sign in with it`,
  },
  'identity.lock-out': {
    about: 'machines',
    label: 'Machine locked out',
    say: () => say`was locked out for a while after too many wrong client secrets`,
  },
  'identity.sign-in': { about: 'signIn', label: 'Machine signed in', say: () => say`signed in with a client secret` },
  'identity.sign-in-failed': {
    about: 'signIn',
    label: 'Sign-in of a machine failed',
    say: (d) =>
      text(d, 'others') === ''
        ? say`failed to sign in as ${machine(d)}${text(d, 'problem') === 'address' ? ', from an address that is not trusted' : ''}${repeated(d)}`
        : say`failed to sign in as other machines ${times(d, 'others')}`,
  },
  'identity.token-renew': { about: 'signIn', label: 'Token renewed', say: () => say`renewed its access token` },
  'identity.token-revoke': { about: 'signIn', label: 'Token revoked', say: () => say`revoked its access token` },
  'identity.client-secret.create': {
    about: 'machines',
    label: 'Client secret created',
    say: (d) =>
      say`made a client secret for a machine${text(d, 'description') === '' ? '' : `: ${text(d, 'description')}`}`,
  },
  'identity.client-secret.revoke': {
    about: 'machines',
    label: 'Client secret revoked',
    say: () => say`revoked a client secret of a machine`,
  },
  'api-key.create': {
    about: 'machines',
    label: 'API key created',
    say: (d) => say`made the API key ${name(d)}${as(d)}`,
  },
  'api-key.revoke': {
    about: 'machines',
    label: 'API key revoked',
    say: (d) => say`revoked the API key ${name(d)}${text(d, 'owner') === '' ? '' : ` of ${text(d, 'owner')}`}`,
  },

  'project.create': { about: 'project', label: 'Project created', say: (d) => say`created the project ${name(d)}` },
  'project.update': { about: 'project', label: 'Project changed', say: (d) => say`changed the project ${name(d)}` },
  'project.delete': { about: 'project', label: 'Project deleted', say: (d) => say`deleted the project ${name(d)}` },
  'project.delete-given-up': {
    about: 'project',
    label: 'Deletion of a project given up',
    say: (d) => say`did not delete a project: ${because(d)}`,
  },
  'project.export': {
    about: 'project',
    label: 'Project exported',
    say: (d) => say`exported the project with ${count(Number(text(d, 'secrets')), 'secret')} as an encrypted file`,
  },
  'project.import': {
    about: 'project',
    label: 'Project imported',
    say: (d) => say`made the project ${name(d)} from a file with ${count(Number(text(d, 'secrets')), 'secret')}`,
  },
  'project.rotate-data-key': {
    about: 'project',
    label: 'Rotation of the data key begun',
    say: () => say`began to rotate the data key`,
  },
  'project.data-key-rotated': {
    about: 'project',
    label: 'Data key rotated',
    say: (d) => say`finished rotating the data key: ${count(Number(text(d, 'rows')), 'row')} re-encrypted`,
  },
  'tag.create': { about: 'project', label: 'Tag created', say: (d) => say`made the tag ${name(d)}` },
  'tag.update': { about: 'project', label: 'Tag changed', say: (d) => say`changed the tag ${name(d)}` },
  'tag.delete': { about: 'project', label: 'Tag deleted', say: (d) => say`deleted the tag ${name(d, 'slug')}` },

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
    say: (d) => say`replaced the store by the backup ${name(d, 'file')}`,
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
    label: 'Rotation of a key begun',
    say: (d) => say`began to rotate the key ${name(d, 'key')}`,
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
    label: 'Old entries taken off',
    say: (d) =>
      say`took ${count(Number(text(d, 'rows')), 'entry', 'entries')} off the beginning of the log, for their age`,
  },
  'instance.end-sessions': {
    about: 'instance',
    label: 'Everybody signed out',
    say: (d) =>
      say`ended ${count(Number(text(d, 'sessions')), 'session')} and ${count(Number(text(d, 'accessTokens')), 'access token')}`,
  },
  'instance.restart-audit': {
    about: 'instance',
    label: 'Audit log continued in a new chain',
    say: () => say`began a new chain of the audit log`,
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
    label: 'Failure notices added',
    say: (d) => say`had failure notices sent to ${name(d, 'address')}`,
  },
  'notice-target.delete': {
    about: 'instance',
    label: 'Failure notices removed',
    say: (d) => say`stopped failure notices to ${name(d, 'address')}`,
  },
}

const times = (d: Details, counted: string): string => count(Number(text(d, counted)), 'time')
const repeated = (d: Details): string => (text(d, 'repeated') === '' ? '' : `, ${times(d, 'repeated')} more`)
const withMethod = (d: Details): string => (text(d, 'method') === '' ? '' : ` with ${METHODS.get(text(d, 'method'))}`)
const METHODS = new Map([
  ['password', 'a password'],
  ['code', 'a code of the second factor'],
  ['recovery code', 'a recovery code'],
  ['oidc', 'the OpenID provider'],
])
const machine = (d: Details): string =>
  text(d, 'name') === '' ? 'an unknown machine' : `the machine ${text(d, 'name')}`
const tokenProblem = (d: Details): string =>
  text(d, 'name') === '' ? '' : ` (${text(d, 'problem')}, of the machine ${text(d, 'name')})`
const because = (d: Details): string => text(d, 'because') || 'it is still used'
const fields = (d: Details): string => (list(d, 'fields').length === 0 ? '' : `: ${list(d, 'fields').join(', ')}`)

function as(d: Details): string {
  const role = text(d, 'role') || (flag(d, 'instanceAdmin') ? 'instance admin' : '')
  const narrowed = records(d, 'scopes').length > 0 ? ', narrowed to some places' : ''
  return role === '' ? narrowed : ` as ${role}${narrowed}`
}

const lowerFirst = (words: string): string => `${words.charAt(0).toLowerCase()}${words.slice(1)}`

const known = (action: string): action is AuditAction => Object.hasOwn(WORDS, action)

/** What a row says after the name of who did it. An action of another version is named as it is stored. */
export const sentenceOf = (action: string, details: Details): Sentence =>
  known(action) ? WORDS[action].say(details) : [`did “${action}”`]

export const labelOf = (action: string): string => (known(action) ? WORDS[action].label : action)
