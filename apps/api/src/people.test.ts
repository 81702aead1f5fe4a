/** People, by concept; each test has an instance of its own. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { apiKeys } from '../test/people/api-keys.ts'
import { invitations } from '../test/people/invitations.ts'
import { notifications } from '../test/people/notifications.ts'
import { passwords } from '../test/people/passwords.ts'
import { permissions } from '../test/people/permissions.ts'
import { secondFactors } from '../test/people/second-factor.ts'
import { sessions } from '../test/people/sessions.ts'
import { peopleFixture } from '../test/people/fixture.ts'

onEveryDatabase('people', (open) => {
  const people = peopleFixture(open)
  invitations(people)
  permissions(people)
  passwords(people)
  secondFactors(people)
  sessions(people)
  apiKeys(people)
  notifications(people)
})
