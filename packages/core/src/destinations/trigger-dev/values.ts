/**
 * Trigger.dev's one route that hands out values in clear, secret ones included (server source, 2026-08-21). It takes
 * only the key of an environment; other credentials fetch that first, as Trigger.dev's own command line does. Neither
 * is kept.
 */
import { z } from 'zod'
import { DestinationError } from '../destination.ts'
import type { Http } from '../http.ts'
import { kindOf } from './keys.ts'
import { describe, type Place } from './api.ts'

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
  try {
    const environmentKey = kindOf(apiKey) === 'environment' ? apiKey : await fetchKey(http, place)
    return await readWith(http, place, environmentKey)
  } catch (error) {
    if (!(error instanceof DestinationError) || error.status === null) throw error
    const { kind, status, retryAt } = error
    throw new DestinationError(
      kind,
      describe(place, status, {}) ?? `Trigger.dev did not hand out the values of ${place.environment} (${status})`,
      {
        status,
        retryAt: retryAt ?? undefined,
      },
    )
  }
}

async function readWith(http: Http, place: Place, environmentKey: string): Promise<Map<string, string>> {
  const { body } = await http.request({
    method: 'GET',
    path: `/api/v1/projects/${encodeURIComponent(place.projectRef)}/envvars`,
    headers: {
      authorization: `Bearer ${environmentKey}`,
      ...(place.branch === null ? {} : { 'x-trigger-branch': place.branch }),
    },
    repeatable: true,
    bucket: 'deployment',
  })
  const parsed = valuesAnswer.safeParse(body)
  if (!parsed.success)
    throw new DestinationError('unavailable', 'Trigger.dev answered something else than the values of an environment')
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(parsed.data.variables)) {
    // The server shows a variable of this name under another one, because runs get its own.
    if (typeof value === 'string')
      values.set(name === 'CUSTOM_OTEL_RESOURCE_ATTRIBUTES' ? 'OTEL_RESOURCE_ATTRIBUTES' : name, value)
  }
  return values
}

async function fetchKey(http: Http, place: Place): Promise<string> {
  // This route knows `staging` by its long name only.
  const name = place.environment === 'stg' ? 'staging' : place.environment
  const path = `/api/v1/projects/${encodeURIComponent(place.projectRef)}/${name}`
  const { body } = await http.request({ method: 'GET', path, repeatable: true, bucket: 'deployment' })
  const parsed = keyAnswer.safeParse(body)
  if (parsed.success) return parsed.data.apiKey
  throw new DestinationError('unavailable', `Trigger.dev did not answer with a key of ${place.environment}`)
}
