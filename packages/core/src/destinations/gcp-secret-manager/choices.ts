/** The lists of the pickers: projects with Secret Manager, and the locations of one. */
import pLimit from 'p-limit'
import { z } from 'zod'
import type { CredentialsOf, Session } from '../connection.ts'
import type { Choice, ChoiceList } from '../destination.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import type { gcpMethods } from './credentials.ts'
import { endpointOf } from './hosts.ts'

type Credentials = CredentialsOf<typeof gcpMethods>

const projects = z.object({
  projects: z
    .array(
      z.object({ projectId: z.string(), name: z.string().default(''), lifecycleState: z.string().default('ACTIVE') }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
})
const service = z.object({ state: z.string() })
const locations = z.object({
  locations: z.array(z.object({ locationId: z.string(), displayName: z.string().optional() })).default([]),
  nextPageToken: z.string().optional(),
})

const choiceOf = (id: string, name: string): Choice => ({
  value: id,
  label: name,
  hint: id === name ? null : id,
  row: { id, name },
})

const IN_FLIGHT = 10

/** The body of a GET. Throws `unavailable` when it has another form. */
async function read<T>(
  { credentials, http }: Session<Credentials>,
  host: Parameters<typeof endpointOf>[1],
  path: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const answer = await http.at(endpointOf(credentials, host)).request({ method: 'GET', path, repeatable: true })
  return understood(schema, answer.body, 'Google returned a list')
}

const pageOf = (token: string | null): string =>
  `pageSize=100${token === null ? '' : `&pageToken=${encodeURIComponent(token)}`}`

export const gcpChoices: Record<string, ChoiceList<Credentials>> = {
  'secret-manager-projects': {
    needs: [],
    async list(session) {
      const found = await readPages(async (token) => {
        const page = await read(session, 'cloudresourcemanager', `/v1/projects?${pageOf(token)}`, projects)
        return { rows: page.projects, next: page.nextPageToken }
      })
      const limit = pLimit(IN_FLIGHT)
      const active = found.filter(({ lifecycleState }) => lifecycleState === 'ACTIVE')
      const rows = active.map(({ projectId, name }) =>
        limit(async () => {
          const path = `/v1/projects/${encodeURIComponent(projectId)}/services/secretmanager.googleapis.com`
          const { state } = await read(session, 'serviceusage', path, service)
          return state === 'ENABLED' ? [choiceOf(projectId, name || projectId)] : []
        }),
      )
      return (await Promise.all(rows)).flat()
    },
  },
  'secret-manager-project-locations': {
    needs: ['projectId'],
    async list(session, { projectId = '' }) {
      const found = await readPages(async (token) => {
        const path = `/v1/projects/${encodeURIComponent(projectId)}/locations?${pageOf(token)}`
        const page = await read(session, 'secretmanager', path, locations)
        return { rows: page.locations, next: page.nextPageToken }
      })
      return found.map(({ locationId, displayName }) => choiceOf(locationId, displayName ?? locationId))
    },
  },
}
