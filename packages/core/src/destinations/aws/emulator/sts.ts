/**
 * AWS Security Token Service: who a key belongs to, and temporary keys of a role. Query protocol: form bodies, answers
 * in XML, or in JSON for `accept: application/json` (botocore 1.43.11 `sts/2011-06-15`, 2026-11-28).
 */
import { randomUUID } from 'node:crypto'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { ACCOUNT, type Principal, type Principals } from './principals.ts'
import { Refused } from './refused.ts'

const VERSION = '2011-06-15'

/** Answers one call of `principal`. Throws `Refused`. */
export function stsAnswer(request: ServedRequest, principal: Principal, principals: Principals): ServedAnswer {
  const isJson = wantsJson(request, principals)
  const form = new URLSearchParams(request.text)
  if (form.get('Version') !== VERSION) throw new Refused('InvalidAction', 'Could not find operation for that version')
  const action = form.get('Action')
  if (action === 'GetCallerIdentity')
    return answer(isJson, action, { Arn: principal.arn, UserId: principal.userId, Account: ACCOUNT })
  if (action === 'AssumeRole') return answer(isJson, action, assumed(form, principal, principals))
  throw new Refused('InvalidAction', `Could not find operation ${action} for version ${VERSION}`)
}

/** STS has real 403s, and names of its own for what the JSON services call otherwise. */
export function stsRefusal(request: ServedRequest, { code, message }: Refused, principals: Principals): ServedAnswer {
  const name = NAMES[code] ?? code
  const status = ['ValidationError', 'InvalidAction'].includes(name) ? 400 : 403
  const error = { Type: 'Sender', Code: name, Message: message }
  const requestId = randomUUID()
  if (wantsJson(request, principals)) return { status, body: { Error: error, RequestId: requestId } }
  return xml(status, 'ErrorResponse', { Error: error, RequestId: requestId })
}

const NAMES: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
}

function assumed(form: URLSearchParams, principal: Principal, principals: Principals): Record<string, unknown> {
  const session = form.get('RoleSessionName') ?? ''
  const externalId = form.get('ExternalId')
  const seconds = Number(form.get('DurationSeconds') ?? 3600)
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) throw invalid('roleSessionName', session)
  if (externalId !== null && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) throw invalid('externalId', externalId)
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) throw invalid('durationSeconds', String(seconds))
  const key = principals.assume({ by: principal, arn: form.get('RoleArn') ?? '', externalId, session, seconds })
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: new Date(key.expiresAt ?? 0).toISOString().replace(/\.\d+/, ''),
    },
    AssumedRoleUser: { AssumedRoleId: key.principal.userId, Arn: key.principal.arn },
  }
}

const invalid = (member: string, value: string): Refused =>
  new Refused(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint`,
  )

function answer(isJson: boolean, action: string, result: Record<string, unknown>): ServedAnswer {
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } }
  return isJson ? { status: 200, body: { [`${action}Response`]: content } } : xml(200, `${action}Response`, content)
}

const wantsJson = ({ headers }: ServedRequest, { answersXml }: Principals): boolean =>
  headers.accept === 'application/json' && !answersXml

const xml = (status: number, root: string, content: Record<string, unknown>): ServedAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<${root} xmlns="https://sts.amazonaws.com/doc/${VERSION}/">${elementsOf(content)}</${root}>`,
})

const elementsOf = (content: object): string =>
  Object.entries(content)
    .map(([name, value]: [string, unknown]) => {
      const inner = typeof value === 'object' && value !== null ? elementsOf(value) : escaped(String(value))
      return `<${name}>${inner}</${name}>`
    })
    .join('\n')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
