/** Verbs of the notification centre: each person has their own. */
import { defineVerb, SIGNED_IN } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { listInbox, markInboxRead, readPreferences, setPreferences } from './inbox.ts'

export const inboxVerbs = {
  list: defineVerb({ input: schemas.listNotifications, requires: () => SIGNED_IN, run: listInbox }),
  markRead: defineVerb({ input: schemas.markNotificationsRead, requires: () => SIGNED_IN, run: markInboxRead }),
  preferences: defineVerb({ input: null, requires: () => SIGNED_IN, run: readPreferences }),
  setPreferences: defineVerb({
    input: schemas.setNotificationPreferences,
    requires: () => SIGNED_IN,
    run: setPreferences,
  }),
}
