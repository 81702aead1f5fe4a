import { z } from 'zod'
import type { Account, Meaning, Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { kindOf } from './keys.ts'
import { errorText } from './api.ts'

const whoami = z.object({ email: z.string() })
const projects = z.array(z.object({ externalRef: z.string() }))

/** Proves the key: that it is accepted, that it may do its work, and that the host is a Trigger.dev server. */
export async function checkTriggerDev({ http, credentials }: Session<{ apiKey: string }>): Promise<Account> {
  switch (kindOf(credentials.apiKey)) {
    case 'environment':
      return checkEnvironmentKey(http, credentials.apiKey)
    case 'organization':
      return { label: (await emailOf(http)) ?? 'Organization access token' }
    case 'personal': {
      const email = await emailOf(http)
      if (!projects.safeParse((await get(http, '/api/v1/projects')).body).success) throw noVendor()
      return { label: email ?? 'Personal access token' }
    }
  }
}

/** Null on a server that does not have this call yet. */
async function emailOf(http: Http): Promise<string | null> {
  const answer = await get(http, '/api/v2/whoami', (status, body) => status === 404 && typeof body === 'object')
  if (answer.status === 404) return null
  const { data } = whoami.safeParse(answer.body)
  if (!data) throw noVendor()
  return data.email
}

/**
 * An environment key cannot name its project and no call returns it. Asking for a project that doesn't exist decides: a
 * good key meets 400 "Invalid project ref", a good preview key meets a demand for a branch, a bad key meets 401.
 */
async function checkEnvironmentKey(http: Http, apiKey: string): Promise<Account> {
  const answer = await get(http, '/api/v1/projects/proj_check/envvars/prod', (status, body) => {
    const said = errorText(body)
    return (
      (status === 400 && said.startsWith('Invalid project ref')) ||
      (status === 401 && said.includes('x-trigger-branch'))
    )
  })
  if (answer.status === 200) throw noVendor()
  return { label: `Key of the environment "${apiKey.split('_')[1]}"` }
}

/** A read that turns "this is no Trigger.dev" into a refusal, which trying again later would not change. */
export const get = (
  http: Http,
  path: string,
  accept?: (status: number, body: unknown) => boolean,
): Promise<HttpAnswer> =>
  http.request({ method: 'GET', path, repeatable: true, bucket: 'api', accept, classify: meaningOf })

const NO_VENDOR = 'This does not look like a Trigger.dev server; check the instance URL'

const noVendor = (): DestinationError => new DestinationError('rejected', NO_VENDOR)

function meaningOf({ status, body }: HttpAnswer): Meaning | null {
  if (status === 401)
    return { message: 'Trigger.dev does not accept this API key (401); check that it was copied whole and not revoked' }
  if (status === 403)
    return {
      message: 'Trigger.dev accepts this API key, but it lacks the right to read and write environment variables (403)',
    }
  // Its own answers are JSON objects and lists throughout; a page comes from something else at that address.
  return typeof body === 'string' && status < 500 && status !== 429 ? { kind: 'rejected', message: NO_VENDOR } : null
}
