/** Every text of this feature. A translator starts here. */
export const words = {
  kinds: {
    failed: 'Failed',
    failedText: 'A run failed, did not deliver everything, or could not clean up a previous destination.',
    blocked: 'Blocked',
    blockedText: 'Nothing is sent until the source or the owner’s permissions are fixed.',
    approvalNeeded: 'Approval needed',
    approvalText: 'A run would delete many keys and waits for approval.',
    drifted: 'Drifted',
    driftedText: 'Keys were changed outside Keyferry, or automatic repair stopped.',
    recovered: 'Back in sync',
    recoveredText: 'A sync that needed attention is in sync again.',
  },
  notificationCentre: {
    title: 'Notifications',
    text: 'What happened to the syncs that you can see.',
    notificationSettings: 'Notification settings',
    unreadable: 'Your notifications could not be read',
    loading: 'Loading notifications',
    empty: 'Nothing yet. A sync that fails, drifts or recovers appears here.',
    olderNotifications: 'Older notifications',
    showOlder: 'Show older',
  },
  notificationItem: {
    new: 'New',
  },
} as const
