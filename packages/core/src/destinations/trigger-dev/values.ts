/**
 * Trigger.dev's one route that hands out values in clear, secret ones included (server source, 2026-08-21). It takes
 * only the key of an environment; other credentials fetch that first, as Trigger.dev's own command line does. Neither
 * is kept.
 */
import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { understood } from '../shared/http/understood.ts'
import { kindOf } from './keys.ts'
import { refusalAt, type Place } from './api.ts'

const keyAnswer = z.object({ apiKey: z.string().min(1) })
const valuesAnswer = z.object({ variables: z.custom<object>((value) => typeof value === 'object' && value !== null) })

/** The environment that all preview branches inherit from has no key that reads it: a preview key asks for a branch. */
export const hasReadableValues = ({ environment, branch }: Place): boolean =>
  environment !== 'preview' || branch !== null

/**
 * Every value a run of this environment gets, by name; the vendor's own among them. An error never carries the vendor's
 * words: here they are next to values.
 */
export async function readTriggerDevValues(
  http: Http,
  place: Place,
  apiKey: string,
): Promise<ReadonlyMap<string, string>> {
  const environmentKey = kindOf(apiKey) === 'environment' ? apiKey : await fetchKey(http, place)
  const { body } = await ask(http, place, {
    path: '/envvars',
    authorization: bearer(environmentKey),
    headers: place.branch === null ? {} : { 'x-trigger-branch': place.branch },
  })
  const { variables } = understood(valuesAnswer, body, 'Trigger.dev returned the values of an environment')
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(variables)) {
    // The server shows a variable of this name under another one, because runs get its own.
    if (typeof value === 'string')
      values.set(name === 'CUSTOM_OTEL_RESOURCE_ATTRIBUTES' ? 'OTEL_RESOURCE_ATTRIBUTES' : name, value)
  }
  return values
}

async function fetchKey(http: Http, place: Place): Promise<string> {
  // This route knows `staging` by its long name only.
  const { body } = await ask(http, place, { path: `/${place.environment === 'stg' ? 'staging' : place.environment}` })
  return understood(keyAnswer, body, `Trigger.dev returned the key of ${place.environment}`).apiKey
}

/** A read below the project. */
const ask = (
  http: Http,
  place: Place,
  { path, ...request }: Pick<HttpRequest, 'path' | 'authorization' | 'headers'>,
): Promise<HttpAnswer> =>
  http.request({
    ...request,
    method: 'GET',
    path: `/api/v1/projects/${encodeURIComponent(place.projectRef)}${path}`,
    repeatable: true,
    bucket: 'deployment',
    classify: ({ status }) => ({ quotesValues: true, message: refused(place, status) }),
  })

const refused = (place: Place, status: number): string | undefined => {
  if (status === 429 || status >= 500 || status < 300) return undefined
  return refusalAt(place, status, {}) ?? `Trigger.dev did not hand out the values of ${place.environment} (${status})`
}
