/** Every text of this feature. A translator starts here. */

export const words = {
  states: {
    delivered: 'Delivered',
    pending: 'Pending',
    failed: 'Failed',
    rejected: 'Can’t be stored',
    blocked: 'Blocked',
    paused: 'Paused',
    excluded: 'Excluded',
    drifted: 'Drifted',
    unknown: 'Version unknown',
    replaced: 'Has a newer version',
    'left-behind': 'Old copy',
  },
  proofMeans: {
    'read-back': 'Keyferry read the value at the destination and compared it.',
    revision: 'The provider shows the revision that Keyferry’s write created.',
    fingerprint: 'The provider confirmed the write. It shows neither the value nor a revision.',
  },
  deliveredList: {
    destinations: 'Destinations',
    as: 'as',
    hiddenSyncs: 'Syncs that you can’t see read this folder too.',
    hasNoValueSecret: 'It has no value of this secret.',
    unknownVersion: 'An unknown version',
    thisVersion: 'This version',
    version: (version: number) => `Version ${version}`,
    written: 'written',
    notCompared: 'Keyferry doesn’t compare an excluded key, so the destination may have another value.',
  },
  deliveringRuns: {
    runsDeliveredVersionNamed: (version: number) => `Runs that delivered version ${version}`,
    deliveredTo: 'Delivered to',
    as: 'as',
  },
  deliveryDrawer: {
    title: (secretKey: string) => `Delivery of ${secretKey}`,
    version: (version: number, environment: string, secretPath: string) =>
      `Version ${version}, ${environment}:${secretPath}`,
    newestVersion: 'The newest version',
    unreadable: 'The deliveries could not be read',
    loading: 'Loading deliveries',
  },
  readerList: {
    readers: 'Readers',
    nobodyReadValueSince: 'Nobody has read the value. The audit log was searched back to',
    machine: 'machine, ',
    lastRead: 'last read',
    hasValue: 'Has this value',
    readOldValue: 'Read the old value',
  },
  revocationNotice: {
    title: 'No sync sends this secret',
    everyDestinationHas: 'Every destination has it',
    everyOtherDestinationHas: 'Every destination that isn’t excluded has it',
    notEveryDestinationHas: 'Not every destination has it yet',
    thereNoOlderValue: 'There is no older value to revoke.',
    oldValueCanBe: 'The old value can be revoked',
    nothingKeyferryKnowsStill: 'No destination or reader that Keyferry knows of still has it.',
    dontRevokeOldValue: 'Don’t revoke the old value yet',
  },
} as const
