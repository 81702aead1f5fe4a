/** Every text that these functions return. A translator starts here. */
import type { Action } from '@keyferry/schemas/policy'

export const words = {
  auth: {
    empty: 'The server sent an empty answer. Try again.',
    wrongCredentials: 'Wrong email or password.',
    wrongPassword: 'Wrong password.',
    wrongCode: 'This code is wrong or expired. Codes change every 30 seconds; check your device’s clock.',
    unknownPasskey: 'This passkey isn’t registered. It may have been removed.',
    tookTooLong: 'This took too long. Try again.',
    codeUsed: 'This code was already used. Wait for the next one.',
    wrongRecoveryCode: 'This recovery code is wrong or was already used.',
    signInExpired: 'The sign-in took too long. Sign in again.',
    tooManyCodes: 'Too many wrong codes. Sign in again.',
    signInLinkExpired: 'This link was already used or is older than 15 minutes. Ask the operator for a new one.',
    passwordLinkExpired: 'This link was already used or is older than an hour. Request a new one.',
    tooManyAttempts: 'Too many attempts. Wait a minute, then try again.',
    serverDidNotAnswer: 'The server did not answer. Check that Keyferry is running, then try again.',
    refused: 'The server refused this without a reason.',
  },
  code: {
    stillNoAnswer: 'Keyferry still does not answer. Try again in a moment.',
    noAnswer: 'Keyferry did not answer, or was updated while this page was open. Reload the page.',
  },
  errors: {
    serverDidNotAnswer: 'The server did not answer. Check that Keyferry is running, then try again.',
    sessionEnded: 'Your session ended. Sign in again.',
    proxyRefused: 'A proxy in front of Keyferry refused this (403). Ask its administrator.',
    tooLarge: 'This is too large for the server or a proxy in front of it (413). Send less at once.',
    tooManyRequests: 'Too many requests (429). Wait a moment, then try again.',
    unreachable: (status: number) => `Keyferry can’t be reached: the server answered ${status}. Try again in a moment.`,
    noReason: (status: number) => `The server answered ${status} without a reason. Try again.`,
    unknown: 'The server answered with an unknown error.',
  },
  plainHttp: {
    warning:
      'Without TLS (http://), others on that network can read what is sent. Use https:// if the host supports it.',
  },
  rights: {
    and: ' and ',
    below: ' and everything below it',
    actions: {
      'instance.use': 'use Keyferry',
      'instance.manage': 'create projects, people and machines',
      'project.read': 'see this project',
      'project.manage': 'change it or its environments',
      'members.manage': 'change who has access',
      'folders.read': 'see its folders',
      'secrets.read-names': 'see its secrets',
      'secrets.read-values': 'read values',
      'secrets.write': 'change secrets',
      'syncs.read': 'see its syncs',
      'syncs.run': 'run a sync',
      'syncs.manage': 'create, change or approve syncs',
      'connections.read': 'see connections',
      'connections.manage': 'change connections',
    } satisfies Record<Action, string>,
    instanceAdmins: (what: string) => `Only instance admins can ${what}.`,
    roles: (who: string, what: string) => `Only ${who} of this project can ${what}.`,
    outside: (environment: string, path: string, below: string) =>
      `You don’t have access to ${environment}:${path}${below}.`,
    limited: (who: string, what: string) =>
      `Only ${who} of the whole project can ${what}: your role is limited to some environments or paths.`,
  },
  rowKeys: {},
  theme: {
    asSystem: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },
  time: {
    justNow: 'just now',
  },
  undo: {
    undo: 'Undo',
    undoAnyway: 'Undo anyway',
    failed: (reason: string) => `Couldn’t undo it: ${reason}`,
  },
  whiteSpace: {
    begins: 'starts',
    ends: 'ends',
    both: 'starts and ends',
    lineBreak: 'a line break',
    tab: 'a tab',
    space: 'a space',
    trim: 'Trim',
    remove: 'Remove',
    edges: (names: string, what: string) => `The value ${names} with ${what}`,
    more: (more: number) => ` and ${more} more`,
    invisible: (names: string, more: string) => `The value contains invisible characters (${names}${more})`,
  },
  formRules: {
    choose: (field: string) => `Choose ${field}`,
    enter: (field: string) => `Enter ${field}`,
  },
  passkey: {
    registered: 'This device already has a passkey for your account.',
    unused: 'No passkey was used. Try again, or sign in another way.',
  },
  readValue: {
    denied: (key: string) => `You don’t have access to the value of ${key}.`,
  },
} as const
