/** People, by concept; each test has an instance of its own. */
import { onEveryDatabase, onSqlite } from '@keyferry/db/testing'
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
  permissions(people)
  secondFactors(people)
  sessions(people)
})

// Their rows are those of the suite above, and the roles' walk and the notices of runs are tested on both databases.
onSqlite('people', (open) => {
  const people = peopleFixture(open)
  invitations(people)
  passwords(people)
  apiKeys(people)
  notifications(people)
})
