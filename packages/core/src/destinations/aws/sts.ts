/**
 * The two calls of AWS's Security Token Service that a connection needs (botocore 1.43.11 `sts/2011-06-15`,
 * 2026-11-28). Forms go in; JSON comes out where it is requested, but some endpoints answer in XML all the same.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Http } from '../shared/http/http.ts'
import type { Token } from '../shared/http/token-source.ts'
import { understood } from '../shared/http/understood.ts'
import type { RoleCredentials } from './connection.ts'
import { endpointOf } from './endpoints.ts'
import { signedBy, type AwsKeys } from './signature.ts'

const VERSION = '2011-06-15'
/** The least that AWS gives, and the most that a role's own keys may ask for when it was assumed by a role. */
const SESSION_SECONDS = 900
const BUCKET = 'sts'

const identity = z.object({ Account: z.string().regex(/^\d{12}$/), Arn: z.string().min(1) })
export type CallerIdentity = z.infer<typeof identity>

/** Whose the keys are. Needs no right. `http` leads to STS. */
export const callerIdentity = (http: Http): Promise<CallerIdentity> => call(http, 'GetCallerIdentity', {}, identity)

const assumed = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().min(1),
  /** A date in XML, Unix seconds in JSON. */
  Expiration: z.union([z.number().transform((seconds) => seconds * 1000), z.string().transform(Date.parse)]),
})

/** Temporary keys of the role, as a token that `temporaryKeys` reads. */
export async function assumeRole(door: Http, credentials: RoleCredentials, region: string): Promise<Token> {
  const http = door.at(endpointOf(credentials, 'sts', region), signedBy(credentials, { service: 'sts', region }))
  const { roleArn, externalId } = credentials
  const form = {
    RoleArn: roleArn,
    RoleSessionName: `keyferry-${randomUUID()}`,
    DurationSeconds: String(SESSION_SECONDS),
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  }
  const { Expiration, ...keys } = await call(http, 'AssumeRole', form, assumed)
  return { value: JSON.stringify(keys), expiresInMs: Expiration - Date.now() }
}

export function temporaryKeys(token: string): AwsKeys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.omit({ Expiration: true }).parse(JSON.parse(token))
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

async function call<T>(http: Http, action: string, form: Record<string, string>, result: z.ZodType<T>): Promise<T> {
  const answer = await http.request({
    method: 'POST',
    path: '/',
    body: new URLSearchParams({ Action: action, Version: VERSION, ...form }),
    repeatable: true,
    acceptsText: true,
    bucket: BUCKET,
  })
  return understood(result, contentOf(answer.body, action), `AWS returned ${action}`)
}

/** The result of an answer, flat: AssumeRole's is one level deeper than the other's. */
function contentOf(body: unknown, action: string): unknown {
  if (typeof body === 'string') return elementsOf(body)
  const parsed = z.record(z.string(), z.record(z.string(), z.looseObject({}))).safeParse(body)
  const content = parsed.data?.[`${action}Response`]?.[`${action}Result`]
  return content?.['Credentials'] ?? content
}

/** The elements of an XML answer that hold text and no other element. */
const elementsOf = (xml: string): Record<string, string> =>
  Object.fromEntries([...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', text = '']) => [name, text]))
