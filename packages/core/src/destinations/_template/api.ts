/** Example Provider's calls, with the page that documents them and the day it was read. No decisions here. */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'

/** One app as one API token sees it. */
export interface App {
  http: Http
  app: string
}

const variable = z.object({ name: z.string(), value: z.string() })
export type Variable = z.infer<typeof variable>

const page = z.object({ variables: z.array(variable), nextPage: z.number().int().positive().nullable() })
const written = z.object({ name: z.string() })
const missing = z.object({ code: z.literal('variable_not_found') })

/** Every variable. Complete, or it throws: a half-read list would make keys look absent. */
export function listVariables({ http, app }: App): Promise<Variable[]> {
  return readPages(async (from) => {
    const path = `${variablesOf(app)}?page=${from ?? 1}`
    const answer = await http.request({ method: 'GET', path, repeatable: true })
    const { variables, nextPage } = understood(page, answer.body, 'Example Provider returned the list of variables')
    return { rows: variables, next: nextPage === null ? null : String(nextPage) }
  })
}

/** Creates or replaces; repeating it changes nothing. */
export async function putVariable({ http, app }: App, name: string, value: string): Promise<void> {
  const answer = await http.request({ method: 'PUT', path: pathOf(app, name), body: { value }, repeatable: true })
  if (written.safeParse(answer.body).data?.name === name) return
  throw new DestinationError('unavailable', `Example Provider did not confirm that ${name} was written`)
}

/** Resolves as well when the app has no such variable. Any other 404 means that the app is missing. */
export async function deleteVariable({ http, app }: App, name: string): Promise<void> {
  const isGone = (status: number, body: unknown): boolean => status === 404 && missing.safeParse(body).success
  const answer = await http.request({ method: 'DELETE', path: pathOf(app, name), accept: isGone, repeatable: true })
  if (answer.status === 404 || answer.status === 204) return
  throw new DestinationError('unavailable', `Example Provider did not confirm that ${name} was deleted`)
}

/** The account of the token. Throws `auth` when it is not valid. */
export async function whoAmI(http: Http): Promise<string> {
  const answer = await http.request({ method: 'GET', path: '/v1/me', repeatable: true })
  const { success, data } = written.safeParse(answer.body)
  if (success) return data.name
  throw new DestinationError('missing', 'This host does not respond like Example Provider; check the instance URL')
}

const variablesOf = (app: string): string => `/v1/apps/${encodeURIComponent(app)}/variables`
const pathOf = (app: string, name: string): string => `${variablesOf(app)}/${encodeURIComponent(name)}`
