/** Parts that the sentences of several actions share. */
import { count } from '../count.ts'
import { flag, list, records, text, type Details } from './sentence.ts'

/** "3 times". */
export const times = (d: Details, counted: string): string => count(Number(text(d, counted)), 'time')
/** ", 3 times more"; empty where it happened once. */
export const repeated = (d: Details): string => (text(d, 'repeated') === '' ? '' : `, ${times(d, 'repeated')} more`)
/** " with a password"; empty where none was noted. */
export const withMethod = (d: Details): string =>
  text(d, 'method') === '' ? '' : ` with ${METHODS.get(text(d, 'method'))}`
const METHODS = new Map([
  ['password', 'a password'],
  ['code', 'a code of the second factor'],
  ['recovery code', 'a recovery code'],
  ['oidc', 'the OpenID provider'],
])
/** The machine that signs in, by its name. */
export const machine = (d: Details): string =>
  text(d, 'name') === '' ? 'an unknown machine' : `the machine ${text(d, 'name')}`
/** What is wrong with a token, and whose it is. */
export const tokenProblem = (d: Details): string =>
  text(d, 'name') === '' ? '' : ` (${text(d, 'problem')}, of the machine ${text(d, 'name')})`
/** Why a deletion was cancelled. */
export const because = (d: Details): string => text(d, 'because') || 'it is still used'
/** ": name, expires" for what was changed. */
export const fields = (d: Details): string =>
  list(d, 'fields').length === 0 ? '' : `: ${list(d, 'fields').join(', ')}`

/** " as developer, limited to some scopes". */
export function asRole(d: Details): string {
  const role = text(d, 'role') || (flag(d, 'instanceAdmin') ? 'instance admin' : '')
  const narrowed = records(d, 'scopes').length > 0 ? ', limited to some scopes' : ''
  return role === '' ? narrowed : ` as ${role}${narrowed}`
}

/** For a message that continues a sentence. */
export const lowerFirst = (words: string): string => `${words.charAt(0).toLowerCase()}${words.slice(1)}`

/** "28 Nov 2026, 01:28 UTC"; the text itself when it is no time. */
export function moment(d: Details, field: string): string {
  const at = new Date(text(d, field))
  if (Number.isNaN(at.getTime())) return text(d, field) || 'an earlier time'
  return `${MOMENT.format(at)} UTC`
}
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

const FEDERATED_METHODS = new Map([
  ['oidc-auth', 'OIDC auth'],
  ['jwt-auth', 'JWT auth'],
  ['kubernetes-auth', 'Kubernetes auth'],
])
/** The way that a machine signs in without a client secret. */
export const federatedMethod = (d: Details): string => FEDERATED_METHODS.get(text(d, 'method')) ?? text(d, 'method')
