import { z } from 'zod'
import type { AnyCredentials } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { ChoiceList } from '../destination.ts'
import { understood } from '../shared/http/understood.ts'
import { get } from './check.ts'
import { kindOf } from './keys.ts'
import { errorText } from './api.ts'

type Credentials = AnyCredentials & { apiKey: string; instanceUrl: string }

const projectRows = z.array(
  z.object({
    externalRef: z.string(),
    name: z.string(),
    organization: z.object({ id: z.string(), title: z.string(), slug: z.string() }),
  }),
)
const environmentRows = z.array(z.object({ id: z.string(), slug: z.string(), type: z.string() }))

const TITLES = new Map([
  ['PRODUCTION', 'Production'],
  ['STAGING', 'Staging'],
  ['DEVELOPMENT', 'Development'],
  ['PREVIEW', 'Preview'],
])

const projects: ChoiceList<Credentials> = {
  needs: [],
  list: async ({ http, credentials }) => {
    refuseOthers(credentials.apiKey, 'projects', 'the project reference (proj_…)')
    const rows = read(projectRows, (await get(http, '/api/v1/projects')).body, 'projects')
    return rows.map(({ externalRef, name, organization: { id, title, slug } }) => ({
      value: externalRef,
      label: name,
      hint: title,
      row: { id: externalRef, name, organization: { id, name: title, slug } },
    }))
  },
}

const environments: ChoiceList<Credentials> = {
  needs: ['projectRef'],
  list: async ({ http, credentials }, known) => {
    refuseOthers(credentials.apiKey, 'environments', 'prod, staging, dev or preview')
    const path = `/api/v1/projects/${encodeURIComponent(known.projectRef ?? '')}/environments`
    const answer = await get(http, path, (status, body) => [400, 404].includes(status) && errorText(body) !== '')
    if (answer.status === 404)
      throw new DestinationError('missing', `This API key sees no project ${known.projectRef}`, { status: 404 })
    // Servers before 4.5.0-rc.5 take the last word of the path for an environment's name.
    if (answer.status === 400) {
      throw new DestinationError(
        'rejected',
        'This Trigger.dev server is older than 4.5.0 and cannot list environments; enter prod, staging, dev or preview',
        {
          status: 400,
        },
      )
    }
    const rows = read(environmentRows, answer.body, 'environments')
    return rows.map((row) => ({ value: row.slug, label: TITLES.get(row.type) ?? row.slug, hint: row.slug, row }))
  },
}

export const triggerDevChoices = { projects, environments }

function refuseOthers(apiKey: string, what: string, instead: string): void {
  if (kindOf(apiKey) === 'personal') return
  throw new DestinationError(
    'auth',
    `Only a personal access token (tr_pat_…) can list ${what}; enter ${instead} by hand`,
  )
}

const read = <T>(schema: z.ZodType<T>, body: unknown, what: string): T =>
  understood(schema, body, `Trigger.dev returned the list of ${what}`)
