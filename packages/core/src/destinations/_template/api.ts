/** Example Provider's calls, with the page that documents them and the day it was read. No decisions here. */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../http.ts'

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
export async function listVariables({ http, app }: App): Promise<Variable[]> {
  const found: Variable[] = []
  for (let number = 1; ;) {
    const answer = await http.request({ method: 'GET', path: `${variablesOf(app)}?page=${number}`, repeatable: true })
    const { success, data } = page.safeParse(answer.body)
    if (!success) throw new DestinationError('unavailable', 'Example Provider returned something other than variables')
    found.push(...data.variables)
    if (data.nextPage === null) return found
    // A page that points back would be read forever.
    if (data.nextPage <= number)
      throw new DestinationError('unavailable', 'Example Provider repeats a page of variables')
    number = data.nextPage
  }
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
