/** Every text of the overview. A translator starts here. */
import { count } from '@keyferry/schemas/count'

export const words = {
  overview: 'Overview',
  unreadable: 'The project could not be read',
  syncsUnreadable: 'The syncs could not be read',
  overviewUnreadable: 'The overview could not be read',

  attention: {
    title: 'Needs attention',
    none: 'Nothing needs your attention',
    noneText: (syncs: number, paused: number) => {
      if (syncs === 0) return 'No syncs yet.'
      return paused === 0 ? `${count(syncs, 'sync')}, all healthy.` : `${count(syncs, 'sync')}, ${paused} paused.`
    },
    some: (some: number, all: number) => `${some} of ${count(all, 'sync')}`,
    all: (all: number) => `View all ${all}`,
    rest: (rest: number) => `${count(rest, 'more sync')} in the list of syncs`,
  },

  map: {
    title: 'Map',
    text: 'Which folders are sent where.',
    views: 'View of the map',
    graph: 'Graph',
    list: 'List',
    label: (folders: number, syncs: number) => `Map of ${count(folders, 'folder')} and ${count(syncs, 'sync')}`,
    expand: 'Expand map',
    collapse: 'Collapse map',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Fit to view',
    imports: 'Imported by',
    references: 'Referenced by',
    hidden: 'A folder that you can’t read',
    secrets: (secrets: number) => count(secrets, 'secret'),
    notSynced: 'Not read by a sync itself',
  },

  activity: {
    title: 'Last 24 hours',
    runs: (succeeded: number, failed: number) =>
      succeeded + failed === 0
        ? 'No runs.'
        : failed === 0
          ? `${count(succeeded, 'run')}, all succeeded.`
          : `${count(succeeded + failed, 'run')}, ${failed} with problems.`,
    table: 'Runs per hour',
    hour: 'Hour',
    succeeded: 'Succeeded',
    failed: 'With problems',
  },

  delivery: {
    title: 'Change to delivery',
    text: (deliveries: number, days: number) =>
      deliveries === 0
        ? `No change was delivered in the last ${days} days.`
        : `${count(deliveries, 'delivery', 'deliveries')} in the last ${days} days.`,
    p50: 'Half arrive within',
    p95: '95% arrive within',
  },

  changes: {
    title: 'Recent changes',
    none: 'No changes yet.',
    all: 'View activity',
    unreadable: 'The changes could not be read',
  },

  steps: {
    first: 'Get your first sync running',
    title: 'Finish setting up',
    text: (left: number) => `${count(left, 'step')} left.`,
    done: (what: string) => `Done: ${what}.`,
    dismiss: 'Dismiss',
    dismissNamed: (step: string) => `Dismiss: ${step}`,

    secrets: 'Add secrets',
    secretsText: 'Type them in, or paste a whole .env file.',
    secretsDone: (secrets: number, environment: string) => `${count(secrets, 'secret')} in ${environment}`,
    connection: 'Connect an account',
    connectionText:
      'Give Keyferry a credential for the account that should receive them. It is tested before it is stored.',
    connectionDone: (connections: number) => count(connections, 'connection'),
    sync: 'Create a sync',
    syncText: 'Pick a folder and a destination. You see every key that will change before anything is written.',

    factor: 'Set up two-factor authentication',
    factorText: 'Protects your account if your password is stolen.',
    factorAction: 'Set up',
    alerts: 'Add alert recipients',
    alertsText: 'So your team hears about a failing sync.',
    alertsAction: 'Add recipients',
    rootKey: 'Back up the root key',
    rootKeyText: 'Without it, a backup of the database can’t be read. Keep a copy elsewhere.',
    rootKeyAction: 'I have a copy',
    invite: 'Invite your team',
    inviteText: 'Give others access to this project, with a role and scopes.',
    inviteAction: 'Invite',
  },

  access: { title: 'Your access', action: 'View your access', secrets: 'Open secrets' },
} as const
