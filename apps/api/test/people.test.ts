/** People, by concept; each test has an instance of its own. */
import { onEveryDatabase, onPostgres, onSqlite } from '@keyferry/db/testing'
import { apiKeys } from './people/api-keys.ts'
import { atOnce } from './people/at-once.ts'
import { invitations } from './people/invitations.ts'
import { notifications } from './people/notifications.ts'
import { passwords } from './people/passwords.ts'
import { permissions } from './people/permissions.ts'
import { secondFactors } from './people/second-factor.ts'
import { sessions } from './people/sessions.ts'
import { peopleFixture } from './people/fixture.ts'

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

onPostgres('people', (open) => atOnce(peopleFixture(open)))
